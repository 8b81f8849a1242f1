import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DIAGNOSTICS } from '../runtime/diagnostic.ts'
import { FAULTS } from '../runtime/fault.ts'
import type { Language } from '../runtime/language.ts'
import { pageMarkdown, pageNames, pagesOf } from '../runtime/generate/index.ts'
import { settingsSchema } from '../runtime/home/settings-schema.ts'
import { wholeLanguage } from './standard.ts'

const ROOT = join(import.meta.dirname, '..')

/** Folders in which every file is generated. */
export const GENERATED = ['docs/errors', 'docs/reference', 'schemas']

/** Pages that are made from tables and definitions, by path from the root of the package. A test compares them with what lies there. */
export async function generatedDocs(): Promise<Map<string, string>> {
  const pages = new Map<string, string>()
  const diagnostics = Object.entries(DIAGNOSTICS)
  const faults = Object.entries(FAULTS)
  for (const [code, { severity, meaning, cure }] of diagnostics)
    pages.set(`docs/errors/${code}.md`, page(`# ${code}`, `Diagnostic, ${severity}.`, meaning, cure))
  for (const [code, { name, meaning, cure }] of faults) {
    const title = code === name ? `# ${code}` : `# ${code} ${name}`
    pages.set(`docs/errors/${code}.md`, page(title, 'Fault: `ERROR_CODE` in fault sequences.', meaning, cure))
  }
  pages.set('docs/errors/README.md', index(diagnostics, faults))
  for (const [path, text] of referencePages(await wholeLanguage())) pages.set(path, text)
  pages.set('schemas/viaduct.config.schema.json', `${JSON.stringify(settingsSchema(), undefined, 2)}\n`)
  return pages
}

const page = (title: string, kind: string, meaning: string, cure: string): string =>
  `${title}\n\n${kind}\n\n${prose(meaning)}\n\n**What to do.** ${prose(cure)}\n`

type Entries = readonly [string, { readonly severity?: string; readonly name?: string; readonly meaning: string }][]

function index(diagnostics: Entries, faults: Entries): string {
  const row = (code: string, more: string | undefined, meaning: string) =>
    `| [${code}](${code}.md) | ${more} | ${cell(meaning)} |`
  return `# Errors

Two ways to be wrong: a diagnostic before traffic, with file, line and column; a fault while a message is under way.
\`viaduct explain <code>\` prints the same. These pages are generated from the tables in \`runtime/diagnostic.ts\` and
\`runtime/fault.ts\`: \`npm run docs\`.

## Diagnostics

| code | severity | meaning |
|---|---|---|
${diagnostics.map(([code, { severity, meaning }]) => row(code, severity, meaning)).join('\n')}

## Faults

| ERROR_CODE | name | meaning |
|---|---|---|
${faults.map(([code, { name, meaning }]) => row(code, name, meaning)).join('\n')}
`
}

/** Element names are no HTML tags; what is already code stays. */
const prose = (text: string): string =>
  text.replaceAll(/`[^`]*`|<([\w-]+)>/g, (whole, tag?: string) => (tag === undefined ? whole : `\`<${tag}>\``))

const cell = (text: string): string => prose(text).replaceAll('|', '\\|')

/** A page for every element of the language: tables from its definition, then the prose that lies beside it. */
function referencePages(language: Language): Map<string, string> {
  const pages = new Map<string, string>()
  const rows: string[] = []
  for (const name of pageNames(language)) {
    const found = pagesOf(language, name)
    pages.set(
      `docs/reference/${name}.md`,
      [...found.map((each) => prose(pageMarkdown(each))), proseOf(name)].join('\n'),
    )
    for (const { kind, summary } of found) rows.push(`| [${name}](${name}.md) | ${kind} | ${cell(summary)} |`)
  }
  const pending = [...language.pending].map(([name, instead]) => `| \`${name}\` | ${cell(instead)} |`)
  pages.set('docs/reference/README.md', `${REFERENCE_HEAD}${rows.join('\n')}\n${PENDING_HEAD}${pending.join('\n')}\n`)
  return pages
}

const REFERENCE_HEAD = `# Elements

Generated from the definitions that the loader uses: \`npm run docs\`. \`viaduct explain <element>\` prints the tables.

| element | kind | meaning |
|---|---|---|
`

const PENDING_HEAD = `
## Not supported yet

An element that is not there yet is an error that says so.

| element | what to do |
|---|---|
`

/** The page of a mediator's folder without its title. */
function proseOf(name: string): string {
  const unit = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  const file = join(ROOT, 'mediators', unit, `${unit}.md`)
  return existsSync(file) ? readFileSync(file, 'utf8').replace(/^# .*\n/, '') : ''
}

/** Writes the pages and removes those of codes and elements that are gone. */
export async function writeDocs(root: string): Promise<void> {
  const pages = await generatedDocs()
  for (const [path, text] of pages) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  for (const path of filesIn(root)) if (!pages.has(path)) rmSync(join(root, path))
}

/** What lies in the generated folders. */
export const filesIn = (root: string): string[] =>
  GENERATED.flatMap((folder) => readdirSync(join(root, folder)).map((name) => `${folder}/${name}`))

if (import.meta.main) await writeDocs(ROOT)
