import { DerError, DerFields, type DerValue, readDer } from '../der/index.ts'
import {
  applicationFields,
  type EncryptedData,
  type EncryptionKey,
  MESSAGE,
  type PrincipalName,
  readEncryptedData,
  readEncryptionKey,
  readPrincipalName,
  readText,
} from './kerberos-types.ts'
import { PA, type PreAuthentication } from './kdc-request.ts'

/** An error that a KDC answered. */
export interface KdcRefusal {
  readonly code: number
  readonly text: string | undefined
  readonly proofs: readonly PreAuthentication[]
}

/** AS-REP or TGS-REP (RFC 4120, section 5.4.2). */
export interface KdcReply {
  readonly realm: string
  readonly client: PrincipalName
  /** As it is sent on. */
  readonly ticket: Buffer
  readonly part: EncryptedData
  readonly proofs: readonly PreAuthentication[]
}

/** EncKDCRepPart. Times are milliseconds since the epoch. */
export interface KdcReplyPart {
  readonly key: EncryptionKey
  readonly nonce: number
  readonly ends: number
  readonly realm: string
  readonly service: PrincipalName
}

/** How a KDC says that keys are made of passwords. */
export interface EncryptionInfo {
  readonly etype: number
  readonly salt: Buffer | undefined
  readonly iterations: number | undefined
}

/** Throws DerError. */
export function readKdcReply(bytes: Buffer): KdcReply | KdcRefusal {
  const value = readDer(bytes)
  if (value.is(MESSAGE.error, 'application')) return readRefusal(value)
  const tag = value.is(MESSAGE.authenticationReply, 'application') ? MESSAGE.authenticationReply : MESSAGE.ticketReply
  const fields = applicationFields(value, tag)
  fields.required(0)
  fields.required(1)
  const proofs = readProofs(fields.tagged(2))
  const realm = readText(fields.required(3))
  const client = readPrincipalName(fields.required(4))
  return { realm, client, ticket: fields.required(5).encoded, part: readEncryptedData(fields.required(6)), proofs }
}

function readRefusal(value: DerValue): KdcRefusal {
  const fields = applicationFields(value, MESSAGE.error)
  fields.required(0)
  fields.required(1)
  fields.tagged(2)
  fields.tagged(3)
  fields.required(4)
  fields.required(5)
  const code = fields.required(6).small
  for (const tag of [7, 8, 9, 10]) fields.tagged(tag)
  const text = fields.tagged(11)
  const data = fields.tagged(12)
  return { code, text: text && readText(text), proofs: data === undefined ? [] : readProofs(readDer(data.octets)) }
}

function readProofs(list: DerValue | undefined): PreAuthentication[] {
  return (list?.sequence ?? []).map((each) => {
    const fields = new DerFields(each.sequence)
    return { type: fields.required(1).small, value: fields.required(2).octets }
  })
}

/** Both tags are met around either kind: old KDCs use that of the TGS-REP for all. Throws DerError. */
export function readKdcReplyPart(plain: Buffer): KdcReplyPart {
  const value = readDer(plain)
  const tag = value.is(MESSAGE.authenticationReplyPart, 'application')
    ? MESSAGE.authenticationReplyPart
    : MESSAGE.ticketReplyPart
  const fields = applicationFields(value, tag)
  const key = readEncryptionKey(fields.required(0))
  fields.required(1)
  const nonce = fields.required(2).small
  fields.tagged(3)
  fields.required(4)
  fields.required(5)
  fields.tagged(6)
  const ends = fields.required(7).time
  fields.tagged(8)
  return { key, nonce, ends, realm: readText(fields.required(9)), service: readPrincipalName(fields.required(10)) }
}

/** ETYPE-INFO2 among the data of an answer. Throws DerError. */
export function readEncryptionInfo(proofs: readonly PreAuthentication[]): EncryptionInfo[] {
  const info = proofs.find(({ type }) => type === PA.encryptionInfo)
  if (info === undefined) return []
  return readDer(info.value).sequence.map((each) => {
    const fields = new DerFields(each.sequence)
    const etype = fields.required(0).small
    const salt = fields.tagged(1)
    const parameters = fields.tagged(2)?.octets
    if (parameters !== undefined && parameters.length !== 4)
      throw new DerError('the parameters of a password are not understood')
    return { etype, salt: salt && Buffer.from(salt.content), iterations: parameters?.readUInt32BE(0) }
  })
}
