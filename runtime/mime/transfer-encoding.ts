import { MimeError } from './mime-error.ts'

/** The bytes of a body as they were before the Content-Transfer-Encoding (RFC 2045 section 6). Strict: nothing is repaired. */
export function decodeTransfer(bytes: Buffer, encoding: string | undefined): Buffer {
  switch (encoding?.toLowerCase()) {
    case undefined:
    case '':
    case '7bit':
    case '8bit':
    case 'binary':
      return bytes
    case 'base64':
      return decodeBase64(bytes)
    case 'quoted-printable':
      return decodeQuotedPrintable(bytes)
    default:
      throw new MimeError('the Content-Transfer-Encoding of a MIME part is not supported')
  }
}

function decodeBase64(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replace(/[\r\n\t ]+/g, '')
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  if (text.length % 4 !== 0 || /[^A-Za-z0-9+/]/.test(padding === 0 ? text : text.slice(0, -padding))) {
    throw new MimeError('a MIME part is not valid base64')
  }
  return Buffer.from(text, 'base64')
}

const EQUALS = 0x3d
const LINE_FEED = 0x0a
const SPACE = 0x20

function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const decoded = Buffer.allocUnsafe(bytes.length)
  let length = 0
  /** Blanks at the end of a line were added on the way (RFC 2045 section 6.7, rule 3). */
  let solid = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0
    if (byte === LINE_FEED || (byte === 0x0d && bytes[at + 1] === LINE_FEED)) length = solid
    if (byte !== EQUALS) decoded[length++] = byte
    else {
      const end = softBreakEnd(bytes, at + 1)
      if (end < 0) {
        decoded[length++] = hexadecimal(bytes[at + 1]) * 16 + hexadecimal(bytes[at + 2])
        at += 2
      } else at = end
    }
    if (byte === EQUALS || (byte !== SPACE && byte !== 0x09)) solid = length
  }
  return decoded.subarray(0, solid)
}

/** The last byte of a line end that `=` takes away, -1 when there is none. */
function softBreakEnd(bytes: Buffer, at: number): number {
  while (bytes[at] === SPACE || bytes[at] === 0x09) at++
  if (at >= bytes.length) return bytes.length
  if (bytes[at] === 0x0d) at++
  return bytes[at] === LINE_FEED ? at : -1
}

function hexadecimal(byte = 0): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const upper = byte & 0xdf
  if (upper >= 0x41 && upper <= 0x46) return upper - 0x37
  throw new MimeError('a MIME part is not valid quoted-printable')
}
