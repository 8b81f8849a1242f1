import type { X509Certificate } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { type FailureReason, SecurityFailure } from '../security-failure.ts'
import type { Decryption, SecurityResults, SecurityToken, VerifiedSignature } from '../security-results.ts'
import { checkSupporting } from './check-supporting.ts'
import type { PolicyCheck, PartsCheck } from './compile-check.ts'
import { encryptedIn, requireEncrypted, requirePresent, requireSigned, signedBy } from './coverage.ts'
import { isSent } from './certificate-reference.ts'
import { fitsProtection, fitsToken } from './fits-token.ts'
import type { AsymmetricBinding, SymmetricBinding } from './policy-model.ts'

/** What is known of a message besides its content. */
export interface ArrivalFacts {
  /** It came over TLS. */
  readonly secure: boolean
  /** The client showed a certificate in the handshake that was accepted. */
  readonly clientCertificate: boolean
  /** An answer: the SignatureValues of the request. */
  readonly sent?: readonly string[] | undefined
  /** An answer: the certificate that the request was encrypted for, whose owner has to sign. */
  readonly peer?: X509Certificate | undefined
}

/**
 * Whether what verification proved is what the policy demands. Every part is asked for by node: a part is signed when the one
 * main signature covers the very node that goes into the flow. Returns the main signature. Throws a SecurityFailure.
 */
export function checkPolicy(
  results: SecurityResults,
  check: PolicyCheck,
  facts: ArrivalFacts,
): VerifiedSignature | undefined {
  const { binding } = check
  if (binding?.kind === 'transport') checkTransport(check, facts)
  if (results.leftover.length > 0)
    fail('unexpected-encryption', 'ciphertext that nobody could read is left in the message')
  if (binding?.timestamp === true && results.timestamp === undefined)
    fail('timestamp-missing', 'the policy asks for one')
  requirePresent(check.requiredHeaders, check.required, results)
  const main = mainSignature(results, check)
  checkEncryption(results, check, main)
  checkSupporting(results, check, main)
  if (check.confirms) checkConfirmations(results, main, facts)
  if (main !== undefined) checkSigner(main, check, facts)
  return main
}

/** The signature of the binding, where the policy asks for one; where nothing may be signed, there must be none. */
function mainSignature(results: SecurityResults, check: PolicyCheck): VerifiedSignature | undefined {
  const { binding, supporting } = check
  const message = binding !== undefined && binding.kind !== 'transport'
  if (message && signsAnything(check)) return checkMessage(results, check, binding)
  const mayEndorse = supporting.some(({ endorsing, tokens }) => endorsing || tokens.some(({ kind }) => kind === 'x509'))
  if (!mayEndorse && results.signatures.length > 0) fail('unexpected-signature', 'the policy asks for none')
  return undefined
}

const fail = (reason: FailureReason, detail: string): never => {
  throw new SecurityFailure(reason, detail)
}

function checkTransport({ binding }: PolicyCheck, { secure, clientCertificate }: ArrivalFacts): void {
  if (!secure) fail('transport-wrong', 'Expected transport is "https" but incoming transport found : "http"')
  const needs = binding?.kind === 'transport' && binding.token?.clientCertificate === true
  if (needs && !clientCertificate) fail('transport-wrong', 'the policy asks for a certificate of the client')
}

/** The signature of the binding: the one, made with the binding's token, that covers everything that must be signed. */
function checkMessage(
  results: SecurityResults,
  check: PolicyCheck,
  binding: AsymmetricBinding | SymmetricBinding,
): VerifiedSignature {
  const candidates = results.signatures.filter((signature) => isMain(signature, check, results))
  const [first] = candidates
  if (first === undefined) throw noSignature(results)
  let missing: unknown
  for (const signature of candidates) {
    try {
      requireMain(signature, results, check, binding)
      return signature
    } catch (error) {
      missing ??= error
    }
  }
  throw missing
}

/** A signature that covers another is an endorsement. */
function isMain(
  { token, covered }: VerifiedSignature,
  { signer, binding }: PolicyCheck,
  results: SecurityResults,
): boolean {
  const fits = binding?.kind === 'symmetric' ? fitsProtection : fitsToken
  if (signer === undefined || !fits(token, signer)) return false
  return !covered.some(({ node }) => results.signatures.some(({ element }) => element === node))
}

const noSignature = ({ signatures }: SecurityResults): SecurityFailure =>
  signatures.length === 0
    ? new SecurityFailure('signature-missing', 'the policy asks for a signature')
    : new SecurityFailure('signature-missing', 'no signature was made with the token that the policy asks for')

function requireMain(
  signature: VerifiedSignature,
  results: SecurityResults,
  check: PolicyCheck,
  binding: AsymmetricBinding | SymmetricBinding,
): void {
  const coverage = signedBy(signature)
  requireSigned(check.signed, coverage, results)
  const { timestamp } = results
  if (binding.timestamp && timestamp !== undefined && !coverage.nodes.has(timestamp.element))
    fail('part-unsigned', 'the Timestamp must be signed')
  checkAlgorithm(signature, binding)
  checkInclusion(signature, check)
  if (binding.protectTokens && !coversToken(signature))
    fail('part-unsigned', 'the token of the signature must be signed')
  if (binding.encryptSignature && encryptsAnything(check) && !wasHidden(signature.element, results.decryptions))
    fail('part-unencrypted', 'the signature must be encrypted')
  checkOrder(signature, results, binding)
}

