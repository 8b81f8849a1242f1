import { FORBIDDEN_CHARACTER } from './names.ts'
import { expand } from './references.ts'
import { XmlError } from './xml-error.ts'

export const SPACE = 0x20
export const TAB = 0x09
export const LINE_FEED = 0x0a

/** White space of XML after line ends have been made LF. */
export const isSpace = (code: number): boolean => code === SPACE || code === LINE_FEED || code === TAB

/** A text that is parsed: what the parts of the parser share. */
export class XmlSource {
  readonly text: string
  readonly #ampersand: Lookout
  readonly #sectionEnd: Lookout
  readonly #tab: Lookout
  readonly #lineFeed: Lookout

  /** Line ends become LF (XML 1.0 section 2.11). Throws {@link XmlError} for characters that XML does not allow. */
  constructor(text: string) {
    this.text = text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text
    const forbidden = this.text.search(FORBIDDEN_CHARACTER)
    if (forbidden >= 0) this.fail(forbidden, 'XML does not allow this character')
    if (!this.text.isWellFormed()) this.fail(this.text.search(/\p{Surrogate}/u), 'half of a surrogate pair')
    this.#ampersand = new Lookout(this.text, '&')
    this.#sectionEnd = new Lookout(this.text, ']]>')
    this.#tab = new Lookout(this.text, '\t')
    this.#lineFeed = new Lookout(this.text, '\n')
  }

  /** A property, so that it can be handed on. */
  readonly fail = (at: number, reason: string): never => {
    throw XmlError.at(this.text, at, reason)
  }

  /** The position of the next `<`, the length of the text when there is none. */
  tagFrom(at: number): number {
    const tag = this.text.indexOf('<', at)
    return tag < 0 ? this.text.length : tag
  }

  afterSpace(at: number): number {
    while (isSpace(this.text.charCodeAt(at))) at++
    return at
  }

  /** Character data without markup. */
  characters(start: number, end: number): string {
    const sectionEnd = this.#sectionEnd.from(start)
    if (sectionEnd < end) this.fail(sectionEnd, ']]> in text: write ]]&gt;')
    const ampersand = this.#ampersand.from(start)
    return ampersand < end ? expand(this.text, start, end, ampersand, this.fail) : this.text.slice(start, end)
  }

  /** The value of an attribute written between `start` and `end`: white space becomes blanks (XML 1.0 section 3.3.3). */
  attributeValue(start: number, end: number): string {
    const value = this.text.slice(start, end)
    const ampersand = this.#ampersand.from(start)
    if (this.#lineFeed.from(start) > end && this.#tab.from(start) > end && ampersand > end) return value
    const line = value.replace(/[\t\n]/g, ' ')
    if (ampersand > end) return line
    return expand(line, 0, line.length, ampersand - start, (at, reason) => this.fail(start + at, reason))
  }
}

/** The next occurrence of something in a text that is read forwards: many questions, one search. */
class Lookout {
  readonly #text: string
  readonly #what: string
  #at: number

  constructor(text: string, what: string) {
    this.#text = text
    this.#what = what
    this.#at = this.#search(0)
  }

  /** The first occurrence from `start` on, Infinity when there is none. `start` never decreases. */
  from(start: number): number {
    if (this.#at < start) this.#at = this.#search(start)
    return this.#at
  }

  #search(start: number): number {
    const at = this.#text.indexOf(this.#what, start)
    return at < 0 ? Infinity : at
  }
}
