import { attributeValue, type XmlElement } from 'viaduct'
import { canonicalDigest } from '../canonical/canonical-bytes.ts'
import { CANONICAL_FORMS, readCanonicalMethod } from '../canonical/canonical-method.ts'
import { algorithmOf } from '../message/read-element.ts'
import { ENVELOPED_SIGNATURE } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import { resolveKeyInfo } from '../tokens/resolve-reference.ts'
import type { Verification } from '../verification.ts'
import type { AllowedAlgorithms } from '../verify-plan.ts'
import { DIGESTS } from './digest-algorithm.ts'
import { isSame, SIGNATURES } from './signature-algorithm.ts'
import { readSignature } from './signed-info.ts'
import { verifyValue } from './verify-signature.ts'

/**
 * Verifies a signature inside of what it signs, as assertions have it: one reference, to the element by its own identifier, the
 * enveloped-signature transform and one canonicalisation. Returns the signer, whose certificate is trusted.
 */
export function verifyEnveloped(
  verification: Verification,
  signed: XmlElement,
  element: XmlElement,
  idAttribute: string,
): SecurityToken {
  const { plan, state, budget } = verification
  budget.spend('signatures')
  if (element.parent !== signed) throw new SecurityFailure('malformed', 'a signature is not inside of what it signs')
  const allowed = forTokens(plan.algorithms)
  const signature = readSignature(element, allowed, 1)
  const [reference] = signature.references
  const id = attributeValue(signed, idAttribute)
  if (reference === undefined || id === undefined || reference.uri !== `#${id}`)
    throw new SecurityFailure('reference-refused', 'an enveloped signature does not refer to the element around it')
  const [enveloped, method, ...others] = reference.transforms
  if (enveloped === undefined || algorithmOf(enveloped) !== ENVELOPED_SIGNATURE || others.length > 0)
    throw new SecurityFailure('transform-refused', 'an enveloped signature with other transforms')
  if (method !== undefined && !CANONICAL_FORMS.has(algorithmOf(method)))
    throw new SecurityFailure('transform-refused', `transform ${algorithmOf(method)}`)
  // KeyInfo in an assertion is that of XML Signature, not of WS-Security: certificates may stand in it.
  const { token } = resolveKeyInfo(verification, signature.keyInfo, plan.keys, true)
  verifyValue(signature, token, { keys: plan.keys, now: state.now, allowsSubject: undefined }, allowed, budget)
  const canonical =
    method === undefined
      ? { form: 'inclusive' as const }
      : readCanonicalMethod(method, plan.algorithms.canonicalization)
  const actual = canonicalDigest(signed, { ...canonical, omit: element }, reference.hash, budget)
  if (!isSame(actual, reference.digest))
    throw new SecurityFailure('digest-wrong', `the digest of ${signed.name} does not fit`)
  return token
}

const isStrong = (identifier: string): boolean => /sha(?:256|384|512)/.test(identifier) && !identifier.includes('hmac')
const STRONG_SIGNATURES = [...SIGNATURES.keys()].filter(isStrong)
const STRONG_DIGESTS = [...DIGESTS.keys()].filter(isStrong)

/** The suite of a policy is about messages: whoever issued a token may have signed it more strongly, if not more weakly. */
const forTokens = (algorithms: AllowedAlgorithms): AllowedAlgorithms => ({
  ...algorithms,
  signature: new Set([...algorithms.signature, ...STRONG_SIGNATURES]),
  digest: new Set([...algorithms.digest, ...STRONG_DIGESTS]),
})
