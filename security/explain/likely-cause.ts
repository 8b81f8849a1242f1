import { createHash } from 'node:crypto'
import { bodyOf, type XmlDocument, type XmlElement } from 'viaduct'
import type { KeystoreEntry } from '../keys/index.ts'
import type { FailureReason, SecurityFailure } from '../security-failure.ts'
import type { SecurityResults } from '../security-results.ts'

/** A guess at why something failed. */
export interface Cause {
  readonly text: string
  /** A change that was tried and makes the digest fit. */
  readonly proved: boolean
}

/** What else is known where a digest or key failed. */
export interface CauseContext {
  readonly canonical?: string | undefined
  readonly keys: readonly KeystoreEntry[]
  readonly now: number
}

/** The likely causes of a failure, the best first. */
export function likelyCauses(
  failure: SecurityFailure,
  envelope: XmlDocument,
  results: SecurityResults | undefined,
  context?: CauseContext,
): readonly Cause[] {
  const { reason, evidence } = failure
  if (reason === 'digest-wrong' && context?.canonical !== undefined && evidence?.expected !== undefined) {
    const proved = tried(context.canonical, evidence.expected)
    if (proved.length > 0) return proved
  }
  const guesses = [...wrapped(reason, envelope, results), ...(GUESSES[reason] ?? [])]
  if ((reason === 'token-unavailable' || reason === 'decryption-failed') && context !== undefined)
    guesses.push(`the keystore holds ${aliases(context.keys)}`)
  return guesses.map((text) => ({ text, proved: false }))
}

const GUESSES: Readonly<Partial<Record<FailureReason, readonly string[]>>> = {
  'digest-wrong': [
    'what is signed was changed after it was signed: a value, white space, or the place of an element',
    'the sender canonicalises otherwise: prefixes that stand in text or attribute values need a PrefixList',
    'something on the way parsed and printed the message: prefixes or declarations were rewritten',
  ],
  'signature-wrong': [
    'the SignedInfo was changed, or printed anew, after it was signed',
    'the message was signed with another key than that of the certificate it names',
  ],
  'decryption-failed': ['the message is encrypted for another key', 'the ciphertext was changed on its way'],
  'token-unavailable': ['the message names a certificate by reference that this side does not have'],
  'certificate-untrusted': ['neither the certificate nor the authority that issued it is in the keystore'],
  'certificate-expired': ['the certificate has ended, or the clock of this machine is wrong'],
  'message-expired': ['the message waited on its way, or the clocks differ by more than the skew allows'],
  'message-from-future': ['the clock of the sender is ahead by more than is allowed'],
  'signature-missing': ['the sender does not sign, or signs with another kind of token than the policy names'],
  'timestamp-missing': ['the sender writes no wsu:Timestamp'],
  'algorithm-refused': ['the sender is configured with another algorithm suite than the policy'],
  'order-wrong': ['the sender encrypts and signs in the other order'],
  'header-missing': ['the sender did not secure the message at all'],
  replayed: ['the sender sends one message again instead of securing it anew'],
}

/** Changes that happen to messages on their way: the one that makes the digest fit is what happened. */
const CHANGES: readonly (readonly [text: string, undo: (canonical: string) => string])[] = [
  [
    'white space was added between elements after signing (the message was indented)',
    (text) => text.replaceAll(/>\s+</g, '><'),
  ],
  ['line ends were changed from CR LF to LF after signing', (text) => text.replaceAll('\n', '&#xD;\n')],
  ['a line end was added at the end of a text', (text) => text.replaceAll(/\n(?=<\/)/g, '')],
  [
    'base64 was broken into lines after signing',
    (text) => text.replaceAll(/(?<=[A-Za-z0-9+/=])\n(?=[A-Za-z0-9+/=])/g, ''),
  ],
  ['tabs became blanks after signing', (text) => text.replaceAll('    ', '\t')],
  ['blanks at the ends of texts were removed after signing', (text) => text.replaceAll(/>([^<>\s][^<>]*)</g, '>$1 <')],
]

const DIGESTS: ReadonlyMap<number, string> = new Map([
  [20, 'sha1'],
  [32, 'sha256'],
  [48, 'sha384'],
  [64, 'sha512'],
])

function tried(canonical: string, expected: string): Cause[] {
  const wanted = Buffer.from(expected, 'base64')
  const algorithm = DIGESTS.get(wanted.length)
  if (algorithm === undefined) return []
  return CHANGES.filter(([, undo]) => createHash(algorithm).update(undo(canonical)).digest().equals(wanted)).map(
    ([text]) => ({ text, proved: true }),
  )
}

/** A signed body that stands somewhere else is the mark of signature wrapping. */
function wrapped(reason: FailureReason, envelope: XmlDocument, results: SecurityResults | undefined): string[] {
  if (reason !== 'part-unsigned' || results === undefined) return []
  const body = bodyOf(envelope)
  const elsewhere = results.signatures
    .flatMap(({ covered }) => covered.flatMap(({ node }) => node ?? []))
    .find((node) => node !== body && node.name === 'Body')
  if (elsewhere === undefined) return ['the sender signs less than the policy asks for']
  return [
    `the Body that was signed stands in <${parentName(elsewhere)}>, and another one in its place: the message was wrapped`,
  ]
}

const parentName = ({ parent }: XmlElement): string => (parent !== null && 'name' in parent ? parent.name : 'nothing')

const aliases = (keys: readonly KeystoreEntry[]): string => {
  const names = keys.map(
    ({ alias, key, chain }) =>
      `${alias} (${key === undefined ? 'certificate' : 'key'} of ${chain[0]?.subject.replaceAll('\n', ',') ?? ''})`,
  )
  return names.join(', ') || 'nothing'
}
