import { createHash, randomBytes, randomInt } from 'node:crypto'
import { buildElement, withAttribute } from '../message/build-element.ts'
import { BASE64_ENCODING, WSSE, WSU } from '../names.ts'
import type { HeldToken } from '../protect-state.ts'
import { writeApplicationRequest, writeAuthenticator } from './application-request.ts'
import { KEY_USAGE } from './encryption-type.ts'
import { encryptionTypes } from './encryption-types.ts'
import { wrapGss } from './gss-token.ts'
import type { HeldTicket } from './kerberos-client.ts'
import { GSS_KERBEROS_AP_REQ, KERBEROS_AP_REQ, KERBEROS_AP_REQ_SHA1 } from './kerberos-names.ts'

/** Type and content of the checksum by which the GSS-API hands over its flags (RFC 4121, section 4.1.1); no channel is bound. */
const GSS_CHECKSUM = { type: 0x8003, flags: 0 }

/**
 * Makes a token for one message of a ticket: an AP-REQ with a fresh authenticator and subkey. It signs and encrypts with the
 * subkey; later messages may refer to it by its SHA-1. `id` is its wsu:Id.
 */
export function holdTicket(ticket: HeldTicket, form: 'bare' | 'gss', id: string, now: number): HeldToken {
  const type = encryptionTypes(true).find(({ id: each }) => each === ticket.key.etype)
  if (type === undefined) throw new TypeError(`the encryption type ${ticket.key.etype} is not known`)
  const subkey = { etype: type.id, value: randomBytes(type.keyLength) }
  const authenticator = writeAuthenticator({
    realm: ticket.realm,
    client: ticket.client,
    checksum: form === 'gss' ? { type: GSS_CHECKSUM.type, value: gssChecksum() } : undefined,
    microseconds: (now % 1000) * 1000 + randomInt(1000),
    time: now,
    subkey,
    sequence: form === 'gss' ? randomInt(2 ** 30) : undefined,
  })
  const cipher = type.encrypt(
    ticket.key.value,
    KEY_USAGE.authenticator,
    authenticator,
    randomBytes(type.confounderLength),
  )
  const request = writeApplicationRequest(ticket.ticket, { etype: type.id, kvno: undefined, cipher })
  const bytes = form === 'gss' ? wrapGss(request) : request
  const valueType = form === 'gss' ? GSS_KERBEROS_AP_REQ : KERBEROS_AP_REQ
  const element = buildElement(
    WSSE,
    'wsse:BinarySecurityToken',
    { ValueType: valueType, EncodingType: BASE64_ENCODING },
    bytes.toString('base64'),
  )
  return {
    element: withAttribute(element, WSU, 'wsu:Id', id),
    secret: subkey.value,
    reference: {
      form: 'key-identifier',
      value: createHash('sha1').update(bytes).digest('base64'),
      valueType: KERBEROS_AP_REQ_SHA1,
      encodingType: BASE64_ENCODING,
      tokenType: valueType,
    },
  }
}

function gssChecksum(): Buffer {
  const checksum = Buffer.alloc(24)
  checksum.writeUInt32LE(16)
  checksum.writeUInt32LE(GSS_CHECKSUM.flags, 20)
  return checksum
}
