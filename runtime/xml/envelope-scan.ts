import { isQName } from './names.ts'
import { XML_NAMESPACE } from './tree.ts'

/** The qualified name of an element. */
export interface PeekedName {
  readonly name: string
  readonly namespace: string
  readonly prefix: string
}

/** What the first bytes of a document tell. */
export interface Peek {
  /** The version of the envelope; undefined when the document is no SOAP message. */
  readonly soap: '1.1' | '1.2' | undefined
  /** The first child of the Body, undefined when the Body is empty. Of a document that is no SOAP message the root. */
  readonly operation: PeekedName | undefined
}

/** Where header blocks go: what stands between `at` and `until` is replaced by them, between `before` and `after`. */
export interface HeaderPlace {
  readonly at: number
  readonly until: number
  readonly before: string
  readonly after: string
}

export interface PeekedEnvelope extends Peek {
  readonly place: HeaderPlace | undefined
  /** Offset of the Body: what stands before it is all that concerns the header. */
  readonly bodyAt: number | undefined
}

const SOAP_VERSIONS: ReadonlyMap<string, '1.1' | '1.2'> = new Map([
  ['http://schemas.xmlsoap.org/soap/envelope/', '1.1'],
  ['http://www.w3.org/2003/05/soap-envelope', '1.2'],
])

/** A start tag; offsets into the bytes. */
interface StartTag {
  readonly at: number
  /** After the name. */
  readonly nameEnd: number
  /** After the `>`. */
  readonly end: number
  readonly empty: boolean
}

const MARKUP = 0x3c
const GREATER = 0x3e
const SLASH = 0x2f
const BANG = 0x21
const QUESTION = 0x3f
const EQUALS = 0x3d
const COLON = 0x3a
const QUOTE = 0x22
const APOSTROPHE = 0x27

/** Bytes that end a name. */
const ENDS_NAME = new Uint8Array(256)
for (const character of ' \t\r\n/>=<"\'&') ENDS_NAME[character.charCodeAt(0)] = 1

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09

/** The declarations of one element as offsets: start and end of the prefix, start and end of the namespace, and so on. */
type Declarations = readonly number[]

