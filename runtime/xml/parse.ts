import { XML_LIMITS, type XmlLimits } from './limits.ts'
import { endOfName, isNcName } from './names.ts'
import { isSpace, XmlSource } from './source.ts'
import { type PositionRecorder, StartTagReader } from './start-tag.ts'
import {
  ELEMENT,
  NO_DECLARATIONS,
  XmlComment,
  XmlDocument,
  type XmlElement,
  XmlInstruction,
  type XmlNode,
  type XmlParent,
  XmlText,
} from './tree.ts'
import { shown, XmlError } from './xml-error.ts'

const BANG = 0x21
const SLASH = 0x2f
const GREATER = 0x3e
const QUESTION = 0x3f
const BYTE_ORDER_MARK = 0xfeff

const XML_DECLARATION =
  /^<\?xml[ \t\n]+version[ \t\n]*=[ \t\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\n]+encoding[ \t\n]*=[ \t\n]*(?:"[A-Za-z][A-Za-z0-9._-]*"|'[A-Za-z][A-Za-z0-9._-]*'))?(?:[ \t\n]+standalone[ \t\n]*=[ \t\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\n]*\?>$/

/**
 * Parses a document: XML 1.0 (fifth edition) and Namespaces in XML 1.0, every rule of well-formedness. A document type
 * declaration is an error, so there are no entities but the predefined ones. Throws XmlError. Takes linear time.
 */
export function parseXml(text: string, limits?: Partial<XmlLimits>): XmlDocument {
  return new XmlParser(new XmlSource(text), limits).parse()
}

/** One parse. Use {@link parseXml}, or parseConfiguration for positions. */
export class XmlParser {
  readonly #source: XmlSource
  readonly #limits: XmlLimits
  readonly #recorder: PositionRecorder | undefined
  readonly #tags: StartTagReader
  readonly #document = new XmlDocument()
  #parent: XmlParent = this.#document
  /** The names of the open elements as written, outermost first, and where their tags start. */
  readonly #open: string[] = []
  readonly #openAt: number[] = []
  #hasRoot = false
  #nodes = 0

  constructor(source: XmlSource, limits?: Partial<XmlLimits>, recorder?: PositionRecorder) {
    this.#source = source
    this.#limits = limits === undefined ? XML_LIMITS : { ...XML_LIMITS, ...limits }
    this.#recorder = recorder
    this.#tags = new StartTagReader(source, this.#limits, recorder)
  }

  parse(): XmlDocument {
    const { text, fail } = this.#source
    let at = this.#prolog()
    let tag = this.#source.tagFrom(at)
    for (;;) {
      if (tag > at) this.#characters(at, tag)
      if (tag === text.length) break
      const code = text.charCodeAt(tag + 1)
      if (code !== SLASH && code !== BANG && code !== QUESTION) {
        at = this.#startTag(tag)
        tag = this.#tags.nextTag
      } else {
        at = code === SLASH ? this.#endTag(tag) : code === BANG ? this.#bang(tag) : this.#instruction(tag)
        tag = this.#source.tagFrom(at)
      }
    }
    if (this.#open.length > 0) fail(text.length, `the end tag ${this.#due()} is missing`)
    if (!this.#hasRoot) fail(text.length, 'there is no root element')
    return this.#document
  }

  #prolog(): number {
    const { text, fail } = this.#source
    const start = text.charCodeAt(0) === BYTE_ORDER_MARK ? 1 : 0
    if (!text.startsWith('<?xml', start) || endOfName(text, start + 2) !== start + 5) return start
    const end = text.indexOf('?>', start) + 2
    if (end < start + 5 || !XML_DECLARATION.test(text.slice(start, end)))
      fail(start, 'the XML declaration is malformed')
    return end
  }

  #add(node: XmlNode): void {
    const parent = this.#parent
    if (++this.#nodes > this.#limits.nodes) this.#source.fail(0, `it has more than ${this.#limits.nodes} nodes`)
    // A new array of one takes less memory than a first push, which makes room for 17.
    if (parent.type === ELEMENT && parent.children.length === 0) parent.children = [node]
    else parent.children.push(node)
  }

  #characters(start: number, end: number): void {
    const { text, fail } = this.#source
    const parent = this.#parent
    if (parent.type === ELEMENT) return this.#add(new XmlText(this.#source.characters(start, end), parent))
    for (let at = start; at < end; at++) if (!isSpace(text.charCodeAt(at))) fail(at, 'text outside of the root element')
  }

  #startTag(tag: number): number {
    const parent = this.#parent
    if (parent.type !== ELEMENT) {
      if (this.#hasRoot) this.#source.fail(tag, 'an element after the root element')
      this.#hasRoot = true
    }
    const element = this.#tags.read(tag, parent)
    this.#add(element)
    this.#openAt.push(tag)
    if (this.#open.push(this.#tags.name) > this.#limits.depth) {
      this.#source.fail(tag, `elements are nested deeper than ${this.#limits.depth}`)
    }
    if (this.#tags.isEmpty) this.#close(element, this.#tags.end)
    else this.#parent = element
    return this.#tags.end
  }

  #endTag(tag: number): number {
    const { text, fail } = this.#source
    const element = this.#parent
    const name = this.#open.at(-1)
    if (element.type !== ELEMENT || name === undefined) return fail(tag, 'an end tag without a start tag')
    const end = text.startsWith(name, tag + 2) ? this.#source.afterSpace(tag + 2 + name.length) : tag
    if (text.charCodeAt(end) !== GREATER) fail(tag, `the end tag ${this.#due()} is expected here`)
    this.#close(element, end + 1)
    return end + 1
  }

  #due(): string {
    const start = XmlError.at(this.#source.text, this.#openAt.at(-1) ?? 0, '')
    return `</${shown(this.#open.at(-1) ?? '')}>, whose start tag is in line ${start.line},`
  }

  #close(element: XmlElement, end: number): void {
    this.#recorder?.closed(element, end)
    if (element.declarations !== NO_DECLARATIONS) this.#tags.leave(element)
    this.#open.pop()
    this.#openAt.pop()
    this.#parent = element.parent ?? this.#document
  }

  /** A comment, a CDATA section, or something that only a DTD may hold. */
  #bang(tag: number): number {
    const { text, fail } = this.#source
    if (text.startsWith('--', tag + 2)) {
      const end = text.indexOf('--', tag + 4)
      if (end < 0) return fail(tag, 'a comment that does not end')
      if (text.charCodeAt(end + 2) !== GREATER) return fail(end, '-- inside of a comment')
      this.#add(new XmlComment(text.slice(tag + 4, end), this.#parent))
      return end + 3
    }
    if (text.startsWith('[CDATA[', tag + 2)) {
      const end = text.indexOf(']]>', tag + 9)
      if (end < 0) return fail(tag, 'a CDATA section that does not end')
      if (this.#parent.type !== ELEMENT) return fail(tag, 'a CDATA section outside of the root element')
      this.#add(new XmlText(text.slice(tag + 9, end), this.#parent, true))
      return end + 3
    }
    const isDoctype = text.startsWith('DOCTYPE', tag + 2)
    return fail(
      tag,
      isDoctype ? 'a document type declaration (DOCTYPE) is not allowed' : 'unknown markup that starts with <!',
    )
  }

  #instruction(tag: number): number {
    const { text, fail } = this.#source
    const end = text.indexOf('?>', tag + 2)
    if (end < 0) return fail(tag, 'a processing instruction that does not end')
    const nameEnd = endOfName(text, tag + 2)
    const target = text.slice(tag + 2, nameEnd)
    const isName = target.length <= this.#limits.nameLength && isNcName(target)
    if (!isName || (nameEnd < end && !isSpace(text.charCodeAt(nameEnd)))) {
      return fail(tag, 'a processing instruction without a right name')
    }
    if (/^xml$/i.test(target)) return fail(tag, 'an XML declaration that is not at the start of the text')
    this.#add(new XmlInstruction(target, text.slice(this.#source.afterSpace(nameEnd), end), this.#parent))
    return end + 2
  }
}
