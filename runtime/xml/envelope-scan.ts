import { isQName } from './names.ts'
import { isWritten, PeekNamespaces, UNDECLARED } from './peek-namespaces.ts'

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

/** A start tag; offsets into the bytes. */
export interface StartTag {
  readonly at: number
  /** Of the local name: after the colon, or after the `<`. */
  readonly local: number
  /** After the name. */
  readonly nameEnd: number
  /** After the `>`. */
  readonly end: number
  readonly empty: boolean
}

/** The tags of an envelope: what stands before the Body is all that concerns the header. */
export interface EnvelopeTags {
  readonly envelope: StartTag
  readonly header: StartTag | undefined
  readonly body: StartTag
  /** There are header blocks. */
  readonly headed: boolean
}

export interface PeekedEnvelope extends Peek {
  readonly tags: EnvelopeTags | undefined
}

const ENVELOPE = Buffer.from('Envelope')
const HEADER = Buffer.from('Header')
const BODY = Buffer.from('Body')

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

/** One scan from the start of a document to the first child of the Body. */
export class EnvelopeScan {
  readonly #bytes: Buffer
  #at = 0
  readonly #namespaces: PeekNamespaces
  #depth = 0

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.#namespaces = new PeekNamespaces(bytes)
  }

  run(charset: string | undefined): PeekedEnvelope | undefined {
    if (!this.#prolog(charset)) return undefined
    const root = this.#nextTag()
    if (root === undefined) return undefined
    const soap = this.#isNamed(root, ENVELOPE) ? this.#namespaces.soap(this.#namespaceOf(root)) : undefined
    if (soap !== undefined) return root.empty ? undefined : this.#envelope(root, soap)
    const operation = this.#nameOf(root)
    return operation && { soap, operation, tags: undefined }
  }

  /** Looks at the children of the envelope up to the Body. */
  #envelope(envelope: StartTag, soap: '1.1' | '1.2'): PeekedEnvelope | undefined {
    const { mark } = this.#namespaces
    let header: StartTag | undefined
    let headed = false
    for (;;) {
      const child = this.#nextTag()
      const namespace = child === undefined ? UNDECLARED : this.#namespaceOf(child)
      if (child === undefined || namespace === UNDECLARED) return undefined
      const ours = this.#namespaces.soap(namespace) === soap
      if (ours && this.#isNamed(child, BODY)) return this.#body(soap, { envelope, header, body: child, headed })
      const blocks = child.empty ? 0 : this.#skipContent()
      if (blocks < 0) return undefined
      if (ours && this.#isNamed(child, HEADER)) {
        header ??= child
        headed ||= blocks > 0
      }
      this.#namespaces.leave(mark)
      this.#depth--
    }
  }

  #body(soap: '1.1' | '1.2', tags: EnvelopeTags): PeekedEnvelope | undefined {
    const nothing = { soap, operation: undefined, tags }
    if (tags.body.empty) return nothing
    const markup = this.#nextMarkup()
    if (markup < 0) return undefined
    if (this.#bytes[markup + 1] === SLASH) return nothing
    const child = this.#nextTag()
    const operation = child && this.#nameOf(child)
    return operation && { soap, operation, tags }
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
      let at = this.#depth === 0 ? this.#afterSpace(this.#at) : this.#at
      if (this.#depth === 0 && bytes[at] !== MARKUP) return -1
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
    const bytes = this.#bytes
    const at = this.#nextMarkup()
    if (at < 0 || bytes[at + 1] === SLASH) return undefined
    const nameEnd = this.#endOfName(at + 1)
    let local = at + 1
    for (let i = at + 1; i < nameEnd; i++) if (bytes[i] === COLON) local = i + 1
    this.#at = nameEnd
    const empty = this.#attributes(true)
    if (empty === undefined) return undefined
    this.#depth++
    return { at, local, nameEnd, end: this.#at, empty }
  }

  #endOfName(from: number): number {
    const bytes = this.#bytes
    const { length } = bytes
    let at = from
    while (at < length && ENDS_NAME[bytes[at] as number] === 0) at++
    return at
  }

  #afterSpace(from: number): number {
    let at = from
    while (isSpace(this.#bytes[at])) at++
    return at
  }

  /** Passes the rest of a start tag and may collect its declarations; whether it ended with `/>`, undefined when it is wrong. */
  #attributes(collect: boolean): boolean | undefined {
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
      if (collect && !this.#namespaces.declare(at, nameEnd, start + 1, end)) return undefined
      this.#at = end + 1
    }
  }

  /** The name of an element whose declarations are in scope; undefined when it is no name, or its prefix not declared. */
  #nameOf(tag: StartTag): PeekedName | undefined {
    const { at, local, nameEnd } = tag
    const text = this.#bytes.toString('utf8', at + 1, nameEnd)
    const declaration = this.#namespaceOf(tag)
    if (declaration === UNDECLARED || !isQName(text)) return undefined
    const prefix = local === at + 1 ? '' : text.slice(0, text.indexOf(':'))
    return {
      name: text.slice(prefix === '' ? 0 : prefix.length + 1),
      namespace: this.#namespaces.text(declaration),
      prefix,
    }
  }

  #namespaceOf({ at, local }: StartTag): number {
    return this.#namespaces.find(at + 1, Math.max(local - 1, at + 1))
  }

  #isNamed({ local, nameEnd }: StartTag, name: Buffer): boolean {
    return isWritten(this.#bytes, local, nameEnd, name)
  }

  /** Passes the content and the end tag of the element whose start tag was read last. The number of its children; -1: no end. */
  #skipContent(): number {
    const bytes = this.#bytes
    let children = 0
    for (let depth = 1; depth > 0;) {
      const at = this.#nextMarkup()
      if (at < 0) return -1
      if (bytes[at + 1] === SLASH) {
        let end = at
        while (end < bytes.length && bytes[end] !== GREATER) end++
        if (end === bytes.length) return -1
        this.#at = end + 1
        depth--
      } else {
        if (depth === 1) children++
        this.#at = this.#endOfName(at + 1)
        const empty = this.#attributes(false)
        if (empty === undefined) return -1
        if (!empty) depth++
      }
    }
    return children
  }
}

const after = (found: number, length: number): number => (found < 0 ? -1 : found + length)
