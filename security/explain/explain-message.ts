import type { MimePart, Settings, UserStore, XmlDocument } from 'viaduct'
import { Keyring, type KeystoreEntry } from '../keys/index.ts'
import { NO_SECRETS } from '../key-material.ts'
import { checkPolicy } from '../policy/check-policy.ts'
import type { Role } from '../policy/certificate-reference.ts'
import { compileCheck } from '../policy/compile-check.ts'
import type { SecurityPolicy } from '../policy/policy-model.ts'
import { PolicyReports } from '../policy/reader.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults } from '../security-results.ts'
import { compileReceiver } from '../service/receiver-plan.ts'
import { CertificateCache } from '../tokens/certificate-cache.ts'
import { verify } from '../verify.ts'
import { describeResults } from './describe-results.ts'
import { type Cause, likelyCauses } from './likely-cause.ts'

/** What a message is judged with. */
export interface Judgement {
  /** Alternatives of the policy. */
  readonly policies: readonly SecurityPolicy[]
  readonly keys: readonly KeystoreEntry[]
  /** Who sent the message. */
  readonly sender: Role
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly attachments: readonly MimePart[]
  readonly settings: Settings
}

/** Why a message passes or fails. */
export interface Explanation {
  readonly passes: boolean
  /** What was found and proved, a line each. */
  readonly found: readonly string[]
  /** What failed, in words of the log; empty when it passes. */
  readonly failures: readonly ExplainedFailure[]
  /** What was not looked at: passwords. */
  readonly notes: readonly string[]
}

export interface ExplainedFailure {
  readonly reason: string
  readonly message: string
  /** Identifier in the message of what failed. */
  readonly reference: string | undefined
  readonly expected: string | undefined
  readonly actual: string | undefined
  /** The canonical text that was digested, where that is what failed. */
  readonly canonical: string | undefined
  readonly causes: readonly Cause[]
}

/**
 * Verifies a message as a receiver under the policy would, and tells what failed and the likely cause. A message that is only too old
 * is looked at once more as of the time it was made. `read` gives the envelope anew, because verification changes it.
 */
export async function explainMessage(read: () => XmlDocument, judgement: Judgement): Promise<Explanation> {
  const first = await attempt(read(), judgement)
  if (first.passes) return first
  const created = first.failures.some(({ reason }) => TIMES.has(reason)) ? createdIn(read()) : undefined
  if (created === undefined) return first
  const later = await attempt(read(), { ...judgement, now: created })
  const found = later.found.map((line) => `as of its creation: ${line}`)
  return { passes: false, found, failures: [...first.failures, ...later.failures], notes: first.notes }
}

const TIMES: ReadonlySet<string> = new Set(['message-expired', 'message-from-future', 'certificate-expired'])

async function attempt(envelope: XmlDocument, judgement: Judgement): Promise<Explanation> {
  const { policies, keys, sender, now, attachments, settings } = judgement
  const ring = new Keyring(keys, { minimumRsaBits: 1024, allowSha1: true })
  const receiver = compileReceiver({
    service: 'explain',
    alternatives: policies,
    keys: { identity: undefined, recipient: undefined, trusted: ring, decryption: ring },
    certificates: new CertificateCache(),
    handlers: [],
    settings,
  })
  let results: SecurityResults | undefined
  try {
    results = await verify(envelope, receiver, {
      now,
      replays: EVERYTHING_IS_NEW,
      users: ANYBODY,
      secrets: NO_SECRETS,
      attachments,
    })
    return { ...checked(results, policies, sender), found: describeResults(results), notes: notesOf(results) }
  } catch (failure) {
    if (!(failure instanceof SecurityFailure)) throw failure
    return { passes: false, found: [], failures: [explained(failure, envelope, judgement)], notes: [] }
  }
}

/** The policy, alternative by alternative: one that is satisfied is enough. */
function checked(
  results: SecurityResults,
  policies: readonly SecurityPolicy[],
  sender: Role,
): Pick<Explanation, 'passes' | 'failures'> {
  const reports = new PolicyReports(() => {})
  const failures: ExplainedFailure[] = []
  for (const policy of policies) {
    try {
      checkPolicy(results, compileCheck(policy, sender, reports), { secure: true, clientCertificate: true })
      return { passes: true, failures: [] }
    } catch (failure) {
      if (!(failure instanceof SecurityFailure)) throw failure
      failures.push({ ...plain(failure), causes: likelyCauses(failure, results.envelope, results) })
    }
  }
  return { passes: false, failures }
}

function explained(failure: SecurityFailure, envelope: XmlDocument, { keys, now }: Judgement): ExplainedFailure {
  const canonical = failure.evidence?.canonical?.()
  return { ...plain(failure), canonical, causes: likelyCauses(failure, envelope, undefined, { canonical, keys, now }) }
}

const plain = ({ reason, message, evidence }: SecurityFailure): Omit<ExplainedFailure, 'causes'> => ({
  reason,
  message,
  reference: evidence?.reference,
  expected: evidence?.expected,
  actual: evidence?.actual,
  canonical: undefined,
})

const notesOf = ({ tokens }: SecurityResults): string[] =>
  tokens.some(({ kind }) => kind === 'username') ? ['passwords are not checked here'] : []

const EVERYTHING_IS_NEW = { remember: () => true }

/** Passwords are no matter of this explanation. */
const ANYBODY: UserStore = {
  authenticate: (name) => Promise.resolve({ name, roles: [], claims: new Map() }),
  find: (name) => Promise.resolve({ name, roles: [], claims: new Map() }),
  prove: (name) => Promise.resolve({ name, roles: [], claims: new Map() }),
  password: () => Promise.resolve(undefined),
}

/** The time of the first wsu:Created, a second later. */
function createdIn(envelope: XmlDocument): number | undefined {
  const found = describeCreated(envelope)
  return found === undefined ? undefined : found + 1000
}

function describeCreated({ root }: XmlDocument): number | undefined {
  const open = [root]
  for (let next = open.shift(); next !== undefined; next = open.shift()) {
    if (next.name === 'Created') {
      const [text] = next.children
      const time = text !== undefined && 'value' in text ? Date.parse(text.value) : Number.NaN
      return Number.isNaN(time) ? undefined : time
    }
    open.push(...next.children.filter((child) => 'attributes' in child))
  }
  return undefined
}
