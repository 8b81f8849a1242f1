/** Every reason for which a message is refused, and the WS-Security fault that belongs to it (SOAP Message Security 1.1 section 12). */
export const SECURITY_FAILURES = {
  malformed: { fault: 'InvalidSecurity', text: 'the security header or a part of it has a wrong shape' },
  'limit-exceeded': { fault: 'InvalidSecurity', text: 'the message asks for more work than is allowed' },
  'id-duplicate': { fault: 'InvalidSecurity', text: 'two elements bear the same identifier' },
  'reference-refused': { fault: 'InvalidSecurity', text: 'a reference leads out of the message' },
  'reference-unresolved': { fault: 'SecurityTokenUnavailable', text: 'a reference leads to nothing' },
  'header-missing': { fault: 'InvalidSecurity', text: 'the message has no security header' },
  'header-duplicate': { fault: 'InvalidSecurity', text: 'there are two security headers for one actor' },
  'algorithm-refused': { fault: 'UnsupportedAlgorithm', text: 'an algorithm is not allowed here' },
  'transform-refused': { fault: 'UnsupportedAlgorithm', text: 'a transform is not allowed here' },
  'token-malformed': { fault: 'InvalidSecurityToken', text: 'a token cannot be read' },
  'token-unsupported': { fault: 'UnsupportedSecurityToken', text: 'a kind of token is not accepted here' },
  'token-unavailable': { fault: 'SecurityTokenUnavailable', text: 'a token or key is not known' },
  'token-expired': { fault: 'InvalidSecurityToken', text: 'a token or key is not valid at this time' },
  'token-invalid': { fault: 'InvalidSecurityToken', text: 'a token did not stand its validation' },
  'certificate-untrusted': { fault: 'FailedAuthentication', text: 'a certificate is not trusted' },
  'certificate-expired': { fault: 'FailedAuthentication', text: 'a certificate is not valid at this time' },
  'certificate-revoked': { fault: 'FailedAuthentication', text: 'a certificate was revoked' },
  'subject-refused': {
    fault: 'FailedAuthentication',
    text: 'a trusted certificate is not that of the party that may sign',
  },
  'key-refused': { fault: 'FailedCheck', text: 'a key does not fit the algorithm or is too weak' },
  'signature-wrong': { fault: 'FailedCheck', text: 'a signature value does not fit' },
  'digest-wrong': { fault: 'FailedCheck', text: 'what is signed was changed' },
  'decryption-failed': { fault: 'FailedCheck', text: 'the decryption failed' },
  'too-many-failures': { fault: 'FailedCheck', text: 'the caller failed too many checks before' },
  'authentication-failed': { fault: 'FailedAuthentication', text: 'user or password is wrong' },
  'subject-unconfirmed': {
    fault: 'FailedAuthentication',
    text: 'the sender did not prove to be the subject of its token',
  },
  'message-expired': { fault: 'MessageExpired', text: 'the message is too old' },
  'message-from-future': { fault: 'MessageExpired', text: 'the message comes from the future' },
  replayed: { fault: 'InvalidSecurity', text: 'the message or a token of it was received before' },
  'confirmation-wrong': { fault: 'InvalidSecurity', text: 'the answer does not confirm the signatures of the request' },
  'timestamp-missing': { fault: 'InvalidSecurity', text: 'Missing Timestamp' },
  'signature-missing': { fault: 'InvalidSecurity', text: 'Message is not signed' },
  'part-unsigned': { fault: 'InvalidSecurity', text: 'a part that must be signed is not' },
  'part-unencrypted': { fault: 'InvalidSecurity', text: 'Expected encrypted part missing' },
  'part-missing': { fault: 'InvalidSecurity', text: 'Required Elements not found in the incoming message' },
  'token-missing': { fault: 'InvalidSecurity', text: 'a token that is required is missing' },
  'unexpected-signature': { fault: 'InvalidSecurity', text: 'Unexpected signature' },
  'unexpected-encryption': {
    fault: 'InvalidSecurity',
    text: 'Unexpected encrypted data found, no encryption required',
  },
  'order-wrong': { fault: 'InvalidSecurity', text: 'Protection order mismatch' },
  'transport-wrong': { fault: 'InvalidSecurity', text: 'the message came over a transport that the policy forbids' },
  'protection-impossible': { fault: 'InvalidSecurity', text: 'the message cannot be protected as the policy asks' },
} as const satisfies Record<string, { fault: SecurityFaultCode; text: string }>

export type FailureReason = keyof typeof SECURITY_FAILURES

/** Local names in the namespace of wsse. */
export type SecurityFaultCode =
  | 'InvalidSecurity'
  | 'InvalidSecurityToken'
  | 'FailedAuthentication'
  | 'FailedCheck'
  | 'UnsupportedAlgorithm'
  | 'UnsupportedSecurityToken'
  | 'SecurityTokenUnavailable'
  | 'MessageExpired'

/** The one fault that a peer sees, whatever failed: nothing can be learned from it. */
export const GENERIC_FAULT: { readonly code: SecurityFaultCode; readonly text: string } = {
  code: 'InvalidSecurity',
  text: 'The security of the message could not be verified',
}

/**
 * A message that is not accepted, or cannot be protected. `reason` and `detail` are for the log and the explainer; they name
 * elements and algorithms, never secrets or plaintext. A peer is told {@link GENERIC_FAULT}.
 */
export class SecurityFailure extends Error {
  override readonly name = 'SecurityFailure'
  readonly reason: FailureReason
  readonly detail: string
  /** For the explainer; undefined where there is nothing more to tell. */
  readonly evidence: FailureEvidence | undefined

  constructor(reason: FailureReason, detail: string, options?: ErrorOptions & { readonly evidence?: FailureEvidence }) {
    super(`${SECURITY_FAILURES[reason].text}: ${detail}`, options)
    this.reason = reason
    this.detail = detail
    this.evidence = options?.evidence
  }

  /** The specific fault, for peers that are trusted with it. */
  get fault(): SecurityFaultCode {
    return SECURITY_FAILURES[this.reason].fault
  }
}

/** What a digest or signature was computed over. Held only until the explainer or the collector takes it. */
export interface FailureEvidence {
  /** Canonical text, made when asked for. */
  readonly canonical?: (() => string) | undefined
  /** Base64. */
  readonly expected?: string | undefined
  readonly actual?: string | undefined
  /** Identifier in the message. */
  readonly reference?: string | undefined
}
