import type { X509Certificate } from 'node:crypto'
import { type DerValue, objectIdentifier, readDer } from './der.ts'
import { javaName } from './java-name.ts'

/** What policies compare of a certificate, in the words of Java. */
export interface CertificateNames {
  readonly subject: string
  readonly issuer: string
  /** `SHA256withRSA` …; an algorithm that Java has no name for is its object identifier. */
  readonly signatureAlgorithm: string
}

const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['1.2.840.113549.1.1.4', 'MD5withRSA'],
  ['1.2.840.113549.1.1.5', 'SHA1withRSA'],
  ['1.2.840.113549.1.1.14', 'SHA224withRSA'],
  ['1.2.840.113549.1.1.11', 'SHA256withRSA'],
  ['1.2.840.113549.1.1.12', 'SHA384withRSA'],
  ['1.2.840.113549.1.1.13', 'SHA512withRSA'],
  ['1.2.840.113549.1.1.10', 'RSASSA-PSS'],
  ['1.2.840.10040.4.3', 'SHA1withDSA'],
  ['2.16.840.1.101.3.4.3.2', 'SHA256withDSA'],
  ['1.2.840.10045.4.1', 'SHA1withECDSA'],
  ['1.2.840.10045.4.3.1', 'SHA224withECDSA'],
  ['1.2.840.10045.4.3.2', 'SHA256withECDSA'],
  ['1.2.840.10045.4.3.3', 'SHA384withECDSA'],
  ['1.2.840.10045.4.3.4', 'SHA512withECDSA'],
  ['1.3.101.112', 'Ed25519'],
  ['1.3.101.113', 'Ed448'],
])

const VERSION = 0xa0

/** Reads the names off the bytes (RFC 5280 section 4.1). Throws an Error when they are no certificate. */
export function certificateNames({ raw }: Pick<X509Certificate, 'raw'>): CertificateNames {
  const [certificate] = readDer(raw)
  const [tbs] = readDer(part(certificate).content)
  const fields = readDer(part(tbs).content)
  if (fields[0]?.tag === VERSION) fields.shift()
  const [, algorithm, issuer, , subject] = fields
  const [identifier] = readDer(part(algorithm).content)
  const oid = objectIdentifier(part(identifier).content)
  return {
    subject: javaName(part(subject)),
    issuer: javaName(part(issuer)),
    signatureAlgorithm: ALGORITHMS.get(oid) ?? oid,
  }
}

function part(value: DerValue | undefined): DerValue {
  if (value === undefined) throw new Error('these bytes are no certificate')
  return value
}
