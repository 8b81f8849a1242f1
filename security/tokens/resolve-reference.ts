import { createHash, createPublicKey, type KeyObject } from 'node:crypto'
import { attributeValue, elements, type XmlElement } from 'viaduct'
import type { KeyStore } from '../key-material.ts'
import { bytesOf, isNamed, onlyChild, optionalChild, simpleText, soleElement } from '../message/read-element.ts'
import { DSIG, ENCRYPTED_KEY_SHA1, THUMBPRINT_SHA1, WSSE, X509_SKI, X509_V3 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken, TokenReference } from '../security-results.ts'
import { subjectOf } from './token-table.ts'
import type { Verification } from '../verification.ts'

/** The token that a reference stands for: a candidate, not trusted yet. */
export interface ResolvedToken {
  readonly token: SecurityToken
  readonly reference: TokenReference
}

/**
 * Resolves a ds:KeyInfo, which holds exactly one reference. `keys` is where certificates are looked up; `plain` accepts what XML
 * Signature has besides token references.
 */
export function resolveKeyInfo(
  verification: Verification,
  keyInfo: XmlElement,
  keys: KeyStore,
  plain = verification.plan.lenient,
): ResolvedToken {
  const child = soleElement(keyInfo)
  if (isNamed(child, WSSE, 'SecurityTokenReference')) return resolveReference(verification, child, keys)
  if (plain && child.namespace === DSIG) {
    if (child.name === 'X509Data') return resolvePath(verification, child) ?? resolveX509Data(verification, child, keys)
    if (child.name === 'KeyName') return resolveKeyName(verification, child, keys)
    if (child.name === 'KeyValue') return resolveKeyValue(verification, child, keys)
  }
  throw new SecurityFailure('token-unsupported', `a KeyInfo with ${child.name}`)
}

/** Resolves a wsse:SecurityTokenReference (SOAP Message Security 1.1 section 7). */
export function resolveReference(verification: Verification, str: XmlElement, keys: KeyStore): ResolvedToken {
  const child = soleElement(str)
  if (child.namespace === WSSE) {
    if (child.name === 'Reference') return resolveUri(verification, child)
    if (child.name === 'KeyIdentifier') return resolveKeyIdentifier(verification, child, keys)
    if (child.name === 'Embedded') return { token: verification.tokens.at(soleElement(child)), reference: 'embedded' }
  }
  if (child.namespace === DSIG) {
    if (child.name === 'X509Data') return resolveX509Data(verification, child, keys)
    if (child.name === 'KeyName') return resolveKeyName(verification, child, keys)
  }
  throw new SecurityFailure('token-unsupported', `a reference by ${child.name}`)
}

/** Only tokens of the header that is processed count; any other URI is for a handler that knows it, nothing is fetched. */
function resolveUri(verification: Verification, reference: XmlElement): ResolvedToken {
  const uri = attributeValue(reference, 'URI')
  const type = attributeValue(reference, 'ValueType')
  if (uri !== undefined && !uri.startsWith('#')) {
    const token = findExternal(verification, type ?? '', uri)
    if (token === undefined)
      throw new SecurityFailure('reference-refused', 'a token outside of the message is not fetched')
    return { token, reference: 'external' }
  }
  const element = verification.ids.find(uri)
  if (element.parent !== verification.security)
    throw new SecurityFailure('reference-refused', 'a token does not stand in the security header')
  return { token: verification.tokens.at(element), reference: 'direct' }
}

function resolveKeyIdentifier(verification: Verification, identifier: XmlElement, keys: KeyStore): ResolvedToken {
  const { tokens, plan } = verification
  const type = attributeValue(identifier, 'ValueType') ?? ''
  switch (type) {
    case X509_SKI:
      return certificateToken(verification, keys.bySubjectKeyIdentifier(bytesOf(identifier)), 'key-identifier')
    case THUMBPRINT_SHA1:
      return certificateToken(verification, keys.byThumbprint(bytesOf(identifier)), 'thumbprint')
    case X509_V3:
      return { token: tokens.ofCertificate(plan.certificates.read(bytesOf(identifier))), reference: 'certificate' }
    case ENCRYPTED_KEY_SHA1:
      return { token: encryptedKeyToken(verification, bytesOf(identifier)), reference: 'encrypted-key-sha1' }
    default: {
      const token = findExternal(verification, type, simpleText(identifier).trim())
      if (token === undefined)
        throw new SecurityFailure('token-unavailable', `a KeyIdentifier of type ${type.slice(0, 200)}`)
      return { token, reference: 'key-identifier' }
    }
  }
}

function findExternal(verification: Verification, type: string, value: string): SecurityToken | undefined {
  const { plan, tokens, context } = verification
  for (const handler of plan.handlers) {
    if (!handler.referenceTypes.includes(type)) continue
    const token = handler.find?.(type, value, context)
    if (token !== undefined) return tokens.all.includes(token) ? token : tokens.add(token)
  }
  return undefined
}

