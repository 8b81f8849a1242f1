import { der, DerError, readDerPrefix } from '../der/index.ts'

const KERBEROS_5 = '1.2.840.113554.1.2.2'
const APPLICATION_REQUEST = Buffer.of(1, 0)

/** The AP-REQ inside of an initial token of the GSS-API (RFC 4121, section 4.1). Throws DerError. */
export function unwrapGss(bytes: Buffer): Buffer {
  const inner = contentOf(bytes)
  const { value, end } = readDerPrefix(inner)
  if (value.oid !== KERBEROS_5) throw new DerError(`the mechanism ${value.oid} is not Kerberos 5`)
  if (!inner.subarray(end, end + 2).equals(APPLICATION_REQUEST)) throw new DerError('the token is no AP-REQ')
  return inner.subarray(end + 2)
}

export const wrapGss = (request: Buffer): Buffer =>
  // What follows the mechanism is no ASN.1, so that the frame is that of an octet string with another tag.
  retagged(der.octets(Buffer.concat([der.oid(KERBEROS_5), APPLICATION_REQUEST, request])))

function retagged(bytes: Buffer): Buffer {
  bytes[0] = FRAME
  return bytes
}

const FRAME = 0x60

function contentOf(bytes: Buffer): Buffer {
  if (bytes[0] !== FRAME) throw new DerError('the token is no token of the GSS-API')
  const frame = Buffer.from(bytes)
  frame[0] = 0x04
  const { value, end } = readDerPrefix(frame)
  if (end !== bytes.length) throw new DerError('bytes follow the token')
  return value.octets
}
