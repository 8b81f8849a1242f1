import { type KeyObject, randomUUID, X509Certificate } from 'node:crypto'
import { elements, type XmlElement } from 'viaduct'
import type { KeyIdentity } from '../key-material.ts'
import { decodeBase64, isNamed, simpleText } from '../message/read-element.ts'
import { DSIG, SAML_11, SAML_20, WSSE } from '../names.ts'
import type { SamlVersion } from '../saml/assertion.ts'
import { readAssertion } from '../saml/read-assertion.ts'
import { samlReferenceType, samlTokenType } from '../saml/saml-names.ts'
import { signAssertion } from '../saml/sign-assertion.ts'
import { certificateKeyInfo, publicKeyInfo, secretKeyInfo } from '../saml/subject-key-info.ts'
import { writeAssertion } from '../saml/write-assertion.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { VerifiedSignature } from '../security-results.ts'
import { readKeyValue } from '../tokens/resolve-reference.ts'
import { type IssuedKey, makeKey } from './issued-key.ts'
import type { TokenProvider, TrustCaller } from './token-service.ts'
import type { TrustRequest } from './trust-request.ts'
import type { IssuedToken } from './trust-response.ts'
import { TrustFailure } from './trust-failure.ts'

/** How a token service issues assertions. */
export interface AssertionRules {
  readonly issuer: string
  readonly identity: KeyIdentity
  /** Seconds; a request may ask for less. */
  readonly lifetime: number
  /**
   * Services that assertions are issued for, with the certificate that secrets are encrypted for; undefined for an address that
   * there is none for. Called with undefined when a request names no service.
   */
  readonly service: (address: string | undefined) => { readonly certificate: X509Certificate | undefined } | undefined
  /** Validates a token that is to be renewed or validated: signature, times. Throws a SecurityFailure. */
  readonly verify: (assertion: XmlElement, now: number) => void | Promise<void>
  readonly random?: ((size: number) => Buffer) | undefined
}

const UNSPECIFIED = 'urn:oasis:names:tc:SAML:2.0:ac:classes:unspecified'

/** Issues SAML assertions of both versions: bearer, or holder-of-key with a secret or the requestor's own key. */
export function createAssertionProvider(rules: AssertionRules): TokenProvider {
  return {
    tokenTypes: [samlTokenType('2.0'), SAML_20, samlTokenType('1.1'), SAML_11],
    owns: (target) => target.name === 'Assertion' && (target.namespace === SAML_11 || target.namespace === SAML_20),
    issue: (request, caller, now) => issue(request, caller, rules, now),
    renew() {
      throw new TrustFailure('UnableToRenew', 'assertions are not renewed; ask for a new one')
    },
    cancel() {
      throw new TrustFailure('RequestFailed', 'assertions are not kept, so that they cannot be cancelled')
    },
    async invalid(target, _, now) {
      try {
        if (readAssertion(target).issuer !== rules.issuer) return 'it is of another issuer'
        await rules.verify(target, now)
        return undefined
      } catch (error) {
        if (error instanceof SecurityFailure) return error.message
        throw error
      }
    },
  }
}

