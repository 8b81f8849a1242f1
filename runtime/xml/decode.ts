import { isAscii, isUtf8 } from 'node:buffer'
import { shown, XmlError } from './xml-error.ts'

/**
 * Bytes of a document as text. The encoding is that of the byte order mark, else of `charset` (the parameter of the media
 * type), else of the XML declaration, else UTF-8 or, by its first characters, UTF-16 (RFC 7303 section 3, XML 1.0 appendix F).
 * Throws {@link XmlError} for an unknown encoding and for bytes that are wrong in it; nothing is ever replaced.
 */
export function decodeXml(bytes: Buffer, charset?: string): string {
  const mark = markedEncoding(bytes)
  if (mark !== undefined) return decodeText(bytes.subarray(mark === 'utf-8' ? 3 : 2), mark)
  const name = charset?.toLowerCase() ?? declaredEncoding(bytes)
  return decodeText(bytes, name === 'utf-16' || name === 'unicode' ? byteOrder(bytes) : name)
}

/** Bytes as text, strictly, with an encoding name of any case. */
export function decodeText(bytes: Buffer, encoding: string): string {
  switch (encoding.toLowerCase()) {
    case 'utf-8':
    case 'utf8':
      if (!isUtf8(bytes)) throw invalid('UTF-8')
      return bytes.toString('utf8')
    case 'us-ascii':
    case 'ascii':
      if (!isAscii(bytes)) throw invalid('US-ASCII')
      return bytes.toString('latin1')
    // TextDecoder takes this name for windows-1252.
    case 'iso-8859-1':
    case 'iso_8859-1':
    case 'latin1':
      return bytes.toString('latin1')
    default:
      return decodeOther(bytes, encoding)
  }
}

function decodeOther(bytes: Buffer, encoding: string): string {
  let decoder: InstanceType<typeof TextDecoder>
  try {
    decoder = new TextDecoder(encoding, { fatal: true, ignoreBOM: true })
  } catch {
    throw new XmlError(`the encoding "${shown(encoding)}" is not supported`)
  }
  try {
    return decoder.decode(bytes)
  } catch {
    throw invalid(encoding)
  }
}

const invalid = (encoding: string): XmlError => new XmlError(`the bytes are not valid ${encoding}`)

function markedEncoding(bytes: Buffer): string | undefined {
  const first = bytes[0]
  if (first === 0xef) return bytes[1] === 0xbb && bytes[2] === 0xbf ? 'utf-8' : undefined
  if (first === 0xff && bytes[1] === 0xfe) return bytes[2] === 0 && bytes[3] === 0 ? 'utf-32' : 'utf-16le'
  return first === 0xfe && bytes[1] === 0xff ? 'utf-16be' : undefined
}

/** UTF-16 without a mark: big-endian (RFC 2781 section 4.3) unless the first character is plainly the other way round. */
const byteOrder = (bytes: Buffer): string => (bytes[0] !== 0 && bytes[1] === 0 ? 'utf-16le' : 'utf-16be')

function declaredEncoding(bytes: Buffer): string {
  if (bytes[0] === 0 || bytes[1] === 0) return byteOrder(bytes)
  if (bytes[0] !== 0x3c || bytes[1] !== 0x3f) return 'utf-8'
  const head = bytes.toString('latin1', 0, 256)
  const encoding = /^<\?xml\s[^>]*?\sencoding\s*=\s*["']([A-Za-z][\w.-]*)["']/.exec(head)?.[1]?.toLowerCase() ?? 'utf-8'
  // The declaration was readable as ASCII, so what it says of UTF-16 is wrong.
  if (encoding.startsWith('utf-16')) throw invalid(encoding)
  return encoding
}
