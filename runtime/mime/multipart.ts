import { type MediaType, parseMediaType } from './media-type.ts'
import { MimeError } from './mime-error.ts'
import { bareId, type MimePart, OCTET_STREAM } from './part.ts'
import { readPartHeaders } from './part-headers.ts'
import { decodeTransfer } from './transfer-encoding.ts'

export interface MultipartLimits {
  /** Parts, with those inside of parts. */
  readonly parts: number
  /** Bytes of the header of one part. */
  readonly headerBytes: number
  /** Multiparts inside each other. */
  readonly depth: number
}

export const MULTIPART_LIMITS: MultipartLimits = { parts: 1000, headerBytes: 16_384, depth: 8 }

export interface MultipartOptions {
  readonly limits?: MultipartLimits
  /** Also reads parts that are multiparts themselves; else they stay bytes. */
  readonly nested?: boolean
}

/** A multipart/related message (RFC 2387): the root part, which `start` may name, and the others in order. */
export interface Related {
  readonly mediaType: MediaType
  readonly root: MimePart
  readonly parts: readonly MimePart[]
}

/**
 * The parts of a multipart entity of any kind (RFC 2046 section 5.1). Takes linear time and copies nothing but what has a
 * transfer encoding. Lines may end in LF if the first boundary line does. Throws {@link MimeError} for a missing or wrong
 * boundary, a truncated entity, wrong headers, two parts of one Content-ID, and exceeded limits.
 */
export function readMultipart(
  bytes: Buffer,
  contentType: string | MediaType,
  options: MultipartOptions = {},
): MimePart[] {
  return new MultipartReader(options).read(bytes, contentType, 1)
}

/** Reads multipart/related. Throws as {@link readMultipart}, and when `start` names no part. */
export function readRelated(bytes: Buffer, contentType: string, options: MultipartOptions = {}): Related {
  const mediaType = multipartType(contentType)
  const all = readMultipart(bytes, mediaType, options)
  const start = mediaType.parameters.get('start')
  const root = start === undefined ? all[0] : all.find(({ contentId }) => contentId === bareId(start))
  if (root === undefined) throw new MimeError('the start parameter names no part of the multipart message')
  return { mediaType, root, parts: all.filter((part) => part !== root) }
}

function multipartType(contentType: string): MediaType {
  const mediaType = parseMediaType(contentType)
  if (mediaType === undefined) throw new MimeError('the Content-Type of a multipart entity is malformed')
  return mediaType
}

function boundaryOf({ type, parameters }: MediaType): string {
  const boundary = parameters.get('boundary')
  if (!type.startsWith('multipart/') || boundary === undefined)
    throw new MimeError('there is no multipart type with a boundary')
  if (!/^[ -~]{0,69}[!-~]$/.test(boundary))
    throw new MimeError('the boundary is not 1 to 70 printable ASCII characters')
  return boundary
}

class MultipartReader {
  readonly #limits: MultipartLimits
  readonly #nested: boolean
  readonly #ids = new Set<string>()
  #parts = 0

  constructor({ limits = MULTIPART_LIMITS, nested = false }: MultipartOptions) {
    this.#limits = limits
    this.#nested = nested
  }