function issue(request: TrustRequest, caller: TrustCaller, rules: AssertionRules, now: number): IssuedToken {
  const { principal } = caller
  if (principal === undefined) throw new TrustFailure('FailedAuthentication', 'the requestor has no name')
  const service = rules.service(request.appliesTo)
  if (service === undefined)
    throw new TrustFailure(
      'InvalidScope',
      `no tokens are issued for ${request.appliesTo ?? 'requests without AppliesTo'}`,
    )
  const expires = Math.min(now + rules.lifetime * 1000, request.expires ?? Number.POSITIVE_INFINITY)
  if (expires <= now) throw new TrustFailure('InvalidTimeRange', 'it asks for a lifetime that is over')
  const version: SamlVersion =
    request.tokenType === SAML_11 || request.tokenType === samlTokenType('1.1') ? '1.1' : '2.0'
  const proof = proofOf(request, caller, service.certificate, rules)
  const id = `_${randomUUID()}`
  const element = writeAssertion({
    version,
    id,
    issuer: rules.issuer,
    subject: principal,
    method: proof.keyInfo === undefined ? 'bearer' : 'holder-of-key',
    keyInfo: proof.keyInfo,
    issued: now,
    notOnOrAfter: expires,
    audiences: request.appliesTo === undefined ? [] : [request.appliesTo],
    attributes: attributesFor(request, caller),
    authentication: { method: UNSPECIFIED, at: now },
  })
  signAssertion(element, rules.identity)
  const reference = {
    form: 'key-identifier',
    value: id,
    valueType: samlReferenceType(version),
    tokenType: samlTokenType(version),
  } as const
  return {
    element,
    tokenType: samlTokenType(version),
    attached: reference,
    unattached: reference,
    key: proof.key,
    created: now,
    expires,
  }
}

interface Proof {
  readonly keyInfo: XmlElement | undefined
  readonly key: IssuedKey | undefined
}

function proofOf(
  request: TrustRequest,
  caller: TrustCaller,
  recipient: X509Certificate | undefined,
  rules: AssertionRules,
): Proof {
  if (request.keyType === 'bearer') return { keyInfo: undefined, key: undefined }
  if (request.keyType === 'public') return { keyInfo: publicProof(request.useKey, caller), key: undefined }
  if (recipient === undefined) throw new TrustFailure('InvalidScope', 'no certificate is known to encrypt the key for')
  const key = makeKey(request, rules.random)
  return { keyInfo: secretKeyInfo(key.secret, recipient), key }
}

/** The requestor's own key: that of the request's signature, or one in UseKey that a signature proves to be held. */
function publicProof(useKey: XmlElement | undefined, { certificate, signatures }: TrustCaller): XmlElement {
  const named = useKey && keyIn(useKey)
  if (named === undefined) {
    if (certificate === undefined) throw new TrustFailure('BadRequest', 'no public key was given or used')
    return certificateKeyInfo(certificate)
  }
  const key = 'raw' in named ? named.publicKey : named
  if (!isProved(key, signatures))
    throw new TrustFailure('BadRequest', 'the request is not signed with the key of UseKey')
  return 'raw' in named ? certificateKeyInfo(named) : publicKeyInfo(key)
}

const isProved = (key: KeyObject, signatures: readonly VerifiedSignature[]): boolean =>
  signatures.some(({ token }) => (token.publicKey ?? token.certificates?.[0].publicKey)?.equals(key) === true)

/** A certificate or key inside of UseKey: ds:KeyInfo with either, or a BinarySecurityToken. */
function keyIn(element: XmlElement): X509Certificate | KeyObject | undefined {
  if (isNamed(element, DSIG, 'KeyValue')) return readKeyValue(element)
  if (isNamed(element, DSIG, 'X509Certificate') || isNamed(element, WSSE, 'BinarySecurityToken'))
    return certificateIn(element)
  const [inner] = isNamed(element, DSIG, 'KeyInfo') || isNamed(element, DSIG, 'X509Data') ? elements(element) : []
  return inner && keyIn(inner)
}

function certificateIn(element: XmlElement): X509Certificate {
  try {
    return new X509Certificate(decodeBase64(simpleText(element)) ?? Buffer.alloc(0))
  } catch (cause) {
    throw new TrustFailure('InvalidRequest', 'UseKey holds no certificate', { cause })
  }
}

/** The claims that were asked for and are known; all that are known when none were asked for. */
function attributesFor(
  { claims }: TrustRequest,
  caller: TrustCaller,
): { name: string; namespace: undefined; values: readonly string[] }[] {
  return [...(caller.claims ?? [])]
    .filter(([name]) => claims.length === 0 || claims.includes(name))
    .map(([name, values]) => ({ name, namespace: undefined, values }))
}
