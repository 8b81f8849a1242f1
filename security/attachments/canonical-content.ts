import { canonicalXml, decodeXml, type MimePart, parseXml, XmlError } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'

/**
 * The content of an attachment as signatures see it (SwA profile 1.1 section 5.4.2): XML in exclusive canonical form, other
 * text with CRLF line ends, everything else as it is.
 */
export function canonicalContent({ contentType, bytes }: MimePart): readonly (Buffer | string)[] {
  if (/^\s*(?:(?:text|application)\/xml|(?:application|image)\/[^;]*\+xml)\b/i.test(contentType))
    return [canonicalOf(bytes)]
  return /^\s*text\//i.test(contentType) ? withLineEnds(bytes) : [bytes]
}

function canonicalOf(bytes: Buffer): string {
  try {
    return canonicalXml(parseXml(decodeXml(bytes)), { form: 'exclusive' })
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    throw new SecurityFailure('malformed', 'an attachment with an XML type is not well-formed', { cause })
  }
}

const CARRIAGE_RETURN = 13
const LINE_FEED = 10
const CRLF = Buffer.from('\r\n')

/** Pieces between line ends, which may be CR, LF or both. */
function withLineEnds(bytes: Buffer): Buffer[] {
  const pieces: Buffer[] = []
  let start = 0
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at]
    if (byte !== CARRIAGE_RETURN && byte !== LINE_FEED) continue
    if (byte === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) {
      at++
      continue
    }
    pieces.push(bytes.subarray(start, at), CRLF)
    start = at + 1
  }
  pieces.push(bytes.subarray(start))
  return pieces
}
