import { canonicalXml, type XmlElement } from 'viaduct'
import { canonicalBytes } from '../canonical/canonical-bytes.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { resolveKeyInfo } from '../tokens/resolve-reference.ts'
import { type TrustQuestion, trustedKey } from '../tokens/trusted-key.ts'
import type { Verification } from '../verification.ts'
import type { AllowedAlgorithms } from '../verify-plan.ts'
import type { WorkBudget } from '../work-budget.ts'
import { verifyReference } from './verify-reference.ts'
import { checkKey, isMac, isSignature } from './signature-algorithm.ts'
import { type ReadSignature, readSignature } from './signed-info.ts'

/**
 * Verifies a ds:Signature of the security header. The order is that of cost and of what an attacker could learn: shape and
 * limits, whose key and whether it is trusted, the signature value, and only then what the references lead to.
 */
export function verifySignature(verification: Verification, element: XmlElement): void {
  const { plan, state, budget, signatures } = verification
  budget.spend('signatures')
  const signature = readSignature(element, plan.algorithms, plan.limits.references)
  const { token, reference } = resolveKeyInfo(verification, signature.keyInfo, plan.keys)
  const trust: TrustQuestion = { keys: plan.keys, now: state.now, allowsSubject: plan.allowsSubject }
  verifyValue(signature, token, trust, plan.algorithms, budget)
  const covered = signature.references.map((one) => verifyReference(verification, one))
  signatures.push({
    element,
    token,
    reference,
    algorithm: signature.identifier,
    value: signature.value.toString('base64'),
    covered,
    order: verification.next(),
  })
}

/** Whether the token's owner made the value over the SignedInfo. A secret makes MACs and nothing else. */
export function verifyValue(
  signature: ReadSignature,
  token: SecurityToken,
  trust: TrustQuestion,
  allowed: AllowedAlgorithms,
  budget: WorkBudget | undefined,
): void {
  const { algorithm, signedInfo, canonical, value } = signature
  let holds: boolean
  if (algorithm.kind === 'hmac') {
    if (token.secret === undefined)
      throw new SecurityFailure('key-refused', 'a key that everybody knows cannot make a message authentication code')
    holds = isMac(algorithm, token.secret, canonicalBytes(signedInfo, canonical, budget), value)
  } else {
    const key = trustedKey(token, trust)
    checkKey(algorithm, key, allowed.minimumRsa)
    holds = isSignature(algorithm, key, canonicalBytes(signedInfo, canonical, budget), value)
  }
  if (holds) return
  throw new SecurityFailure('signature-wrong', `the value of a signature (${signature.identifier}) does not fit`, {
    evidence: { canonical: () => canonicalXml(signedInfo, canonical), expected: value.toString('base64') },
  })
}
