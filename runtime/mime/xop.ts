import {
  type BinaryContent,
  ELEMENT,
  printXml,
  TEXT,
  type XmlDocument,
  type XmlElement,
  type XmlParent,
  XmlText,
  XOP_NAMESPACE,
  attributeValue,
} from '../xml/index.ts'
import { MimeError } from './mime-error.ts'
import type { MimePart } from './part.ts'
import { type MimeEntity, outgoing, type OutgoingPart, writeMultipart } from './write-multipart.ts'

/** What may be repeated, so that many references to one part cannot make a small message large. */
const MAXIMUM_REPEATED_BYTES = 16 * 1024 * 1024

/**
 * Replaces every xop:Include by a text that holds the bytes of the part it names (XOP 1.0 section 3.2); the parts are given by
 * Content-ID. Only `cid:` is followed. Returns the Content-IDs that were used. Throws {@link MimeError} when a part is missing,
 * when other content stands beside the element, and when parts are repeated beyond 16 MB.
 */
export function inlineXop(tree: XmlDocument, parts: ReadonlyMap<string, MimePart>): Set<string> {
  const inliner = new Inliner(parts)
  inliner.inside(tree)
  return new Set(inliner.used.keys())
}

class Inliner {
  readonly used = new Map<string, BinaryContent>()
  readonly #parts: ReadonlyMap<string, MimePart>
  #repeated = 0

  constructor(parts: ReadonlyMap<string, MimePart>) {
    this.#parts = parts
  }

  inside(parent: XmlParent): void {
    const { children } = parent
    for (let i = 0; i < children.length; i++) {
      const child = children[i]
      if (child?.type !== ELEMENT) continue
      if (child.namespace !== XOP_NAMESPACE || child.name !== 'Include') this.inside(child)
      else children[i] = this.#text(child, parent)
    }
  }

  #text(include: XmlElement, parent: XmlParent): XmlText {
    if (parent.type !== ELEMENT || parent.children.some((child) => child !== include && !isBlank(child))) {
      throw new MimeError('an xop:Include is not the only content of an element')
    }
    const binary = this.#binary(contentIdOf(attributeValue(include, 'href')))
    include.parent = null
    return new XmlText(binary, parent)
  }

  #binary(id: string): BinaryContent {
    const before = this.used.get(id)
    if (before !== undefined) {
      this.#repeated += before.bytes.length
      if (this.#repeated > MAXIMUM_REPEATED_BYTES)
        throw new MimeError('parts are included again and again, beyond 16 MB')
      return before
    }
    const part = this.#parts.get(id)
    if (part === undefined) throw new MimeError('an xop:Include names a part that the message does not have')
    const binary = { bytes: part.bytes, contentType: part.contentType, contentId: id }
    this.used.set(id, binary)
    return binary
  }
}

const isBlank = (child: XmlElement['children'][number]): boolean =>
  child.type === TEXT && child.binary === undefined && /^[ \t\r\n]*$/.test(child.value)

/** The Content-ID in a `cid:` URL (RFC 2392). */
function contentIdOf(href: string | undefined): string {
  if (href === undefined || !/^cid:/i.test(href)) throw new MimeError('the href of an xop:Include is not a cid: URL')
  try {
    return decodeURIComponent(href.slice(4))
  } catch {
    throw new MimeError('the href of an xop:Include is malformed')
  }
}

export interface RelatedOptions {
  /** Without angle brackets; the default of the boundary contains it. */
  readonly rootId: string
  readonly boundary: string
  /** The media type of the envelope: text/xml, or application/soap+xml. */
  readonly envelopeType: string
  readonly charset?: string
  /** The action parameter of SOAP 1.2. */
  readonly action?: string | undefined
}

/**
 * Writes an envelope as MTOM (SOAP 1.1 Binding for MTOM 1.0; MTOM section 3): each binary text becomes a part, beside those
 * given. `newId` makes Content-IDs.
 */
export function writeMtom(
  tree: XmlDocument,
  options: RelatedOptions,
  newId: () => string,
  parts: Iterable<MimePart> = [],
): MimeEntity {
  const { rootId, boundary, envelopeType, action } = options
  const written: OutgoingPart[] = []
  const ids = new Set([rootId])
  for (const part of parts) {
    written.push(outgoing(part))
    if (part.contentId !== undefined) ids.add(part.contentId)
  }
  const known = new Map<BinaryContent, string>()
  const attach = (binary: BinaryContent): string => {
    const before = known.get(binary)
    if (before !== undefined) return before
    const id =
      binary.contentId !== undefined && !ids.has(binary.contentId) && isPlain(binary.contentId)
        ? binary.contentId
        : newId()
    known.set(binary, id)
    ids.add(id)
    written.push({ contentType: binary.contentType, contentId: id, bytes: binary.bytes })
    return id
  }
  const bytes = Buffer.from(printXml(tree, { encoding: 'UTF-8', attach }))
  const contentType = `application/xop+xml; charset=UTF-8; type="${envelopeType}"`
  const parameters: [string, string][] = [
    ['type', 'application/xop+xml'],
    ['start', `<${rootId}>`],
    ['start-info', envelopeType],
  ]
  if (action !== undefined) parameters.push(['action', action])
  return writeMultipart('related', boundary, parameters, [{ contentType, contentId: rootId, bytes }, ...written])
}

const isPlain = (id: string): boolean => /^[!-;=?-~]{1,200}$/.test(id)

/** Writes an envelope, already encoded, with attachments (SOAP Messages with Attachments). */
export function writeSwa(envelope: Buffer, options: RelatedOptions, parts: Iterable<MimePart>): MimeEntity {
  const { rootId, boundary, envelopeType, charset = 'UTF-8', action } = options
  const root: OutgoingPart = {
    contentType: `${envelopeType}; charset=${charset}`,
    contentId: rootId,
    transferEncoding: '8bit',
    bytes: envelope,
  }
  const parameters: [string, string][] = [
    ['type', envelopeType],
    ['start', `<${rootId}>`],
  ]
  if (action !== undefined) parameters.push(['action', action])
  return writeMultipart('related', boundary, parameters, [root, ...Array.from(parts, outgoing)])
}
