import { formatMediaType } from './media-type.ts'
import { MimeError } from './mime-error.ts'
import type { MimePart } from './part.ts'

/** A MIME entity ready to be sent. */
export interface MimeEntity {
  readonly contentType: string
  readonly chunks: readonly Buffer[]
  readonly length: number
}

/** A part to write; `transferEncoding` is only named, `bytes` are written as they are. */
export interface OutgoingPart {
  readonly contentType: string
  readonly contentId?: string | undefined
  readonly transferEncoding?: 'binary' | '8bit' | '7bit'
  /** Further fields, such as Content-Disposition. */
  readonly headers?: Iterable<readonly [string, string]>
  readonly bytes: Buffer
}

/**
 * Writes a multipart entity. The bytes of the parts are not copied. The caller makes sure that the boundary does not occur in
 * them, best by one made of a UUID. Throws {@link MimeError} for header values that would end the line.
 */
export function writeMultipart(
  subtype: 'related' | 'mixed' | 'form-data',
  boundary: string,
  parameters: Iterable<readonly [string, string]>,
  parts: Iterable<OutgoingPart>,
): MimeEntity {
  const chunks: Buffer[] = []
  let lead = ''
  for (const part of parts) {
    chunks.push(Buffer.from(`${lead}--${boundary}\r\n${headerOf(part)}\r\n`, 'utf8'), part.bytes)
    lead = '\r\n'
  }
  chunks.push(Buffer.from(`${lead}--${boundary}--\r\n`, 'latin1'))
  const length = chunks.reduce((sum, chunk) => sum + chunk.length, 0)
  return {
    contentType: formatMediaType(`multipart/${subtype}`, [['boundary', boundary], ...parameters]),
    chunks,
    length,
  }
}

function headerOf({ contentType, contentId, transferEncoding = 'binary', headers = [] }: OutgoingPart): string {
  let text = field('Content-Type', contentType) + field('Content-Transfer-Encoding', transferEncoding)
  if (contentId !== undefined) text += field('Content-ID', `<${contentId}>`)
  for (const [name, value] of headers) text += field(name, value)
  return text
}

function field(name: string, value: string): string {
  if (/[\x00-\x08\x0A-\x1F\x7F]/.test(value))
    throw new MimeError('a control character in a header of a part that is written')
  return `${name}: ${value}\r\n`
}

const OWN_HEADERS = new Set(['content-type', 'content-id', 'content-transfer-encoding'])

/** A part as it came in, to be written again. */
export function outgoing({ contentType, contentId, headers, bytes }: MimePart): OutgoingPart {
  return { contentType, contentId, bytes, headers: [...headers].filter(([name]) => !OWN_HEADERS.has(name)) }
}
