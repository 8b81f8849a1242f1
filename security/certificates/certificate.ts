import { createHash, type X509Certificate } from 'node:crypto'
import { DerFields, type DerValue, readDer, TAG } from '../der/index.ts'
import { DistinguishedName } from './distinguished-name.ts'

const EXTENSION = {
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  basicConstraints: '2.5.29.19',
  nameConstraints: '2.5.29.30',
  extendedKeyUsage: '2.5.29.37',
} as const

/** Bits of the keyUsage extension (RFC 5280, section 4.2.1.3). */
export type KeyUsage =
  | 'digitalSignature'
  | 'nonRepudiation'
  | 'keyEncipherment'
  | 'dataEncipherment'
  | 'keyAgreement'
  | 'keyCertSign'
  | 'cRLSign'

const USAGES: readonly KeyUsage[] = [
  'digitalSignature',
  'nonRepudiation',
  'keyEncipherment',
  'dataEncipherment',
  'keyAgreement',
  'keyCertSign',
  'cRLSign',
]

/** What Node does not tell about a certificate. */
export interface CertificateFields {
  readonly version: number
  readonly serial: bigint
  readonly issuer: DistinguishedName
  readonly subject: DistinguishedName
  /** Milliseconds since the epoch, both inclusive. */
  readonly notBefore: number
  readonly notAfter: number
  /** The content of the extension; where there is none, SHA-1 over the bits of the public key (RFC 5280, 4.2.1.2). */
  readonly subjectKeyIdentifier: Buffer
  /** Undefined without basicConstraints. */
  readonly authority: boolean | undefined
  readonly pathLength: number | undefined
  /** Undefined without keyUsage: every use is allowed. */
  readonly usages: ReadonlySet<KeyUsage> | undefined
  /** Critical extensions that are not understood here, by OID: such a certificate is not accepted (RFC 5280, 4.2). */
  readonly unknownCritical: readonly string[]
  /** Printed name of the signature's algorithm OID. */
  readonly signatureAlgorithm: string
}

/** Understood, or of no consequence for signing and encrypting messages. */
const UNDERSTOOD: ReadonlySet<string> = new Set([
  EXTENSION.subjectKeyIdentifier,
  EXTENSION.keyUsage,
  EXTENSION.basicConstraints,
  EXTENSION.extendedKeyUsage,
  '2.5.29.17', // subjectAltName
  '2.5.29.32', // certificatePolicies
])

/** Reads the fields of a certificate. Throws DerError. Costs about 0.1 ms: keep the result. */
export function readCertificateFields(certificate: X509Certificate): CertificateFields {
  const [body, algorithm] = readDer(certificate.raw).sequence
  const fields = new DerFields(body?.sequence ?? [])
  const version = (fields.tagged(0)?.small ?? 0) + 1
  const serial = fields.next().integer
  fields.next()
  const issuer = DistinguishedName.fromDer(fields.next())
  const [notBefore, notAfter] = fields.next().sequence
  const subject = DistinguishedName.fromDer(fields.next())
  const publicKey = fields.next()
  fields.optional(1, 'context')
  fields.optional(2, 'context')
  const extensions = readExtensions(fields.tagged(3))
  const constraints = extensions.get(EXTENSION.basicConstraints)
  return {
    version,
    serial,
    issuer,
    subject,
    notBefore: notBefore?.time ?? Number.POSITIVE_INFINITY,
    notAfter: notAfter?.time ?? 0,
    subjectKeyIdentifier: extensions.get(EXTENSION.subjectKeyIdentifier)?.value.octets ?? keyDigest(publicKey),
    ...readConstraints(constraints?.value),
    usages: readUsages(extensions.get(EXTENSION.keyUsage)?.value),
    unknownCritical: [...extensions]
      .filter(([oid, { critical }]) => critical && !UNDERSTOOD.has(oid))
      .map(([oid]) => oid),
    signatureAlgorithm: algorithm?.sequence[0]?.oid ?? '',
  }
}

interface Extension {
  readonly critical: boolean
  readonly value: DerValue
}

/** The extensions of a certificate or CRL by OID. */
export function readExtensions(list: DerValue | undefined): Map<string, Extension> {
  const found = new Map<string, Extension>()
  for (const extension of list?.sequence ?? []) {
    const fields = new DerFields(extension.sequence)
    const oid = fields.next().oid
    const critical = fields.optional(TAG.boolean)?.boolean ?? false
    if (found.has(oid)) continue
    found.set(oid, { critical, value: readDer(fields.next().octets) })
  }
  return found
}

function readConstraints(value: DerValue | undefined): Pick<CertificateFields, 'authority' | 'pathLength'> {
  if (value === undefined) return { authority: undefined, pathLength: undefined }
  const fields = new DerFields(value.sequence)
  const authority = fields.optional(TAG.boolean)?.boolean ?? false
  return { authority, pathLength: fields.optional(TAG.integer)?.small }
}

function readUsages(value: DerValue | undefined): ReadonlySet<KeyUsage> | undefined {
  if (value === undefined) return undefined
  const bits = value.bits
  return new Set(USAGES.filter((_, index) => ((bits[index >> 3] ?? 0) & (0x80 >> (index & 7))) !== 0))
}

function keyDigest(publicKey: DerValue): Buffer {
  const bits = publicKey.sequence[1]?.bits ?? Buffer.alloc(0)
  return createHash('sha1').update(bits).digest()
}
