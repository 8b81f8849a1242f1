import { readFileSync } from 'node:fs'
import { basename, extname, resolve } from 'node:path'
import {
  DEFAULT_SETTINGS,
  decodeXml,
  type Diagnostic,
  DIAGNOSTICS,
  formatDiagnostic,
  inlineXop,
  type MimePart,
  parseConfiguration,
  parseXml,
  readRelated,
  type XmlDocument,
  XmlError,
} from 'viaduct'
import { type ExplainedFailure, explainMessage, type Explanation } from '../security/explain/index.ts'
import { type KeystoreEntry, KeystoreError, readKeystore } from '../security/keys/index.ts'
import { readPolicies } from '../security/policy/read-policy.ts'
import { GOOD, type Io, USAGE, WRONG } from './io.ts'

/** What a message is explained with. */
export interface ExplainOptions {
  readonly policy: string | undefined
  readonly keystore: readonly string[]
  readonly password: string | undefined
  /** ISO time at which the message is judged; now when undefined. */
  readonly now: string | undefined
  /** It is an answer: the service sent it. */
  readonly response: boolean
  readonly json: boolean
}

/** Tells why a secured message passes or fails under a policy. */
export async function explainFile(file: string, options: ExplainOptions, io: Io): Promise<number> {
  const { policy, keystore, now } = options
  if (policy === undefined || keystore.length === 0) {
    io.error('a message is explained with --policy FILE and --keystore FILE')
    return USAGE
  }
  const time = now === undefined ? Date.now() : Date.parse(now)
  if (Number.isNaN(time)) {
    io.error(`--now ${now}: this is no ISO time`)
    return USAGE
  }
  try {
    const found: Diagnostic[] = []
    const policies = policiesIn(resolve(io.cwd, policy), policy, found)
    if (found.some(({ severity }) => severity === 'error')) {
      for (const each of found) io.error(formatDiagnostic(each))
      return WRONG
    }
    const keys = keystore.flatMap((each) => keysIn(resolve(io.cwd, each), options.password))
    const { read, attachments } = messageIn(resolve(io.cwd, file))
    const sender = options.response ? 'recipient' : 'initiator'
    const judgement = { policies, keys, sender, now: time, attachments, settings: DEFAULT_SETTINGS } as const
    const explanation = await explainMessage(read, judgement)
    if (options.json) io.out(JSON.stringify(explanation, undefined, 2))
    else print(explanation, io)
    return explanation.passes ? GOOD : WRONG
  } catch (failure) {
    if (!(failure instanceof XmlError) && !(failure instanceof KeystoreError)) throw failure
    io.error(failure.message)
    return WRONG
  }
}

function policiesIn(path: string, shown: string, found: Diagnostic[]) {
  const { root } = parseConfiguration(decodeXml(readFileSync(path)), shown)
  return readPolicies([root], {
    find: () => undefined,
    fail: (code, message, at) => found.push({ code, severity: DIAGNOSTICS[code].severity, message, at }),
  })
}

const keysIn = (path: string, password: string | undefined): KeystoreEntry[] =>
  readKeystore(readFileSync(path), basename(path, extname(path)), { store: password })

/** XML, or multipart/related as it went over the wire (its first boundary tells which). */
function messageIn(path: string): { read: () => XmlDocument; attachments: readonly MimePart[] } {
  const bytes = readFileSync(path)
  const boundary = /^\s*--([^\r\n]+)\r?\n/.exec(bytes.toString('latin1', 0, 300))?.[1]
  if (boundary === undefined) return { read: () => parseXml(decodeXml(bytes)), attachments: [] }
  const { root, parts } = readRelated(bytes, `multipart/related; boundary="${boundary}"`)
  const byId = new Map(parts.flatMap((part) => (part.contentId === undefined ? [] : [[part.contentId, part]])))
  return {
    read() {
      const tree = parseXml(decodeXml(root.bytes))
      inlineXop(tree, byId)
      return tree
    },
    attachments: parts,
  }
}

function print({ passes, found, failures, notes }: Explanation, io: Io): void {
  for (const line of found) io.out(line)
  for (const failure of failures) printFailure(failure, io)
  for (const note of notes) io.out(`note: ${note}`)
  io.out(passes ? 'the message satisfies the policy' : 'the message is refused')
}

const SHOWN = 2000

function printFailure(
  { reason, message, reference, expected, actual, canonical, causes }: ExplainedFailure,
  io: Io,
): void {
  io.out(`\n${reason}: ${message}`)
  if (reference !== undefined) io.out(`  reference ${reference}`)
  if (expected !== undefined) io.out(`  expected  ${expected}`)
  if (actual !== undefined) io.out(`  actual    ${actual}`)
  if (canonical !== undefined)
    io.out(
      `  canonical ${canonical.slice(0, SHOWN)}${canonical.length > SHOWN ? ` … (${canonical.length} characters)` : ''}`,
    )
  for (const { text, proved } of causes) io.out(`  ${proved ? 'cause: ' : 'likely:'} ${text}`)
}