  read(bytes: Buffer, contentType: string | MediaType, depth: number): MimePart[] {
    if (depth > this.#limits.depth) throw new MimeError(`multiparts are nested deeper than ${this.#limits.depth}`)
    const mediaType = typeof contentType === 'string' ? multipartType(contentType) : contentType
    const parts: MimePart[] = []
    for (const entity of entities(bytes, boundaryOf(mediaType))) parts.push(this.#part(entity, depth))
    if (parts.length === 0) throw new MimeError('a multipart entity without parts')
    return parts
  }

  #part(entity: Entity, depth: number): MimePart {
    if (++this.#parts > this.#limits.parts)
      throw new MimeError(`a multipart message has more than ${this.#limits.parts} parts`)
    const { headers, body } = this.#split(entity)
    const id = headers.get('content-id')
    const contentId = id === undefined ? undefined : bareId(id)
    if (contentId !== undefined) {
      if (this.#ids.has(contentId)) throw new MimeError('two parts have the same Content-ID')
      this.#ids.add(contentId)
    }
    const contentType = headers.get('content-type') ?? OCTET_STREAM
    const bytes = decodeTransfer(body, headers.get('content-transfer-encoding'))
    if (!this.#nested || !/^multipart\//i.test(contentType)) return { headers, contentId, contentType, bytes }
    return { headers, contentId, contentType, bytes, parts: this.read(bytes, contentType, depth + 1) }
  }

  #split({ bytes, lineEnd }: Entity): { headers: Map<string, string>; body: Buffer } {
    if (bytes.indexOf(lineEnd, 0, 'latin1') === 0) return { headers: new Map(), body: bytes.subarray(lineEnd.length) }
    const { headerBytes } = this.#limits
    const end = bytes.subarray(0, headerBytes + 2 * lineEnd.length).indexOf(lineEnd + lineEnd, 0, 'latin1')
    if (end < 0 && bytes.length > headerBytes)
      throw new MimeError(`the header of a part is longer than ${headerBytes} bytes`)
    if (end < 0) return { headers: readPartHeaders(bytes), body: bytes.subarray(bytes.length) }
    return { headers: readPartHeaders(bytes.subarray(0, end)), body: bytes.subarray(end + 2 * lineEnd.length) }
  }
}

/** What stands between two boundaries, and how its lines end. */
interface Entity {
  readonly bytes: Buffer
  readonly lineEnd: '\r\n' | '\n'
}

function* entities(bytes: Buffer, boundary: string): Generator<Entity> {
  const first = firstDelimiter(bytes, boundary)
  if (first === undefined) throw new MimeError('the boundary does not occur in the multipart entity')
  if (first.isLast) return
  const lineEnd = bytes[first.end - 2] === CARRIAGE_RETURN ? '\r\n' : '\n'
  const delimiter = Buffer.from(`${lineEnd}--${boundary}`, 'latin1')
  let start = first.end
  // The line end that belongs to a delimiter may be that of the line before the part.
  let from = start - lineEnd.length
  for (;;) {
    const at = bytes.indexOf(delimiter, from)
    if (at < 0) throw new MimeError('the multipart entity is truncated: the last boundary is missing')
    const found = delimiterLine(bytes, at + delimiter.length)
    if (found === undefined) {
      from = at + 1
      continue
    }
    yield { bytes: bytes.subarray(start, Math.max(start, at)), lineEnd }
    if (found.isLast) return
    start = found.end
    from = start - lineEnd.length
  }
}

interface Delimiter {
  /** After its line. */
  readonly end: number
  readonly isLast: boolean
}

const CARRIAGE_RETURN = 0x0d
const LINE_FEED = 0x0a
const HYPHEN = 0x2d

function firstDelimiter(bytes: Buffer, boundary: string): Delimiter | undefined {
  const dashes = Buffer.from(`--${boundary}`, 'latin1')
  const line = Buffer.from(`\n--${boundary}`, 'latin1')
  let found = bytes.subarray(0, dashes.length).equals(dashes) ? delimiterLine(bytes, dashes.length) : undefined
  for (let at = bytes.indexOf(line); found === undefined && at >= 0; at = bytes.indexOf(line, at + 1)) {
    found = delimiterLine(bytes, at + line.length)
  }
  return found
}

/** The rest of a line that starts with the boundary; undefined when the line goes on, so that it is content. */
function delimiterLine(bytes: Buffer, afterBoundary: number): Delimiter | undefined {
  const isLast = bytes[afterBoundary] === HYPHEN && bytes[afterBoundary + 1] === HYPHEN
  let at = isLast ? afterBoundary + 2 : afterBoundary
  while (bytes[at] === 0x20 || bytes[at] === 0x09) at++
  if (bytes[at] === LINE_FEED) return { end: at + 1, isLast }
  if (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) return { end: at + 2, isLast }
  return isLast && at === bytes.length ? { end: at, isLast } : undefined
}
