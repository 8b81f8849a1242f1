import type { KeyObject } from 'node:crypto'
import type { DistrustReason, KeyStore } from '../key-material.ts'
import { type FailureReason, SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { subjectOf } from './token-table.ts'

/** What decides whether a certificate may sign. */
export interface TrustQuestion {
  readonly keys: KeyStore
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly allowsSubject: ((subject: string) => boolean) | undefined
}

/**
 * The public key of a token, once it is certain that it may be relied on. A certificate that the message brought or named is
 * checked by its path, its dates and its subject; a key that another token vouches for was checked with that token. A secret
 * is never a public key. Throws a SecurityFailure.
 */
export function trustedKey(token: SecurityToken, { keys, now, allowsSubject }: TrustQuestion): KeyObject {
  const { certificates, publicKey, kind } = token
  if (kind === 'x509' && certificates !== undefined) {
    const verdict = keys.verifyPath(certificates, now)
    if (!verdict.trusted) throw new SecurityFailure(DISTRUST[verdict.reason], verdict.detail)
    if (allowsSubject?.(subjectOf(certificates[0])) === false)
      throw new SecurityFailure('subject-refused', `the subject is ${subjectOf(certificates[0])}`)
    return certificates[0].publicKey
  }
  const key = publicKey ?? certificates?.[0].publicKey
  if (key === undefined) throw new SecurityFailure('key-refused', `a ${kind} token has no public key`)
  return key
}

const DISTRUST: Readonly<Record<DistrustReason, FailureReason>> = {
  expired: 'certificate-expired',
  'not-yet-valid': 'certificate-expired',
  revoked: 'certificate-revoked',
  untrusted: 'certificate-untrusted',
  'not-a-ca': 'certificate-untrusted',
  'path-too-long': 'certificate-untrusted',
  'key-usage': 'certificate-untrusted',
  constraint: 'certificate-untrusted',
}