function certificateToken(
  { tokens }: Verification,
  certificate: Parameters<Verification['tokens']['ofCertificate']>[0] | undefined,
  reference: TokenReference,
): ResolvedToken {
  if (certificate === undefined)
    throw new SecurityFailure('token-unavailable', `no certificate is known by this ${reference}`)
  return { token: tokens.ofCertificate(certificate), reference }
}

/** A secret by the SHA-1 of its ciphertext: from this message, or from the request that it answers. */
function encryptedKeyToken({ tokens, state }: Verification, sha1: Buffer): SecurityToken {
  const name = sha1.toString('base64')
  const known = tokens.all.find((token) => token.kind === 'encrypted-key' && token.detail === name)
  if (known !== undefined) return known
  const held = state.secrets.find('encrypted-key', name)
  if (held === undefined) throw new SecurityFailure('token-unavailable', 'no encrypted key is known by this hash')
  return tokens.add({
    kind: 'encrypted-key',
    element: undefined,
    secret: held.secret,
    principal: held.principal,
    detail: name,
  })
}

/** The name by which {@link ENCRYPTED_KEY_SHA1} refers to an encrypted key. */
export const encryptedKeyName = (cipher: Buffer): string => createHash('sha1').update(cipher).digest('base64')

/** COMPAT zeep-issuer-serial: an empty X509IssuerSerial beside the certificate is skipped. */
function resolveX509Data(verification: Verification, data: XmlElement, keys: KeyStore): ResolvedToken {
  const certificate = optionalChild(data, DSIG, 'X509Certificate')
  if (certificate !== undefined) {
    const token = verification.tokens.ofCertificate(verification.plan.certificates.read(bytesOf(certificate)))
    return { token, reference: 'certificate' }
  }
  const identifier = optionalChild(data, DSIG, 'X509SKI')
  if (identifier !== undefined)
    return certificateToken(verification, keys.bySubjectKeyIdentifier(bytesOf(identifier)), 'key-identifier')
  const issuerSerial = onlyChild(data, DSIG, 'X509IssuerSerial')
  const issuer = simpleText(onlyChild(issuerSerial, DSIG, 'X509IssuerName'))
  const serial = simpleText(onlyChild(issuerSerial, DSIG, 'X509SerialNumber')).trim()
  if (!/^-?[0-9]{1,80}$/.test(serial) || issuer.length > 4096)
    throw new SecurityFailure('token-malformed', 'an X509IssuerSerial cannot be read')
  return certificateToken(verification, keys.byIssuerAndSerial(issuer, BigInt(serial)), 'issuer-serial')
}

/** Several certificates, leaf first, as XML Signature allows; undefined for one or none. */
function resolvePath({ tokens, plan }: Verification, data: XmlElement): ResolvedToken | undefined {
  const members = elements(data).filter((child) => isNamed(child, DSIG, 'X509Certificate'))
  if (members.length < 2) return undefined
  if (members.length > plan.limits.chain)
    throw new SecurityFailure('limit-exceeded', `a reference has more than ${plan.limits.chain} certificates`)
  const [leaf, ...others] = members.map((member) => plan.certificates.read(bytesOf(member)))
  if (leaf === undefined) return undefined
  const token = tokens.add({
    kind: 'x509',
    element: undefined,
    certificates: [leaf, ...others],
    principal: subjectOf(leaf),
  })
  return { token, reference: 'certificate' }
}

function resolveKeyName(verification: Verification, name: XmlElement, keys: KeyStore): ResolvedToken {
  const text = simpleText(name).trim()
  return certificateToken(verification, text.length > 4096 ? undefined : keys.byKeyName(text), 'key-name')
}

/** A key by itself proves nothing; it counts when a certificate that we know has it. */
function resolveKeyValue({ tokens }: Verification, value: XmlElement, keys: KeyStore): ResolvedToken {
  const certificate = keys.byPublicKey(readKeyValue(value))
  if (certificate === undefined)
    throw new SecurityFailure('certificate-untrusted', 'no certificate is known with this key')
  return { token: tokens.ofCertificate(certificate), reference: 'key-value' }
}

/** The public key in a ds:KeyValue (XML Signature 1.1 section 4.5.2). */
export function readKeyValue(value: XmlElement): KeyObject {
  const inner = soleElement(value)
  const coordinate = (name: string) => bytesOf(onlyChild(inner, DSIG, name)).toString('base64url')
  if (!isNamed(inner, DSIG, 'RSAKeyValue'))
    throw new SecurityFailure('token-unsupported', `a KeyValue with ${inner.name}`)
  try {
    return createPublicKey({ key: { kty: 'RSA', n: coordinate('Modulus'), e: coordinate('Exponent') }, format: 'jwk' })
  } catch (cause) {
    if (cause instanceof SecurityFailure) throw cause
    throw new SecurityFailure('token-malformed', 'a KeyValue is no key', { cause })
  }
}