/** One scan from the start of a document to the first child of the Body. */
export class EnvelopeScan {
  readonly #bytes: Buffer
  #at = 0
  /** Of the elements around the place reached, outermost first. */
  readonly #scopes: Declarations[] = []

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  run(charset: string | undefined): PeekedEnvelope | undefined {
    if (!this.#prolog(charset)) return undefined
    const root = this.#nextTag()
    const name = root && this.#nameOf(root)
    if (name === undefined) return undefined
    const soap = name.name === 'Envelope' ? SOAP_VERSIONS.get(name.namespace) : undefined
    if (soap === undefined) return { soap, operation: name, place: undefined, bodyAt: undefined }
    return root === undefined || root.empty ? undefined : this.#envelope(name, soap)
  }

  /** Looks at the children of the envelope up to the Body. */
  #envelope({ namespace, prefix }: PeekedName, soap: '1.1' | '1.2'): PeekedEnvelope | undefined {
    const header = prefix === '' ? 'Header' : `${prefix}:Header`
    let place: HeaderPlace | undefined
    for (;;) {
      const child = this.#nextTag()
      const name = child && this.#nameOf(child)
      if (child === undefined || name === undefined) return undefined
      const ours = name.namespace === namespace
      if (ours && name.name === 'Body') {
        place ??= { at: child.at, until: child.at, before: `<${header}>`, after: `</${header}>` }
        return this.#body(child, soap, place)
      }
      if (ours && name.name === 'Header') place ??= placeIn(child, name)
      if (!child.empty && !this.#skipContent()) return undefined
      this.#scopes.pop()
    }
  }

  #body(body: StartTag, soap: '1.1' | '1.2', place: HeaderPlace): PeekedEnvelope | undefined {
    if (body.empty) return { soap, operation: undefined, place, bodyAt: body.at }
    const markup = this.#nextMarkup()
    if (markup < 0) return undefined
    if (this.#bytes[markup + 1] === SLASH) return { soap, operation: undefined, place, bodyAt: body.at }
    const child = this.#nextTag()
    const operation = child && this.#nameOf(child)
    return operation && { soap, operation, place, bodyAt: body.at }
  }

  /** Passes the byte order mark and the XML declaration; false when the encoding is none that can be read here. */
  #prolog(charset: string | undefined): boolean {
    const bytes = this.#bytes
    const marked = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf
    if (marked) this.#at = 3
    let encoding = charset
    if (bytes[this.#at] === MARKUP && bytes[this.#at + 1] === QUESTION) {
      const end = bytes.indexOf('?>', this.#at)
      if (end < 0) return false
      const declaration = bytes.toString('latin1', this.#at, Math.min(end, this.#at + 200))
      if (/^<\?xml\s/.test(declaration)) {
        this.#at = end + 2
        encoding ??= /\sencoding\s*=\s*["']([^"']*)["']/.exec(declaration)?.[1]
      }
    }
    return marked || encoding === undefined || /^(?:utf-?8|(?:us-)?ascii)$/i.test(encoding)
  }

  /** The offset of the next `<` of a tag, comments and the like passed; -1 when there is none that can be told. */
  #nextMarkup(): number {
    const bytes = this.#bytes
    for (;;) {
      let at = this.#scopes.length === 0 ? this.#afterSpace(this.#at) : this.#at
      if (this.#scopes.length === 0 && bytes[at] !== MARKUP) return -1
      while (at < bytes.length && bytes[at] !== MARKUP) at++
      if (at === bytes.length) return -1
      const next = bytes[at + 1]
      this.#at = at
      if (next !== BANG && next !== QUESTION) return at
      const end = this.#afterSpecial(at)
      if (end < 0) return -1
      this.#at = end
    }
  }

  /** After a comment, instruction or CDATA section; -1 for a DTD and for what does not end. */
  #afterSpecial(at: number): number {
    const bytes = this.#bytes
    if (bytes[at + 1] === QUESTION) return after(bytes.indexOf('?>', at + 2), 2)
    if (bytes[at + 2] === 0x2d && bytes[at + 3] === 0x2d) return after(bytes.indexOf('-->', at + 4), 3)
    const isSection = bytes.toString('latin1', at + 2, at + 9) === '[CDATA['
    return isSection ? after(bytes.indexOf(']]>', at + 9), 3) : -1
  }

  /** The next start tag. Its declarations come into scope. */
  #nextTag(): StartTag | undefined {
    const at = this.#nextMarkup()
    if (at < 0 || this.#bytes[at + 1] === SLASH) return undefined
    const nameEnd = this.#endOfName(at + 1)
    const declarations: number[] = []
    this.#at = nameEnd
    const empty = this.#attributes(declarations)
    if (empty === undefined) return undefined
    this.#scopes.push(declarations)
    return { at, nameEnd, end: this.#at, empty }
  }

  #endOfName(from: number): number {
    let at = from
    while (at < this.#bytes.length && ENDS_NAME[this.#bytes[at] ?? 0] === 0) at++
    return at
  }

  #afterSpace(from: number): number {
    let at = from
    while (isSpace(this.#bytes[at])) at++
    return at
  }

  /** Passes the rest of a start tag and collects its declarations; whether it ended with `/>`, undefined when it is wrong. */
  #attributes(declarations: number[] | undefined): boolean | undefined {
    const bytes = this.#bytes
    for (;;) {
      const at = this.#afterSpace(this.#at)
      if (bytes[at] === GREATER) {
        this.#at = at + 1
        return false
      }
      if (bytes[at] === SLASH) {
        this.#at = at + 2
        return bytes[at + 1] === GREATER ? true : undefined
      }
      const nameEnd = this.#endOfName(at)
      const equals = this.#afterSpace(nameEnd)
      if (nameEnd === at || bytes[equals] !== EQUALS) return undefined
      const start = this.#afterSpace(equals + 1)
      const quote = bytes[start]
      if (quote !== QUOTE && quote !== APOSTROPHE) return undefined
      let end = start + 1
      while (end < bytes.length && bytes[end] !== quote) end++
      if (end === bytes.length) return undefined
      if (declarations !== undefined && !this.#declare(declarations, at, nameEnd, start + 1, end)) return undefined
      this.#at = end + 1
    }
  }

  /** Notes an attribute that declares a namespace; false when its value is not simply what is written. */
  #declare(declarations: number[], at: number, nameEnd: number, start: number, end: number): boolean {
    const bytes = this.#bytes
    if (bytes[at] !== 0x78 || bytes[at + 1] !== 0x6d || bytes[at + 2] !== 0x6c) return true
    if (bytes[at + 3] !== 0x6e || bytes[at + 4] !== 0x73) return true
    if (nameEnd > at + 5 && bytes[at + 5] !== COLON) return true
    for (let i = start; i < end; i++) {
      const byte = bytes[i] ?? 0
      if (byte < 0x20 || byte === 0x26 || byte === MARKUP) return false
    }
    declarations.push(Math.min(at + 6, nameEnd), nameEnd, start, end)
    return true
  }

  /** The name of an element whose declarations are in scope; undefined when it is no name, or its prefix not declared. */
  #nameOf({ at, nameEnd }: StartTag): PeekedName | undefined {
    const text = this.#bytes.toString('utf8', at + 1, nameEnd)
    if (!isQName(text)) return undefined
    const colon = text.indexOf(':')
    const prefix = colon < 0 ? '' : text.slice(0, colon)
    const namespace = this.#namespaceOf(prefix, at + 1, colon < 0 ? at + 1 : this.#bytes.indexOf(COLON, at))
    return namespace === undefined ? undefined : { name: text.slice(colon + 1), namespace, prefix }
  }

  /** The namespace of the prefix that is written between two offsets. */
  #namespaceOf(prefix: string, start: number, end: number): string | undefined {
    if (prefix === 'xml') return XML_NAMESPACE
    for (let depth = this.#scopes.length - 1; depth >= 0; depth--) {
      const declarations = this.#scopes[depth] ?? []
      for (let i = 0; i < declarations.length; i += 4) {
        if (!this.#same(start, end, declarations[i] ?? 0, declarations[i + 1] ?? 0)) continue
        return this.#bytes.toString('utf8', declarations[i + 2], declarations[i + 3])
      }
    }
    return prefix === '' ? '' : undefined
  }

  #same(start: number, end: number, otherStart: number, otherEnd: number): boolean {
    if (end - start !== otherEnd - otherStart) return false
    for (let i = start; i < end; i++) if (this.#bytes[i] !== this.#bytes[otherStart + i - start]) return false
    return true
  }

  /** Passes the content and the end tag of the element whose start tag was read last. */
  #skipContent(): boolean {
    const bytes = this.#bytes
    for (let depth = 1; depth > 0;) {
      const at = this.#nextMarkup()
      if (at < 0) return false
      if (bytes[at + 1] === SLASH) {
        let end = at
        while (end < bytes.length && bytes[end] !== GREATER) end++
        if (end === bytes.length) return false
        this.#at = end + 1
        depth--
      } else {
        this.#at = this.#endOfName(at + 1)
        const empty = this.#attributes(undefined)
        if (empty === undefined) return false
        if (!empty) depth++
      }
    }
    return true
  }
}

const after = (found: number, length: number): number => (found < 0 ? -1 : found + length)

function placeIn({ end, empty }: StartTag, { name, prefix }: PeekedName): HeaderPlace {
  if (!empty) return { at: end, until: end, before: '', after: '' }
  return { at: end - 2, until: end, before: '>', after: `</${prefix === '' ? name : `${prefix}:${name}`}>` }
}
