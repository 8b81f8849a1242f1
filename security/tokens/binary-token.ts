import type { X509Certificate } from 'node:crypto'
import { attributeValue, type XmlElement } from 'viaduct'
import { DerError, readDer } from '../der/index.ts'
import { bytesOf } from '../message/read-element.ts'
import { BASE64_ENCODING, X509_PKCS7, X509_PKI_PATH, X509_V1, X509_V3 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityToken } from '../security-results.ts'
import type { Verification } from '../verification.ts'
import { subjectOf } from './token-table.ts'

/** Reads a wsse:BinarySecurityToken with certificates (X.509 token profile 1.1 section 3.1). */
export function readCertificateToken(verification: Verification, element: XmlElement): SecurityToken {
  const { budget, plan } = verification
  budget.spend('binaryTokens')
  const encoding = attributeValue(element, 'EncodingType')
  if (encoding !== BASE64_ENCODING && !(plan.lenient && encoding === undefined))
    throw new SecurityFailure('token-malformed', 'the EncodingType of a BinarySecurityToken is not Base64Binary')
  const valueType = attributeValue(element, 'ValueType')
  const bytes = bytesOf(element)
  if (bytes.length > plan.limits.tokenBytes)
    throw new SecurityFailure('limit-exceeded', `a token has more than ${plan.limits.tokenBytes} bytes`)
  const certificates = readCertificates(verification, valueType, bytes)
  if (certificates.length > plan.limits.chain)
    throw new SecurityFailure('limit-exceeded', `a token has more than ${plan.limits.chain} certificates`)
  const [leaf, ...others] = certificates
  if (leaf === undefined) throw new SecurityFailure('token-malformed', 'a token has no certificate')
  return { kind: 'x509', element, valueType, certificates: [leaf, ...others], principal: subjectOf(leaf) }
}

/** Leaf first. */
function readCertificates({ plan }: Verification, type: string | undefined, bytes: Buffer): X509Certificate[] {
  switch (type ?? '') {
    case X509_V3:
    case X509_V1:
      return [plan.certificates.read(bytes)]
    case X509_PKI_PATH:
      return derList(bytes, pathMembers)
        .map((der) => plan.certificates.read(der))
        .toReversed()
    case X509_PKCS7:
      return leafFirst(derList(bytes, signedDataMembers).map((der) => plan.certificates.read(der)))
    default:
      throw new SecurityFailure('token-unsupported', `a BinarySecurityToken of type ${type?.slice(0, 200)}`)
  }
}

function derList(bytes: Buffer, members: (bytes: Buffer) => Buffer[]): Buffer[] {
  try {
    return members(bytes)
  } catch (cause) {
    if (!(cause instanceof DerError)) throw cause
    throw new SecurityFailure('token-malformed', 'a list of certificates cannot be read', { cause })
  }
}

/** PkiPath of X.509: trust anchor first. */
const pathMembers = (bytes: Buffer): Buffer[] => readDer(bytes).sequence.map(({ encoded }) => encoded)

/** The certificates of a SignedData (RFC 5652 section 5.1) that signs nothing. */
function signedDataMembers(bytes: Buffer): Buffer[] {
  const signedData = readDer(bytes, { ber: true }).sequence[1]?.explicit(0)
  const set = signedData?.sequence.find((member) => member.is(0, 'context'))
  return set?.children?.map(({ encoded }) => encoded) ?? []
}

/** The one that issued none of the others comes first; a set has no order of its own. */
function leafFirst(certificates: readonly X509Certificate[]): X509Certificate[] {
  const leaf = certificates.find((one) => !certificates.some((other) => other !== one && other.checkIssued(one)))
  return leaf === undefined ? [...certificates] : [leaf, ...certificates.filter((one) => one !== leaf)]
}

/** Whether a ValueType is that of certificates. */
export const isCertificateType = (type: string | undefined): boolean =>
  type === X509_V3 || type === X509_V1 || type === X509_PKI_PATH || type === X509_PKCS7