/** Where one token of the other side serves both purposes, an answer comes from whom the request was for. */
function checkSigner({ token }: VerifiedSignature, { binding, sender }: PolicyCheck, { peer }: ArrivalFacts): void {
  const [signer] = token.certificates ?? []
  if (peer === undefined || signer === undefined || binding?.kind !== 'asymmetric' || sender !== 'recipient') return
  const same = binding.recipientSignature === binding.recipientEncryption
  if (same && signer.fingerprint256 !== peer.fingerprint256)
    fail('subject-refused', 'the answer is signed by somebody else than the request was for')
}

const coversToken = ({ token, covered }: VerifiedSignature): boolean =>
  covered.some(
    (each) =>
      each.token === token ||
      (each.node !== undefined && (each.node === token.element || each.node === token.source?.element)),
  )

const wasHidden = (element: XmlElement, decryptions: readonly Decryption[]): boolean =>
  decryptions.some(({ kind, node }) => kind === 'element' && node === element)

function checkAlgorithm(
  { token, algorithm }: VerifiedSignature,
  { suite }: AsymmetricBinding | SymmetricBinding,
): void {
  const allowed = token.secret === undefined ? suite.asymmetricSignature : suite.symmetricSignature
  if (!allowed.includes(algorithm)) fail('algorithm-refused', `${algorithm} is not of the suite ${suite.name}`)
}

/** COMPAT included-token-tolerated: a token that the policy wants left out may come all the same; one that it wants must come. */
function checkInclusion({ token }: VerifiedSignature, { signer, sender, binding }: PolicyCheck): void {
  if (binding?.kind !== 'asymmetric' || signer === undefined || !isSent(signer.inclusion, sender)) return
  if (token.element === undefined) fail('token-missing', 'Binary Security Token missing in request')
}

/** Signed first means: decrypted before the signature was verified. */
function checkOrder(
  signature: VerifiedSignature,
  { decryptions }: SecurityResults,
  { encryptFirst }: AsymmetricBinding | SymmetricBinding,
): void {
  const covered = signedBy(signature).nodes
  for (const { node, kind, order } of decryptions) {
    if (node === undefined || node === signature.element || !covered.has(node)) continue
    const decryptedFirst = order < signature.order
    if (decryptedFirst === encryptFirst && (kind === 'content' || kind === 'header'))
      fail(
        'order-wrong',
        encryptFirst
          ? 'the message was signed before it was encrypted'
          : 'the message was encrypted before it was signed',
      )
  }
}

function checkEncryption(results: SecurityResults, check: PolicyCheck, main: VerifiedSignature | undefined): void {
  const { binding } = check
  if (encryptsAnything(check)) requireEncrypted(check.encrypted, encryptedIn(results.decryptions), results)
  else refuseEncryption(results, check)
  if (binding === undefined) return
  for (const { algorithm, token } of results.decryptions) {
    if (!binding.suite.encryption.includes(algorithm))
      fail('algorithm-refused', `${algorithm} is not of the suite ${binding.suite.name}`)
    if (binding.kind === 'symmetric' && main !== undefined && !isSameSecret(token, main.token))
      fail('key-refused', 'the message is encrypted with another secret than it is signed with')
  }
}

/** Whether both tokens have their keys from one secret: the one it was derived from, in the end. */
function isSameSecret(one: SecurityToken, other: SecurityToken): boolean {
  const [a, b] = [originalSecret(one), originalSecret(other)]
  return a !== undefined && b !== undefined && a.equals(b)
}

const originalSecret = ({ secret, source }: SecurityToken): Buffer | undefined =>
  source?.secret === undefined ? secret : originalSecret(source)

/** A password in clear is always allowed to be hidden. */
function refuseEncryption({ decryptions, tokens }: SecurityResults, { supporting }: PolicyCheck): void {
  if (supporting.some(({ encryptedToken, encrypted }) => encryptedToken || asksForAnything(encrypted))) return
  const hidden = tokens.filter(({ kind }) => kind === 'username').map(({ element }) => element)
  if (decryptions.some(({ node }) => node === undefined || !hidden.includes(node)))
    fail('unexpected-encryption', 'the policy encrypts nothing')
}

/** The answer confirms exactly the signatures of the request (SOAP Message Security 1.1, section 8.5). */
function checkConfirmations(
  { confirmations }: SecurityResults,
  main: VerifiedSignature | undefined,
  { sent = [] }: ArrivalFacts,
): void {
  const found = confirmations.map(({ value }) => value ?? '').toSorted()
  const expected = (sent.length === 0 ? [''] : [...sent]).toSorted()
  if (found.length !== expected.length || found.some((value, index) => value !== expected[index]))
    fail('confirmation-wrong', `${found.length} confirmations for ${sent.length} signatures, or of others`)
  const covered = main === undefined ? undefined : signedBy(main).nodes
  if (covered !== undefined && confirmations.some(({ element }) => !covered.has(element)))
    fail('part-unsigned', 'the signature confirmation must be signed')
}

const asksForAnything = ({ body, everyHeader, headers, elements, content, attachments }: PartsCheck): boolean =>
  body || everyHeader || headers.length > 0 || elements.length > 0 || content.length > 0 || attachments

const encryptsAnything = ({ encrypted }: PolicyCheck): boolean => asksForAnything(encrypted)

const signsAnything = ({ signed, binding, supporting }: PolicyCheck): boolean =>
  asksForAnything(signed) ||
  binding?.timestamp === true ||
  supporting.some(({ signedToken, endorsing }) => signedToken || endorsing)
