import { type KeyObject, verify } from 'node:crypto'
import { DerError, DerFields, type DerValue, readDer, TAG } from '../der/index.ts'
import { readExtensions } from './certificate.ts'
import { DistinguishedName } from './distinguished-name.ts'

/** Digest of each signature algorithm that a CRL may be signed with. SHA-1 and MD5 are too weak to say who is revoked. */
const SIGNATURES = new Map<string, string | null>([
  ['1.2.840.113549.1.1.11', 'sha256'],
  ['1.2.840.113549.1.1.12', 'sha384'],
  ['1.2.840.113549.1.1.13', 'sha512'],
  ['1.2.840.10045.4.3.2', 'sha256'],
  ['1.2.840.10045.4.3.3', 'sha384'],
  ['1.2.840.10045.4.3.4', 'sha512'],
  ['1.3.101.112', null],
])

const REMOVE_FROM_CRL = 8
const REASON = '2.5.29.21'
/** cRLNumber and authorityKeyIdentifier say nothing about whose certificates are listed. */
const HARMLESS = new Set(['2.5.29.20', '2.5.29.35'])

/**
 * A certificate revocation list (RFC 5280, section 5): complete ones of the issuer itself. Delta, indirect and partial lists,
 * which their critical extensions tell, are refused. Throws DerError.
 */
export class RevocationList {
  readonly issuer: DistinguishedName
  readonly thisUpdate: number
  /** Undefined when the list does not say until when it counts. */
  readonly nextUpdate: number | undefined
  readonly #revoked: ReadonlySet<bigint>
  readonly #signed: Buffer
  readonly #algorithm: string
  readonly #signature: Buffer

  constructor(bytes: Buffer) {
    const [body, algorithm, signature] = readDer(bytes).sequence
    if (body === undefined || algorithm === undefined || signature === undefined)
      throw new DerError('a CRL is cut short')
    const fields = new DerFields(body.sequence)
    fields.optional(TAG.integer)
    fields.next()
    this.issuer = DistinguishedName.fromDer(fields.next())
    this.thisUpdate = fields.next().time
    this.nextUpdate = (fields.optional(TAG.utcTime) ?? fields.optional(TAG.generalizedTime))?.time
    this.#revoked = readRevoked(fields.optional(TAG.sequence))
    refuseCritical(fields.tagged(0))
    this.#signed = body.encoded
    this.#algorithm = algorithm.sequence[0]?.oid ?? ''
    this.#signature = signature.bits
  }

  isRevoked(serial: bigint): boolean {
    return this.#revoked.has(serial)
  }

  get size(): number {
    return this.#revoked.size
  }

  /** Whether the key signed this list. */
  isSignedBy(key: KeyObject): boolean {
    const digest = SIGNATURES.get(this.#algorithm)
    if (digest === undefined) return false
    try {
      return verify(digest, this.#signed, key, this.#signature)
    } catch {
      return false // A key of another kind than the algorithm's.
    }
  }
}

function readRevoked(list: DerValue | undefined): ReadonlySet<bigint> {
  const revoked = new Set<bigint>()
  for (const entry of list?.sequence ?? []) {
    const [serial, , extensions] = entry.sequence
    if (serial === undefined) throw new DerError('an entry of a CRL is empty')
    const found = readExtensions(extensions)
    for (const [oid, { critical }] of found) {
      if (critical && oid !== REASON) throw new DerError(`an entry of a CRL has the unknown critical extension ${oid}`)
    }
    if (found.get(REASON)?.value.small !== REMOVE_FROM_CRL) revoked.add(serial.integer)
  }
  return revoked
}

function refuseCritical(extensions: DerValue | undefined): void {
  for (const [oid, { critical }] of readExtensions(extensions)) {
    if (critical && !HARMLESS.has(oid)) throw new DerError(`CRLs with the critical extension ${oid} are not supported`)
  }
}
