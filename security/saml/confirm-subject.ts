import type { KeyObject } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'
import type { ConfirmationMethod, SamlAssertion, SamlConfirmation } from './assertion.ts'
import type { SamlRules } from './saml-rules.ts'
import { confirmationRefusal, type Moment } from './validate-assertion.ts'

/** What the handler of assertions hands on as the detail of a token. */
export interface SamlDetail {
  readonly assertion: SamlAssertion
  /** How the subject was confirmed; set when the message was verified. */
  confirmedBy: SamlConfirmation | undefined
  /** The token of the signer; undefined for an assertion without signature. */
  readonly signer: SecurityToken | undefined
}

/** What a confirmation is judged on. */
interface Proof {
  readonly token: SecurityToken
  readonly detail: SamlDetail
  readonly results: SecurityResults
  readonly rules: SamlRules
}

/**
 * Decides whether the sender of a message may use an assertion (SAML token profile 1.1, section 3.5): one of its confirmations
 * has to hold. The message was verified before. Throws a SecurityFailure.
 */
export function confirmSubject(
  token: SecurityToken,
  detail: SamlDetail,
  results: SecurityResults,
  rules: SamlRules,
  moment: Moment,
): void {
  const refusals: string[] = []
  for (const confirmation of detail.assertion.subject.confirmations) {
    const refusal =
      confirmationRefusal(confirmation, rules, moment) ??
      unproved(confirmation.method, { token, detail, results, rules })
    if (refusal === undefined) {
      detail.confirmedBy = confirmation
      return
    }
    refusals.push(refusal)
  }
  throw new SecurityFailure(
    'subject-unconfirmed',
    `SAML assertion: ${refusals.join('; ') || 'it names no confirmation'}`,
  )
}

function unproved(method: ConfirmationMethod | undefined, proof: Proof): string | undefined {
  const { signatures } = proof.results
  if (method === 'sender-vouches') {
    return signatures.some((signature) => vouches(signature, proof))
      ? undefined
      : 'sender-vouches: no signature of somebody who may vouch covers the assertion and the message'
  }
  if (proof.detail.signer === undefined) return `${method}: the assertion is not signed`
  if (method === 'bearer' || signatures.some((signature) => provesKey(signature, proof))) return undefined
  return 'holder-of-key: the message is not signed with the key of the subject'
}

/** Whether a signature was made with the subject's key: by the token itself, a key derived from it, or the same public key. */
function provesKey(signature: VerifiedSignature, { token, results }: Proof): boolean {
  if (!coversMessage(signature, results)) return false
  const { token: used } = signature
  for (let each: SecurityToken | undefined = used; each !== undefined; each = each.source) {
    if (each === token || (token.secret !== undefined && each.secret?.equals(token.secret) === true)) return true
  }
  const key = publicKeyOf(token)
  return key !== undefined && publicKeyOf(used)?.equals(key) === true
}

const publicKeyOf = ({ publicKey, certificates }: SecurityToken): KeyObject | undefined =>
  publicKey ?? certificates?.[0].publicKey

function vouches(signature: VerifiedSignature, { token, detail, results, rules }: Proof): boolean {
  const { token: used, covered } = signature
  const certificate = used.kind === 'x509' ? used.certificates?.[0] : undefined
  if (certificate === undefined || rules.allowsVoucher?.(certificate) !== true) return false
  const assertion = covered.some(
    (part) =>
      part.token === token ||
      (part.node !== undefined && (part.node === token.element || part.node === detail.assertion.element)),
  )
  return assertion && coversMessage(signature, results)
}

/**
 * A proof covers what makes this message, or a signature that does: the body, and the Timestamp only where nobody signs the
 * body. Signatures that cover something else may have been copied from another message together with it.
 */
function coversMessage(signature: VerifiedSignature, results: SecurityResults): boolean {
  const { body, timestamp, signatures } = results
  const covers = ({ covered }: VerifiedSignature, element: XmlElement | undefined): boolean =>
    element !== undefined && covered.some(({ node }) => node === element)
  const anchor = signatures.some((each) => covers(each, body)) ? body : timestamp?.element
  return covers(signature, anchor) || signatures.some((each) => covers(each, anchor) && covers(signature, each.element))
}
