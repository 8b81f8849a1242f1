import { XML_LIMITS } from './limits.ts'
import * as byte from './tape-bytes.ts'
import { afterSpace, endOfText, endOfValue, isClean } from './tape-bytes.ts'
import * as tape from './tape-format.ts'
import { cookAttribute } from './tape-format.ts'
import { TapeNames } from './tape-names.ts'
import * as kind from './tree.ts'

// Imported constants are looked up anew at every use, which the loops would feel.
const { BANG, DASH, ENDS_NAME, EQUALS, GREATER, MARKUP, QUESTION, SLASH, WRONG } = byte
const { AFTER, COOKED, END, KIND_SHIFT, NAME_MASK, PARENT, RECORD, SECTION, START } = tape
const { ATTRIBUTE, COMMENT, ELEMENT, INSTRUCTION, TEXT } = kind

const XML_DECLARATION =
  /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"1\.[0-9]+"|'1\.[0-9]+')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"(?:[Uu][Tt][Ff]-8|[Uu][Ss]-[Aa][Ss][Cc][Ii][Ii])"|'(?:[Uu][Tt][Ff]-8|[Uu][Ss]-[Aa][Ss][Cc][Ii][Ii])'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/

const QUOTE = 0x22
const APOSTROPHE = 0x27
const CR = 0x0d

/**
 * Writes the tape of a document whose bytes are UTF-8. Methods return the offset they reached, or -1 when the document is not
 * well-formed, exceeds a limit or is beyond what the tape does; there is no exception and no message, since the parser of the
 * tree is asked next and tells the reason.
 */
export class TapeWriter {
  readonly names: TapeNames
  records: Int32Array
  /** How much of `records` is used. */
  length = 0
  hasInstructions = false
  readonly #bytes: Buffer
  #parent = -1
  #depth = 0
  #hasRoot = false

  constructor(bytes: Buffer) {
    this.#bytes = bytes
    this.names = new TapeNames(bytes)
    this.records = new Int32Array(RECORD * Math.max(64, bytes.length >> 3))
  }

  /** Whether the whole document has been written. */
  run(): boolean {
    const bytes = this.#bytes
    const { length } = bytes
    let at = this.#prolog()
    while (at >= 0 && at < length) {
      if (bytes[at] !== MARKUP) {
        at = this.#characters(at)
        if (at < 0 || at === length) break
      }
      if (at + 1 === length) return false
      const next = bytes[at + 1]
      if (next === SLASH) at = this.#endTag(at)
      else if (next === BANG) at = this.#bang(at)
      else if (next === QUESTION) at = this.#instruction(at)
      else at = this.#startTag(at)
    }
    return at === length && this.#parent < 0 && this.#hasRoot
  }

