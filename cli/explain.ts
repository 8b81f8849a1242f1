import { existsSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { DIAGNOSTICS, didYouMean, FAULTS, type Language } from 'viaduct'
import { pageNames, pagesOf, pageText } from '../runtime/generate/index.ts'
import { GOOD, type Io, USAGE, type Verb, WRONG } from './io.ts'
import { wholeLanguage } from './standard.ts'

export const explain: Verb = {
  name: 'explain',
  summary: 'What an element of the language or a code means; why a secured message passes or fails.',
  usage: `viaduct explain <element|code> [--json]
  viaduct explain log            attributes and children of an element
  viaduct explain 101503         meaning and cure of a fault
  viaduct explain xml-malformed  likewise of a diagnostic
  viaduct explain message.xml --policy FILE --keystore FILE
                                 why a secured message passes or fails: which assertion,
                                 reference, digest, key or clock, and the likely cause
    --keystore FILE   keys and trusted certificates (PEM, PKCS#12, JKS); may be repeated
    --password TEXT   of the keystores
    --now ISO         judge it as of that time
    --response        the message is an answer
Without an argument it lists what can be explained.`,
  async run(args, io) {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        json: { type: 'boolean' },
        policy: { type: 'string' },
        keystore: { type: 'string', multiple: true },
        password: { type: 'string' },
        now: { type: 'string' },
        response: { type: 'boolean' },
      },
    })
    if (positionals.length > 1) {
      io.error('viaduct explain takes one name')
      return USAGE
    }
    const [name] = positionals
    if (name !== undefined && (values.policy !== undefined || values.keystore !== undefined)) {
      const { explainFile } = await import('./explain-message.ts')
      const { policy, keystore = [], password, now, response = false, json: asJson = false } = values
      return explainFile(resolve(io.cwd, name), { policy, keystore, password, now, response, json: asJson }, io)
    }
    const language = await wholeLanguage()
    const json = values.json === true
    return name === undefined ? list(language, json, io) : show(language, name, json, io)
  },
}

/** A code as both tables have it. */
interface CodePage {
  readonly code: string
  readonly kind: string
  readonly meaning: string
  readonly cure: string
}

function codePage(name: string): CodePage | undefined {
  for (const [code, { severity, meaning, cure }] of Object.entries(DIAGNOSTICS))
    if (code === name) return { code, kind: `diagnostic (${severity})`, meaning, cure }
  for (const [code, { name: word, meaning, cure }] of Object.entries(FAULTS))
    if (code === name || word === name) return { code, kind: code === word ? 'fault' : `fault ${word}`, meaning, cure }
  return undefined
}

function show(language: Language, name: string, json: boolean, io: Io): number {
  const bare = name.replace(/^<|\/?>$/g, '')
  const pages = pagesOf(language, bare)
  const code = codePage(bare)
  if (json && (pages.length > 0 || code !== undefined)) {
    io.out(JSON.stringify({ elements: pages, code }, undefined, 2))
    return GOOD
  }
  for (const page of pages) io.out(`${pageText(page)}\n`)
  if (code !== undefined) io.out(`${code.code}  ${code.kind}\n\n  ${code.meaning}\n\n  ${code.cure}`)
  if (pages.length > 0 || code !== undefined) return GOOD
  const pending = language.pending.get(bare)
  if (pending !== undefined) io.out(`<${bare}> is part of the language, but not supported yet: ${pending}`)
  else if (existsSync(resolve(io.cwd, name)))
    io.error(`${name}: a message is explained with --policy FILE and --keystore FILE`)
  else io.error(`nothing is known of "${name}"${didYouMean(bare, known(language))}`)
  return WRONG
}

const known = (language: Language): string[] => [
  ...pageNames(language),
  ...Object.keys(DIAGNOSTICS),
  ...Object.entries(FAULTS).flatMap(([code, { name }]) => [code, name]),
]

function list(language: Language, json: boolean, io: Io): number {
  const groups = {
    elements: pageNames(language),
    notSupportedYet: [...language.pending.keys()].toSorted(),
    diagnostics: Object.keys(DIAGNOSTICS),
    faults: Object.entries(FAULTS).map(([code, { name }]) => (code === name ? code : `${code} ${name}`)),
  }
  if (json) io.out(JSON.stringify(groups, undefined, 2))
  else for (const [title, names] of Object.entries(groups)) io.out(`${title}\n  ${names.join('\n  ')}\n`)
  return GOOD
}
