import type { X509Certificate } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import { readCertificateFields } from '../certificates/index.ts'
import { buildElement, withAttribute } from '../message/build-element.ts'
import { BASE64_ENCODING, DSIG, THUMBPRINT_SHA1, WSSE, WSSE11, X509_PKI_PATH, X509_SKI, X509_V3 } from '../names.ts'
import type { CertificateReference } from '../plan.ts'
import type { Protection } from '../protection.ts'
import type { SecretReference } from '../protect-state.ts'
import { writeCertificateToken } from './write-certificate-token.ts'

/** A wsse:SecurityTokenReference around what finds the token. */
export const tokenReference = (content: XmlElement): XmlElement =>
  buildElement(WSSE, 'wsse:SecurityTokenReference', {}, content)

/** A reference to an element of the message. `tokenType` is said where the Basic Security Profile wants it. */
export function referTo(id: string, valueType: string | undefined, tokenType?: string): XmlElement {
  const str = tokenReference(buildElement(WSSE, 'wsse:Reference', { URI: `#${id}`, ValueType: valueType }))
  return tokenType === undefined ? str : withAttribute(str, WSSE11, 'wsse11:TokenType', tokenType)
}

/** A reference to a secret that the receiver holds. */
export function referToSecret({ form, value, valueType, tokenType, encodingType }: SecretReference): XmlElement {
  const str = tokenReference(
    form === 'reference'
      ? buildElement(WSSE, 'wsse:Reference', { URI: value, ValueType: valueType })
      : buildElement(WSSE, 'wsse:KeyIdentifier', { ValueType: valueType, EncodingType: encodingType }, value),
  )
  return tokenType === undefined ? str : withAttribute(str, WSSE11, 'wsse11:TokenType', tokenType)
}

/** A reference to a certificate, with the token that it leads to where the message has to carry one. */
export interface WrittenReference {
  readonly str: XmlElement
  /** The wsse:BinarySecurityToken, in the header or in the reference. */
  readonly token: XmlElement | undefined
}

/** Refers to the leaf of a chain, and puts a BinarySecurityToken into the header where the form asks for one. */
export function referToCertificate(
  protection: Protection,
  chain: readonly [X509Certificate, ...X509Certificate[]],
  form: CertificateReference,
): WrittenReference {
  const [leaf] = chain
  switch (form) {
    case 'direct':
    case 'pkipath': {
      const token = writeCertificateToken(form === 'direct' ? [leaf] : chain, form === 'pkipath')
      const id = protection.idOf(token, 'X509')
      protection.header.key(token)
      const str = form === 'direct' ? referTo(id, X509_V3) : referTo(id, X509_PKI_PATH, X509_PKI_PATH)
      return { str, token }
    }
    case 'embedded': {
      const token = writeCertificateToken([leaf], false)
      return { str: tokenReference(buildElement(WSSE, 'wsse:Embedded', {}, token)), token }
    }
    case 'issuer-serial':
      return { str: tokenReference(issuerSerial(leaf)), token: undefined }
    case 'key-identifier': {
      const { subjectKeyIdentifier } = readCertificateFields(leaf)
      return { str: keyIdentifier(X509_SKI, subjectKeyIdentifier), token: undefined }
    }
    case 'thumbprint':
      return { str: keyIdentifier(THUMBPRINT_SHA1, thumbprint(leaf)), token: undefined }
    case 'certificate':
      return { str: keyIdentifier(X509_V3, leaf.raw), token: undefined }
    case 'key-name':
      return { str: tokenReference(buildElement(DSIG, 'ds:KeyName', {}, subjectName(leaf))), token: undefined }
  }
}

const keyIdentifier = (valueType: string, bytes: Buffer): XmlElement =>
  tokenReference(
    buildElement(
      WSSE,
      'wsse:KeyIdentifier',
      { EncodingType: BASE64_ENCODING, ValueType: valueType },
      bytes.toString('base64'),
    ),
  )

function issuerSerial(certificate: X509Certificate): XmlElement {
  const { issuer, serial } = readCertificateFields(certificate)
  const ds = (name: string, ...content: (XmlElement | string)[]) => buildElement(DSIG, `ds:${name}`, {}, ...content)
  return ds(
    'X509Data',
    ds('X509IssuerSerial', ds('X509IssuerName', issuer.toString()), ds('X509SerialNumber', String(serial))),
  )
}

const thumbprint = ({ fingerprint }: X509Certificate): Buffer => Buffer.from(fingerprint.replaceAll(':', ''), 'hex')

const subjectName = (certificate: X509Certificate): string => readCertificateFields(certificate).subject.toString()
