import { XML_NAMESPACE } from './tree.ts'

/** A declaration is four offsets: start and end of its prefix, start and end of its namespace. */
const FIELDS = 4

/** What is found in place of a declaration: no namespace, that of the prefix xml, none that is known. */
const NONE = -1
const XML = -2
export const UNDECLARED = -3

const SOAP11 = Buffer.from('http://schemas.xmlsoap.org/soap/envelope/')
const SOAP12 = Buffer.from('http://www.w3.org/2003/05/soap-envelope')
const XML_PREFIX = Buffer.from('xml')

const COLON = 0x3a
const AMPERSAND = 0x26
const MARKUP = 0x3c

/** The namespaces in scope while the start of a document is looked at: offsets of declarations, no strings. */
export class PeekNamespaces {
  readonly #bytes: Buffer
  readonly #offsets: number[] = []

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  /** How many declarations are in scope, for {@link leave}. */
  get mark(): number {
    return this.#offsets.length
  }

  /** Ends the scope of all declarations after the mark. */
  leave(mark: number): void {
    this.#offsets.length = mark
  }

  /** Notes an attribute that declares a namespace; false when its value is not simply what is written. */
  declare(at: number, nameEnd: number, start: number, end: number): boolean {
    const bytes = this.#bytes
    if (bytes[at] !== 0x78 || bytes[at + 1] !== 0x6d || bytes[at + 2] !== 0x6c) return true
    if (bytes[at + 3] !== 0x6e || bytes[at + 4] !== 0x73) return true
    if (nameEnd > at + 5 && bytes[at + 5] !== COLON) return true
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number
      if (byte < 0x20 || byte === AMPERSAND || byte === MARKUP) return false
    }
    this.#offsets.push(Math.min(at + 6, nameEnd), nameEnd, start, end)
    return true
  }

  /** The number of the declaration of the prefix written between two offsets. */
  find(start: number, end: number): number {
    const offsets = this.#offsets
    for (let i = offsets.length - FIELDS; i >= 0; i -= FIELDS)
      if (this.#same(start, end, offsets[i] as number, offsets[i + 1] as number)) return i
    if (start === end) return NONE
    return isWritten(this.#bytes, start, end, XML_PREFIX) ? XML : UNDECLARED
  }

  text(declaration: number): string {
    if (declaration < 0) return declaration === XML ? XML_NAMESPACE : ''
    return this.#bytes.toString('utf8', this.#offsets[declaration + 2], this.#offsets[declaration + 3])
  }

  /** The version of SOAP whose envelope is in the namespace. */
  soap(declaration: number): '1.1' | '1.2' | undefined {
    if (declaration < 0) return undefined
    const start = this.#offsets[declaration + 2] as number
    const end = this.#offsets[declaration + 3] as number
    if (isWritten(this.#bytes, start, end, SOAP11)) return '1.1'
    return isWritten(this.#bytes, start, end, SOAP12) ? '1.2' : undefined
  }

  #same(start: number, end: number, otherStart: number, otherEnd: number): boolean {
    if (end - start !== otherEnd - otherStart) return false
    const bytes = this.#bytes
    for (let i = start; i < end; i++) if (bytes[i] !== bytes[otherStart + i - start]) return false
    return true
  }
}

/** Whether `text` is what stands between two offsets. */
export function isWritten(bytes: Buffer, start: number, end: number, text: Buffer): boolean {
  const { length } = text
  if (end - start !== length) return false
  for (let i = 0; i < length; i++) if (bytes[start + i] !== text[i]) return false
  return true
}
