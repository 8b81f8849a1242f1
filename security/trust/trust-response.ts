import type { XmlElement } from 'viaduct'
import { type BuiltContent, buildElement, withAttribute } from '../message/build-element.ts'
import { printInstant } from '../message/instant.ts'
import { WSSE, WSSE11, WSU } from '../names.ts'
import type { SecretReference } from '../protect-state.ts'
import type { IssuedKey } from './issued-key.ts'
import type { TrustRequest } from './trust-request.ts'
import { type TrustVersion, WSP_2004 } from './trust-version.ts'

/** A token with all that its requestor is told. */
export interface IssuedToken {
  readonly element: XmlElement
  readonly tokenType: string
  /** How messages that carry the token refer to it, and how those that do not. */
  readonly attached: SecretReference | undefined
  readonly unattached: SecretReference | undefined
  /** Undefined for a bearer token and one with a public key. */
  readonly key: IssuedKey | undefined
  readonly created: number
  readonly expires: number
}

const wst = (
  { namespace }: TrustVersion,
  name: string,
  attributes: Readonly<Record<string, string | undefined>>,
  ...content: readonly BuiltContent[]
): XmlElement => buildElement(namespace, `wst:${name}`, attributes, ...content)

/** Answers a request with a token: a response, in a collection where the version asks for one. */
export function writeIssueResponse(request: TrustRequest, token: IssuedToken): XmlElement {
  const { version, appliesTo } = request
  const { key } = token
  return collected(
    request,
    wst(version, 'TokenType', {}, token.tokenType),
    wst(version, 'RequestedSecurityToken', {}, token.element),
    token.attached && wst(version, 'RequestedAttachedReference', {}, writeReference(token.attached)),
    token.unattached && wst(version, 'RequestedUnattachedReference', {}, writeReference(token.unattached)),
    appliesTo === undefined ? undefined : writeAppliesTo(appliesTo),
    key && writeProof(version, key),
    key?.entropy && wst(version, 'Entropy', {}, binarySecret(version, 'Nonce', key.entropy)),
    writeLifetime(version, token.created, token.expires),
    key && wst(version, 'KeySize', {}, String(key.secret.length * 8)),
  )
}

/** Answers a request to cancel. */
export const writeCancelResponse = (request: TrustRequest): XmlElement =>
  response(request, wst(request.version, 'RequestedTokenCancelled', {}))

/** Answers a request to validate. */
export function writeValidateResponse(request: TrustRequest, valid: boolean, reason: string): XmlElement {
  const { version } = request
  return response(
    request,
    wst(version, 'TokenType', {}, `${version.namespace}/RSTR/Status`),
    wst(
      version,
      'Status',
      {},
      wst(version, 'Code', {}, `${version.namespace}/status/${valid ? 'valid' : 'invalid'}`),
      wst(version, 'Reason', {}, reason),
    ),
  )
}

function collected(request: TrustRequest, ...content: readonly BuiltContent[]): XmlElement {
  const single = response(request, ...content)
  return request.version.collection
    ? wst(request.version, 'RequestSecurityTokenResponseCollection', {}, single)
    : single
}

const response = ({ version, context }: TrustRequest, ...content: readonly BuiltContent[]): XmlElement =>
  wst(version, 'RequestSecurityTokenResponse', { Context: context }, ...content)

function writeProof(version: TrustVersion, { secret, entropy }: IssuedKey): XmlElement {
  const proof =
    entropy === undefined
      ? binarySecret(version, 'SymmetricKey', secret)
      : wst(version, 'ComputedKey', {}, `${version.namespace}/CK/PSHA1`)
  return wst(version, 'RequestedProofToken', {}, proof)
}

export const binarySecret = (version: TrustVersion, type: 'Nonce' | 'SymmetricKey', bytes: Buffer): XmlElement =>
  wst(version, 'BinarySecret', { Type: `${version.namespace}/${type}` }, bytes.toString('base64'))

export const writeLifetime = (version: TrustVersion, created: number, expires: number): XmlElement =>
  wst(
    version,
    'Lifetime',
    {},
    buildElement(WSU, 'wsu:Created', {}, printInstant(created)),
    buildElement(WSU, 'wsu:Expires', {}, printInstant(expires)),
  )

const WSA = 'http://www.w3.org/2005/08/addressing'

export const writeAppliesTo = (address: string): XmlElement =>
  buildElement(
    WSP_2004,
    'wsp:AppliesTo',
    {},
    buildElement(WSA, 'wsa:EndpointReference', {}, buildElement(WSA, 'wsa:Address', {}, address)),
  )

/** A wsse:SecurityTokenReference outside of a security header. */
export function writeReference({ form, value, valueType, tokenType, encodingType }: SecretReference): XmlElement {
  const reference =
    form === 'reference'
      ? buildElement(WSSE, 'wsse:Reference', { URI: value, ValueType: valueType })
      : buildElement(WSSE, 'wsse:KeyIdentifier', { ValueType: valueType, EncodingType: encodingType }, value)
  const whole = buildElement(WSSE, 'wsse:SecurityTokenReference', {}, reference)
  return tokenType === undefined ? whole : withAttribute(whole, WSSE11, 'wsse11:TokenType', tokenType)
}