  #prolog(): number {
    const bytes = this.#bytes
    const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0
    if (bytes.toString('latin1', start, start + 5) !== '<?xml' || ENDS_NAME[bytes[start + 5] as number] === 0)
      return start
    const end = bytes.indexOf('?>', start) + 2
    if (end < 2 || end > start + 200) return WRONG
    return XML_DECLARATION.test(bytes.toString('latin1', start, end)) ? end : WRONG
  }

  #write(kind: number, name: number, start: number, end: number): number {
    const at = this.length
    if (at === this.records.length) this.#grow()
    const { records } = this
    records[at] = (kind << KIND_SHIFT) | name
    records[at + PARENT] = this.#parent
    records[at + AFTER] = this.length = at + RECORD
    records[at + START] = start
    records[at + END] = end
    return at
  }

  #grow(): void {
    const records = new Int32Array(this.records.length * 2)
    records.set(this.records)
    this.records = records
  }

  /** What stands before the next `<`: text, or outside of the root element white space. */
  #characters(from: number): number {
    if (this.#parent < 0) {
      const at = afterSpace(this.#bytes, from)
      return at === this.#bytes.length || this.#bytes[at] === MARKUP ? at : WRONG
    }
    const end = endOfText(this.#bytes, from)
    if (end < 0) return WRONG
    this.#write(TEXT, (end & 1) * COOKED, from, end >> 1)
    return end >> 1
  }

  #startTag(at: number): number {
    const bytes = this.#bytes
    if (this.#parent < 0) {
      if (this.#hasRoot) return WRONG
      this.#hasRoot = true
    }
    const { names } = this
    const written = names.read(at + 1)
    const { end } = names
    if (written < 0 || ++this.#depth > XML_LIMITS.depth || this.length >= XML_LIMITS.nodes * RECORD) return WRONG
    const parent = this.#parent
    // Until the element ends its record keeps the scope outside of it.
    const element = this.#write(ELEMENT, 0, at, names.scope)
    this.#parent = element
    const after = end < bytes.length && bytes[end] === GREATER ? end + 1 : this.#attributes(end)
    if (after < 0) return WRONG
    const name = names.element(written)
    if (name < 0 || name > NAME_MASK) return WRONG
    if (this.length > element + RECORD && !this.#resolveAttributes(element + RECORD)) return WRONG
    this.records[element] = (ELEMENT << KIND_SHIFT) | name
    if (bytes[after - 2] === SLASH && bytes[after - 1] === GREATER) this.#close(element, parent, after)
    return after
  }

  #close(element: number, parent: number, end: number): void {
    const { records } = this
    const scope = records[element + END] as number
    if (this.names.scope !== scope) this.names.leave(scope)
    records[element + AFTER] = this.length
    records[element + END] = end
    this.#parent = parent
    this.#depth--
  }

  /** Reads what follows the name of an element, up to the end of the tag. */
  #attributes(from: number): number {
    const bytes = this.#bytes
    const { names } = this
    let at = from
    for (;;) {
      const start = afterSpace(bytes, at)
      if (start === bytes.length) return WRONG
      const byte = bytes[start]
      if (byte === GREATER) return start + 1
      if (byte === SLASH) return bytes[start + 1] === GREATER ? start + 2 : WRONG
      if (start === at) return WRONG
      const written = names.read(start)
      const equals = afterSpace(bytes, names.end)
      if (written < 0 || bytes[equals] !== EQUALS) return WRONG
      at = this.#value(written, afterSpace(bytes, equals + 1))
      if (at < 0) return WRONG
    }
  }

  /** An attribute's value whose quote is at `open`. The record holds the name as written until the tag ends. */
  #value(written: number, open: number): number {
    const quote = this.#bytes[open]
    if (quote !== QUOTE && quote !== APOSTROPHE) return WRONG
    const end = endOfValue(this.#bytes, open + 1, quote)
    if (end < 0) return WRONG
    const cooked = (end & 1) === 1
    const declares = this.names.declares(written)
    if (declares >= 0) {
      if (!this.#declare(declares, open + 1, end >> 1, cooked)) return WRONG
    } else if (written > NAME_MASK) return WRONG
    else this.#write(ATTRIBUTE, written | (cooked ? COOKED : 0), open + 1, end >> 1)
    return (end >> 1) + 1
  }

  #declare(prefix: number, start: number, end: number, cooked: boolean): boolean {
    const raw = this.#bytes.toString('utf8', start, end)
    const scope = this.records[this.#parent + END] as number
    return this.names.declare(prefix, cooked ? cookAttribute(raw) : raw, scope)
  }

  /** Gives the attributes of an element their names, and looks for two of the same. */
  #resolveAttributes(first: number): boolean {
    const { records, names } = this
    const count = (this.length - first) / RECORD
    if (count > XML_LIMITS.attributes) return false
    const seen = count > 12 ? new Set<string>() : undefined
    for (let at = first; at < this.length; at += RECORD) {
      const record = records[at] ?? 0
      const name = names.attribute(record & NAME_MASK)
      if (name < 0 || name > NAME_MASK) return false
      records[at] = (record & ~NAME_MASK) | name
      if (
        seen === undefined
          ? this.#isRepeated(first, at, name)
          : isKnown(seen, `${names.namespace(name)} ${names.local(name)}`)
      )
        return false
    }
    return true
  }

  #isRepeated(first: number, at: number, name: number): boolean {
    const { records, names } = this
    for (let other = first; other < at; other += RECORD) {
      const found = (records[other] ?? 0) & NAME_MASK
      if (names.same(found, name)) return true
    }
    return false
  }

  #endTag(at: number): number {
    const { records } = this
    const bytes = this.#bytes
    const element = this.#parent
    if (element < 0) return WRONG
    const endsName = ENDS_NAME
    const { length } = bytes
    let other = ((records[element + START] as number) | 0) + 1
    let end = at + 2
    while (end < length) {
      const byte = bytes[other++] as number
      if (endsName[byte] !== 0) break
      if (bytes[end++] !== byte) return WRONG
    }
    end = afterSpace(bytes, end)
    if (end === length || bytes[end] !== GREATER) return WRONG
    this.#close(element, records[element + PARENT] ?? -1, end + 1)
    return end + 1
  }

  #bang(at: number): number {
    const bytes = this.#bytes
    if (bytes[at + 2] === DASH && bytes[at + 3] === DASH) {
      const end = bytes.indexOf('--', at + 4)
      if (end < 0 || bytes[end + 2] !== GREATER || !isClean(bytes, at + 4, end)) return WRONG
      this.#write(COMMENT, this.#verbatim(at + 4, end), at + 4, end)
      return end + 3
    }
    if (this.#parent < 0 || bytes.toString('latin1', at + 2, at + 9) !== '[CDATA[') return WRONG
    const end = bytes.indexOf(']]>', at + 9)
    if (end < 0 || !isClean(bytes, at + 9, end)) return WRONG
    // There are no empty texts in the data model.
    if (end > at + 9) this.#write(TEXT, this.#verbatim(at + 9, end), at + 9, end)
    return end + 3
  }

  /** The flags of what holds no references: only line ends are to be changed. */
  #verbatim(start: number, end: number): number {
    return this.#bytes.subarray(start, end).includes(CR) ? SECTION | COOKED : SECTION
  }

  #instruction(at: number): number {
    const bytes = this.#bytes
    const end = bytes.indexOf('?>', at + 2)
    if (end < 0 || !isClean(bytes, at + 2, end)) return WRONG
    const written = this.names.read(at + 2)
    const nameEnd = this.names.end
    if (written < 0 || written > NAME_MASK || this.names.isReserved(written)) return WRONG
    if (nameEnd < end && afterSpace(bytes, nameEnd) === nameEnd) return WRONG
    const start = Math.min(afterSpace(bytes, nameEnd), end)
    this.#write(INSTRUCTION, this.#verbatim(start, end), start, end)
    this.hasInstructions = true
    return end + 2
  }
}

function isKnown(seen: Set<string>, key: string): boolean {
  if (seen.has(key)) return true
  seen.add(key)
  return false
}
