import { Fault } from '../fault.ts'
import { inlineXop, MimeError, type MimePart, readRelated, type Related } from '../mime/index.ts'
import { ELEMENT, TEXT, type XmlDocument, type XmlParent } from '../xml/tree.ts'
import type { Content, Infoset } from './infoset.ts'
import { formatOf, mediaType, parameterOf } from './media-type.ts'
import { buildXml, type Expected } from './xml-builder.ts'

/**
 * The infoset of multipart/related: the root part as for a message of its own, with its xop:Includes replaced by the bytes of
 * the parts they name (MTOM). All other parts become attachments (SwA).
 */
export function buildRelated(bytes: Buffer, content: Content): Infoset {
  try {
    const related = readRelated(bytes, content.contentType ?? '')
    const { root, parts } = related
    const infoset = buildXml(root.bytes, root, expectedOf(related, content))
    const included = mediaType(root.contentType) === 'application/xop+xml' ? include(infoset.tree, parts) : NONE
    for (const [index, part] of parts.entries()) {
      const id = part.contentId ?? `part-${index + 1}`
      if (!included.has(id)) content.attachments.set(id, part)
    }
    return infoset
  } catch (cause) {
    if (!(cause instanceof MimeError)) throw cause
    throw new Fault(601000, `the multipart/related body is malformed: ${cause.message}`, { cause })
  }
}

const NONE: ReadonlySet<string> = new Set()

/** The version that root part and message promise (XOP 1.0 section 4.1, SwA section 3). */
function expectedOf({ root, mediaType: { parameters } }: Related, { headers }: Content): Expected {
  const inner = mediaType(root.contentType)
  const type =
    inner === 'application/xop+xml'
      ? (parameterOf(root.contentType, 'type') ?? parameters.get('start-info') ?? '')
      : inner
  const format = formatOf(type)
  if (format === 'soap12') return '1.2'
  if (format === 'soap11') return headers.has('SOAPAction') ? '1.1' : 'any'
  if (format === 'xml' || format === undefined) return 'none'
  throw new MimeError('the root part is no XML')
}

/** Puts XOP content in. Returns the Content-IDs that are used up by it. */
function include(tree: XmlDocument, parts: readonly MimePart[]): ReadonlySet<string> {
  const byId = new Map<string, MimePart>()
  for (const part of parts) if (part.contentId !== undefined) byId.set(part.contentId, part)
  inlineXop(tree, byId)
  const used = new Set<string>()
  const open: XmlParent[] = [tree]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    for (const child of next.children) {
      if (child.type === ELEMENT) open.push(child)
      else if (child.type === TEXT && child.binary?.contentId !== undefined) used.add(child.binary.contentId)
    }
  }
  return used
}
