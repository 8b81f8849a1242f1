import { randomBytes } from 'node:crypto'
import { cloneNode, detach, elements, type XmlElement } from 'viaduct'
import { type BuiltContent, buildElement } from '../message/build-element.ts'
import { decodeBase64, isNamed, optionalChild, simpleText } from '../message/read-element.ts'
import { WSSE } from '../names.ts'
import type { SecretReference } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import { pSha1 } from '../tokens/p-sha1.ts'
import { readSecretReference } from './secret-reference.ts'
import { readEntropy, readExpires } from './trust-request.ts'
import { TrustFailure } from './trust-failure.ts'
import { binarySecret, writeAppliesTo } from './trust-response.ts'
import {
  requestAction,
  requestType,
  type TrustKeyType,
  type TrustOperation,
  type TrustVersion,
} from './trust-version.ts'

/** What is asked of a token service. */
export interface TokenWish {
  readonly version: TrustVersion
  readonly operation: TrustOperation
  /** A security context is asked for; the action says so. */
  readonly context: boolean
  readonly tokenType?: string | undefined
  readonly keyType?: TrustKeyType | undefined
  /** Bits; 256 when undefined. */
  readonly keySize?: number | undefined
  readonly appliesTo?: string | undefined
  /** Children of sp:RequestSecurityTokenTemplate, which are repeated as they are. */
  readonly template?: XmlElement | undefined
  /** The token, or a reference to it, that is to be renewed, cancelled or validated. */
  readonly target?: XmlElement | undefined
}

/** A request, and what is needed to understand its answer. */
export interface TokenQuestion {
  readonly action: string
  /** The child of the body. */
  readonly element: XmlElement
  readonly wish: TokenWish
  /** Our part of a computed key. */
  readonly entropy: Buffer | undefined
}

/** A token that a token service gave to us. */
export interface ReceivedToken {
  readonly element: XmlElement
  readonly tokenType: string | undefined
  readonly secret: Buffer | undefined
  readonly attached: SecretReference | undefined
  readonly unattached: SecretReference | undefined
  /** Milliseconds since the epoch; undefined when the service did not say. */
  readonly expires: number | undefined
}

const KEY_BITS = { fallback: 256, most: 4096 }

/** Writes a request. A symmetric key is asked for with our entropy, so that neither side alone decides about it. */
export function askForToken(wish: TokenWish, random: (size: number) => Buffer = randomBytes): TokenQuestion {
  const { version, operation, keyType, keySize = KEY_BITS.fallback } = wish
  const gives = (operation === 'issue' || operation === 'renew') && keyType === 'symmetric'
  const entropy = gives ? random(keySize / 8) : undefined
  const wst = (name: string, ...content: readonly BuiltContent[]): XmlElement =>
    buildElement(version.namespace, `wst:${name}`, {}, ...content)
  const template = elements(wish.template ?? wst('None')).map((child) => cloneNode(child))
  const given = new Set(template.filter(({ namespace }) => namespace === version.namespace).map(({ name }) => name))
  const unlessGiven = (name: string, content: BuiltContent): XmlElement | undefined =>
    content === undefined || given.has(name) ? undefined : wst(name, content)
  const element = wst(
    'RequestSecurityToken',
    unlessGiven('TokenType', wish.tokenType),
    wst('RequestType', requestType(version, operation)),
    wish.appliesTo === undefined ? undefined : writeAppliesTo(wish.appliesTo),
    unlessGiven('KeyType', keyType && version.keyTypes[keyType]),
    unlessGiven('KeySize', gives ? String(keySize) : undefined),
    entropy && wst('Entropy', binarySecret(version, 'Nonce', entropy)),
    entropy && unlessGiven('ComputedKeyAlgorithm', `${version.namespace}/CK/PSHA1`),
    wish.target && wst(`${operation.charAt(0).toUpperCase()}${operation.slice(1)}Target`, cloneNode(wish.target)),
    ...template,
  )
  return { action: requestAction(version, operation, wish.context), element, wish, entropy }
}

/**
 * Reads the answer to a request for a token: the child of a body that was verified. The token is taken out of it. Throws a
 * {@link TrustFailure}.
 */
export function readTokenAnswer(element: XmlElement, { wish, entropy }: TokenQuestion): ReceivedToken {
  const { namespace } = wish.version
  try {
    const response = isNamed(element, namespace, 'RequestSecurityTokenResponseCollection')
      ? onlyResponse(element)
      : element
    if (!isNamed(response, namespace, 'RequestSecurityTokenResponse'))
      throw new TrustFailure('InvalidRequest', `${element.name} is no answer of a token service`)
    return readResponse(response, wish.version, entropy, wish.keySize ?? KEY_BITS.fallback)
  } catch (error) {
    if (error instanceof SecurityFailure) throw new TrustFailure('InvalidRequest', error.detail, { cause: error })
    throw error
  }
}

function onlyResponse(collection: XmlElement): XmlElement {
  const [response, ...others] = elements(collection)
  if (response === undefined || others.length > 0)
    throw new TrustFailure('InvalidRequest', 'the answer does not hold one token')
  return response
}

function readResponse(
  response: XmlElement,
  version: TrustVersion,
  own: Buffer | undefined,
  bits: number,
): ReceivedToken {
  const child = (name: string): XmlElement | undefined => optionalChild(response, version.namespace, name)
  const requested = child('RequestedSecurityToken')
  const [token] = requested === undefined ? [] : elements(requested)
  if (token === undefined) throw new TrustFailure('RequestFailed', 'the answer holds no token')
  const tokenType = child('TokenType')
  const size = child('KeySize')
  const secret = proofOf(
    child('RequestedProofToken'),
    readEntropy(child('Entropy'), version),
    own,
    size === undefined ? bits : sizeIn(size),
    version,
  )
  return {
    element: detach(token),
    tokenType: tokenType && simpleText(tokenType).trim(),
    secret,
    attached: referenceIn(child('RequestedAttachedReference')),
    unattached: referenceIn(child('RequestedUnattachedReference')),
    expires: readExpires(child('Lifetime')),
  }
}

function sizeIn(element: XmlElement): number {
  const text = simpleText(element).trim()
  if (!/^\d{1,5}$/.test(text) || Number(text) > KEY_BITS.most || Number(text) < 64)
    throw new TrustFailure('InvalidRequest', 'the key has no usable size')
  return Number(text)
}

/** The key: computed of both parts, given, or (older services) our own part. */
function proofOf(
  proof: XmlElement | undefined,
  theirs: Buffer | undefined,
  own: Buffer | undefined,
  bits: number,
  version: TrustVersion,
): Buffer | undefined {
  const [inner] = proof === undefined ? [] : elements(proof)
  if (inner === undefined) return own
  if (isNamed(inner, version.namespace, 'BinarySecret'))
    return decodeBase64(simpleText(inner)) ?? unusable('its secret is not base64')
  if (!isNamed(inner, version.namespace, 'ComputedKey')) return unusable(`a proof by ${inner.name} is not supported`)
  if (simpleText(inner).trim() !== `${version.namespace}/CK/PSHA1`)
    return unusable('the algorithm of the computed key is not known')
  if (own === undefined || theirs === undefined) return unusable('a part of the computed key is missing')
  return pSha1(own, theirs, bits / 8)
}

function unusable(detail: string): never {
  throw new TrustFailure('InvalidRequest', detail)
}

function referenceIn(element: XmlElement | undefined): SecretReference | undefined {
  const reference = element && optionalChild(element, WSSE, 'SecurityTokenReference')
  return reference && readSecretReference(reference)
}
