import type { XmlElement } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'
import type { PolicyCheck, SupportingCheck } from './compile-check.ts'
import { encryptedIn, requireEncrypted, requireSigned, signedBy } from './coverage.ts'
import { fitsToken } from './fits-token.ts'
import type { PolicyToken, UsernamePolicyToken } from './policy-model.ts'

/** Whether the message has the supporting tokens that the policy asks for, signed, endorsing and encrypted as it says. */
export function checkSupporting(
  results: SecurityResults,
  check: PolicyCheck,
  main: VerifiedSignature | undefined,
): void {
  for (const supporting of check.supporting) {
    for (const wanted of supporting.tokens) {
      if (supporting.endorsing) checkEndorsing(results, check, supporting, wanted, main)
      else checkToken(results, check, supporting, wanted, main)
    }
    requireEncrypted(supporting.encrypted, encryptedIn(results.decryptions), results)
  }
}

function checkToken(
  results: SecurityResults,
  { binding }: PolicyCheck,
  supporting: SupportingCheck,
  wanted: PolicyToken,
  main: VerifiedSignature | undefined,
): void {
  const token = results.tokens.find(
    (each) =>
      fitsToken(each, wanted) &&
      fitsPassword(each, wanted) &&
      (wanted.kind !== 'x509' || main !== undefined || isUsed(each, results)),
  )
  if (token === undefined)
    throw new SecurityFailure('token-missing', MISSING[wanted.kind] ?? `a ${wanted.kind} token is missing`)
  const message = binding !== undefined && binding.kind !== 'transport'
  if (message && supporting.signedToken && (main === undefined || !covers(main, token)))
    throw new SecurityFailure('part-unsigned', `the ${wanted.kind} token must be signed`)
  if (message && main !== undefined) requireSigned(supporting.signed, signedBy(main), results)
  if (supporting.encryptedToken) requireHidden(token, results)
}

function checkEndorsing(
  results: SecurityResults,
  { binding }: PolicyCheck,
  supporting: SupportingCheck,
  wanted: PolicyToken,
  main: VerifiedSignature | undefined,
): void {
  const message = binding !== undefined && binding.kind !== 'transport'
  const target = (message ? main?.element : undefined) ?? messageTarget(results)
  const endorsement = results.signatures.find(
    (each) => each !== main && fitsToken(each.token, wanted) && signedBy(each).nodes.has(target),
  )
  if (endorsement === undefined)
    throw new SecurityFailure('token-missing', `no ${wanted.kind} token endorses the message`)
  requireSigned(supporting.signed, signedBy(endorsement), results)
  if (message && supporting.signedToken && main !== undefined && !covers(main, endorsement.token))
    throw new SecurityFailure('part-unsigned', 'the endorsing token must be signed')
  if (supporting.encryptedToken) requireHidden(endorsement.token, results)
}

/** A certificate is no secret, and was not even checked before it signs: without a main signature it has to sign the message. */
function isUsed(token: SecurityToken, results: SecurityResults): boolean {
  const target = messageTarget(results)
  return results.signatures.some((each) => each.token === token && signedBy(each).nodes.has(target))
}

/** What a signature beside the main one has to cover, so that it was made for this message. */
const messageTarget = ({ timestamp, body }: SecurityResults): XmlElement => timestamp?.element ?? body

const covers = ({ covered }: VerifiedSignature, token: SecurityToken): boolean =>
  covered.some((each) => each.token === token || (each.node !== undefined && each.node === token.element))

function requireHidden({ kind, element }: SecurityToken, { decryptions }: SecurityResults): void {
  if (element === undefined || !decryptions.some(({ node }) => node === element))
    throw new SecurityFailure('part-unencrypted', `the ${kind} token must be encrypted`)
}

function fitsPassword({ password }: SecurityToken, wanted: PolicyToken): boolean {
  if (wanted.kind !== 'username') return true
  return FORMS[wanted.password].includes(password ?? 'none')
}

const FORMS: Readonly<Record<UsernamePolicyToken['password'], readonly string[]>> = {
  any: ['text', 'digest'],
  digest: ['digest'],
  none: ['none', 'derived'],
}

const MISSING: Readonly<Partial<Record<PolicyToken['kind'], string>>> = {
  username: 'UsernameToken missing in request',
  saml: 'SAML Token missing in request',
  issued: 'SAML Token missing in request',
  x509: 'Binary Security Token missing in request',
}
