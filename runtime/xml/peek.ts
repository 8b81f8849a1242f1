import { EnvelopeScan, type EnvelopeTags, type StartTag, type Peek } from './envelope-scan.ts'

export type { Peek, PeekedName } from './envelope-scan.ts'

/**
 * Reads the start of a document until the first child of the SOAP Body is known, so that a message can be routed without
 * being parsed. Nothing is validated: what it says holds for well-formed documents. Undefined when it cannot tell, which is
 * so for everything that is not plain UTF-8 or ASCII up to there. Never throws.
 *
 * `charset` is the parameter of the media type, which overrides the XML declaration (RFC 7303 section 3).
 */
export function peekEnvelope(bytes: Buffer, charset?: string): Peek | undefined {
  const found = new EnvelopeScan(bytes).run(charset)
  return found && { soap: found.soap, operation: found.operation }
}

/**
 * A copy of a SOAP message with header blocks written before or behind the others; a Header is made when there is none. `xml`
 * must declare every prefix that it uses. Undefined when a scan cannot tell where the place is, or names without a prefix
 * would mean something else there.
 */
export function spliceHeader(
  bytes: Buffer,
  xml: string,
  place: 'first' | 'last' = 'first',
  charset?: string,
): Buffer | undefined {
  const tags = new EnvelopeScan(bytes).run(charset)?.tags
  if (tags === undefined || hasDefault(bytes, tags.envelope) || hasDefault(bytes, tags.header)) return undefined
  const found = place === 'first' ? firstPlace(bytes, tags) : lastPlace(bytes, tags)
  if (found === undefined) return undefined
  const { at, until, before, after } = found
  return Buffer.concat([bytes.subarray(0, at), Buffer.from(before + xml + after), bytes.subarray(until)])
}

/** Where header blocks go: what stands between `at` and `until` is replaced by them, between `before` and `after`. */
interface HeaderPlace {
  readonly at: number
  readonly until: number
  readonly before: string
  readonly after: string
}

const hasDefault = (bytes: Buffer, tag: StartTag | undefined): boolean =>
  tag !== undefined && bytes.subarray(tag.nameEnd, tag.end).includes('xmlns=')

/** Before the end tag of a Header that has content; between it and the Body there must be nothing but white space. */
function lastPlace(bytes: Buffer, tags: EnvelopeTags): HeaderPlace | undefined {
  const { header, body } = tags
  if (header === undefined || header.empty) return firstPlace(bytes, tags)
  const at = bytes.lastIndexOf('</', body.at)
  const name = bytes.toString('utf8', header.at + 1, header.nameEnd)
  const tag = at < header.end ? '' : bytes.toString('utf8', at + 2, body.at)
  const isEnd = tag.startsWith(name) && /^\s*>\s*$/.test(tag.slice(name.length))
  return isEnd ? { at, until: at, before: '', after: '' } : undefined
}

function firstPlace(bytes: Buffer, { envelope, header, body }: EnvelopeTags): HeaderPlace {
  if (header === undefined) {
    const name = `${bytes.toString('utf8', envelope.at + 1, envelope.local)}Header`
    return { at: body.at, until: body.at, before: `<${name}>`, after: `</${name}>` }
  }
  const { at, nameEnd, end, empty } = header
  if (!empty) return { at: end, until: end, before: '', after: '' }
  return { at: end - 2, until: end, before: '>', after: `</${bytes.toString('utf8', at + 1, nameEnd)}>` }
}
