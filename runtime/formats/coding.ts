import { brotliDecompressSync, deflateSync, gunzipSync, gzipSync, inflateRawSync, inflateSync } from 'node:zlib'
import { Fault } from '../fault.ts'

/** How much more than it weighs a compressed body may unpack to (reliability 5.3). */
const RATIO = 100
/** Below this size the ratio says nothing: short texts of one letter compress well without malice. */
const FREE = 64 * 1024

/** The body without its Content-Encoding. Throws Fault 601000 when it is damaged, unknown or unpacks to too much. */
export function decode(bytes: Buffer, encoding: string | undefined, limit: number): Buffer {
  if (encoding === undefined) return bytes
  let content = bytes
  const codings = encoding.split(',').map((coding) => coding.trim().toLowerCase())
  if (codings.length > 3) throw new Fault(601000, 'the body is encoded more than three times over')
  for (const coding of codings.toReversed())
    content = decodeOnce(content, coding, Math.min(limit, Math.max(bytes.length * RATIO, FREE)))
  return content
}

function decodeOnce(bytes: Buffer, coding: string, maxOutputLength: number): Buffer {
  if (coding === 'identity' || coding === '' || bytes.length === 0) return bytes
  try {
    switch (coding) {
      case 'gzip':
      case 'x-gzip':
        return gunzipSync(bytes, { maxOutputLength })
      case 'deflate':
        // Some senders leave out the zlib wrapper that RFC 9110 asks for; its first byte tells.
        return ((bytes[0] ?? 0) & 0x0f) === 8
          ? inflateSync(bytes, { maxOutputLength })
          : inflateRawSync(bytes, { maxOutputLength })
      case 'br':
        return brotliDecompressSync(bytes, { maxOutputLength })
      default:
        throw new Fault(601000, `the Content-Encoding "${coding.slice(0, 40)}" is not supported`)
    }
  } catch (cause) {
    if (cause instanceof Fault) throw cause
    const big = cause instanceof RangeError
    throw new Fault(
      601000,
      big ? 'the compressed body unpacks to more than is allowed' : `the ${coding} body is damaged`,
      { cause },
    )
  }
}

/** The body in a Content-Encoding that a flow asks for; undefined when the bus does not write that one. */
export function encode(bytes: Buffer, encoding: string): Buffer | undefined {
  switch (encoding.trim().toLowerCase()) {
    case 'gzip':
    case 'x-gzip':
      return gzipSync(bytes)
    case 'deflate':
      return deflateSync(bytes)
    case 'identity':
      return bytes
    default:
      return undefined
  }
}
