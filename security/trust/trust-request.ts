import { attributeValue, elements, type XmlElement } from 'viaduct'
import { parseInstant } from '../message/instant.ts'
import { decodeBase64, simpleText } from '../message/read-element.ts'
import { WSU } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import {
  keyTypeOf,
  operationOf,
  type TrustKeyType,
  type TrustOperation,
  type TrustVersion,
  trustVersion,
  WSP_15,
  WSP_2004,
} from './trust-version.ts'
import { TrustFailure } from './trust-failure.ts'

/** A wst:RequestSecurityToken. */
export interface TrustRequest {
  readonly version: TrustVersion
  readonly operation: TrustOperation
  /** The Context attribute, which the answer repeats. */
  readonly context: string | undefined
  readonly tokenType: string | undefined
  readonly keyType: TrustKeyType | undefined
  /** Bits. */
  readonly keySize: number | undefined
  /** The requestor's part of a computed key. */
  readonly entropy: Buffer | undefined
  /** Address of the service that the token is for. */
  readonly appliesTo: string | undefined
  /** Milliseconds since the epoch. */
  readonly expires: number | undefined
  /** What holds the requestor's public key: a ds:KeyInfo, a token, or a reference. */
  readonly useKey: XmlElement | undefined
  /** Names of the claims that are asked for. */
  readonly claims: readonly string[]
  /** What is to be renewed, cancelled or validated: a token or a reference. */
  readonly target: XmlElement | undefined
}

/** Requests that act for somebody else would need rules that there are none for. */
const REFUSED = new Set([
  'OnBehalfOf',
  'ActAs',
  'DelegateTo',
  'Forwardable',
  'Delegatable',
  'Proxiable',
  'Participants',
])
const LIMITS = { children: 64, entropy: 1024, claims: 100, text: 4096 }

/** Reads the body of a request. Throws a {@link TrustFailure}; what it says is not judged. */
export function readTrustRequest(element: XmlElement): TrustRequest {
  const version = trustVersion(element.namespace)
  if (version === undefined || element.name !== 'RequestSecurityToken')
    throw new TrustFailure('InvalidRequest', `${element.name} is no request`)
  try {
    return readRequest(element, version)
  } catch (error) {
    if (error instanceof SecurityFailure) throw new TrustFailure('InvalidRequest', error.detail, { cause: error })
    throw error
  }
}

function readRequest(element: XmlElement, version: TrustVersion): TrustRequest {
  const parts = new RequestParts(element, version.namespace)
  const operation = operationOf(version, parts.text('RequestType') ?? '')
  if (operation === undefined) throw new TrustFailure('BadRequest', 'its RequestType is not known')
  const keyType = parts.text('KeyType')
  const target = parts.only(`${operation.charAt(0).toUpperCase()}${operation.slice(1)}Target`)
  return {
    version,
    operation,
    context: attributeValue(element, 'Context'),
    tokenType: parts.text('TokenType'),
    keyType: keyType === undefined ? undefined : known(keyTypeOf(version, keyType), 'KeyType', keyType),
    keySize: parts.number('KeySize'),
    entropy: readEntropy(parts.child('Entropy'), version),
    appliesTo: readAppliesTo(element),
    expires: readExpires(parts.child('Lifetime')),
    useKey: parts.only('UseKey'),
    claims: readClaims(parts.child('Claims')),
    target,
  }
}

function known<T>(value: T | undefined, name: string, text: string): T {
  if (value === undefined) throw new TrustFailure('BadRequest', `the ${name} ${text} is not known`)
  return value
}

/** The children of a request, each name at most once. */
class RequestParts {
  readonly #children = new Map<string, XmlElement>()

  constructor(element: XmlElement, namespace: string) {
    const children = elements(element)
    if (children.length > LIMITS.children) throw new TrustFailure('InvalidRequest', 'it has too many children')
    for (const child of children) {
      if (REFUSED.has(child.name)) throw new TrustFailure('BadRequest', `${child.name} is not supported`)
      if (child.namespace !== namespace) continue
      if (this.#children.has(child.name)) throw new TrustFailure('InvalidRequest', `it has two ${child.name}`)
      this.#children.set(child.name, child)
    }
  }

  child(name: string): XmlElement | undefined {
    return this.#children.get(name)
  }

  text(name: string): string | undefined {
    const child = this.#children.get(name)
    if (child === undefined) return undefined
    const text = simpleText(child).trim()
    if (text.length > LIMITS.text) throw new TrustFailure('InvalidRequest', `${name} is too long`)
    return text
  }

  number(name: string): number | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    if (!/^\d{1,5}$/.test(text)) throw new TrustFailure('InvalidRequest', `${name} is no number`)
    return Number(text)
  }

  /** What is inside of a child, which holds one element. */
  only(name: string): XmlElement | undefined {
    const child = this.#children.get(name)
    if (child === undefined) return undefined
    const [inner, ...others] = elements(child)
    // <UseKey Sig="…"/> names a signature instead.
    if (inner === undefined && name === 'UseKey') return child
    if (inner === undefined || others.length > 0)
      throw new TrustFailure('InvalidRequest', `${name} holds not one element`)
    return inner
  }
}

/** The BinarySecret inside of a wst:Entropy. */
export function readEntropy(entropy: XmlElement | undefined, { namespace }: TrustVersion): Buffer | undefined {
  if (entropy === undefined) return undefined
  const [secret] = elements(entropy)
  if (secret?.name !== 'BinarySecret' || secret.namespace !== namespace)
    throw new TrustFailure('BadRequest', 'entropy is only understood as a BinarySecret')
  const bytes = decodeBase64(simpleText(secret))
  if (bytes === undefined || bytes.length < 16 || bytes.length > LIMITS.entropy)
    throw new TrustFailure('InvalidRequest', 'entropy has 16 to 1024 bytes')
  return bytes
}

/** The address in a wsp:AppliesTo, whatever the versions of WS-Policy and WS-Addressing. */
function readAppliesTo(request: XmlElement): string | undefined {
  const appliesTo = elements(request).find(
    ({ name, namespace }) => name === 'AppliesTo' && (namespace === WSP_2004 || namespace === WSP_15),
  )
  const reference = appliesTo && elements(appliesTo).find(({ name }) => name === 'EndpointReference')
  const address = reference && elements(reference).find(({ name }) => name === 'Address')
  if (appliesTo !== undefined && address === undefined)
    throw new TrustFailure('InvalidScope', 'AppliesTo has no address')
  return address && simpleText(address).trim()
}

/** The wsu:Expires of a wst:Lifetime. */
export function readExpires(lifetime: XmlElement | undefined): number | undefined {
  const expires = lifetime && elements(lifetime).find(({ name, namespace }) => name === 'Expires' && namespace === WSU)
  if (expires === undefined) return undefined
  const time = parseInstant(simpleText(expires))
  if (time === undefined) throw new TrustFailure('InvalidTimeRange', 'Expires is no instant')
  return time
}

function readClaims(claims: XmlElement | undefined): string[] {
  if (claims === undefined) return []
  const names = elements(claims).flatMap((claim) =>
    claim.name === 'ClaimType' ? (attributeValue(claim, 'Uri') ?? []) : [],
  )
  if (names.length > LIMITS.claims) throw new TrustFailure('InvalidRequest', 'it asks for too many claims')
  return names
}
