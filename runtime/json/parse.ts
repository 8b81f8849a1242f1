import { type JsonArray, JsonNumber, type JsonObject, type JsonValue, jsonNumber } from './value.ts'

/** How deep arrays and objects may nest; the same as for XML elements. */
export const MAX_JSON_DEPTH = 512

/** Values of one document, those inside of others counted: each costs a hundred bytes and more. */
export const MAX_JSON_VALUES = 1_000_000

/** The text is not JSON (RFC 8259), or nests too deep. `offset` counts UTF-16 units. */
export class JsonError extends Error {
  override readonly name = 'JsonError'
  readonly offset: number

  constructor(message: string, offset: number) {
    super(`${message} at offset ${offset}`)
    this.offset = offset
  }
}

/** Reads strict JSON. Of repeated keys the last one wins. Throws {@link JsonError}. */
export function parseJson(text: string): JsonValue {
  const reader = new Reader(text)
  const value = reader.value(0)
  reader.end()
  return value
}

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44
const COLON = 58
const ARRAY = 91
const ARRAY_END = 93
const OBJECT = 123
const OBJECT_END = 125
const MINUS = 45

const ESCAPES: ReadonlyMap<number, string> = new Map([
  [QUOTE, '"'],
  [BACKSLASH, '\\'],
  [47, '/'],
  [98, '\b'],
  [102, '\f'],
  [110, '\n'],
  [114, '\r'],
  [116, '\t'],
])

const isDigit = (code: number): boolean => code >= 48 && code <= 57

class Reader {
  readonly #text: string
  #at = 0
  #values = 0

  constructor(text: string) {
    this.#text = text
  }

  value(depth: number): JsonValue {
    const code = this.#skipBlank()
    if (++this.#values > MAX_JSON_VALUES) this.#fail(`more than ${MAX_JSON_VALUES} values`)
    switch (code) {
      case OBJECT:
        return this.#object(this.#deeper(depth))
      case ARRAY:
        return this.#array(this.#deeper(depth))
      case QUOTE:
        return this.#string()
      case 116:
        return this.#word('true', true)
      case 102:
        return this.#word('false', false)
      case 110:
        return this.#word('null', null)
      default:
        if (code === MINUS || isDigit(code)) return this.#number()
        return this.#fail(Number.isNaN(code) ? 'the text ends early' : 'unexpected character')
    }
  }

  end(): void {
    if (!Number.isNaN(this.#skipBlank())) this.#fail('text after the value')
  }

  #fail(message: string): never {
    throw new JsonError(message, this.#at)
  }

  #deeper(depth: number): number {
    if (depth >= MAX_JSON_DEPTH) this.#fail(`nested deeper than ${MAX_JSON_DEPTH}`)
    this.#at++
    return depth + 1
  }

  /** The next code that is no white space; NaN at the end. */
  #skipBlank(): number {
    const text = this.#text
    let code = text.charCodeAt(this.#at)
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++this.#at)
    return code
  }

  #word<V>(word: string, value: V): V {
    if (!this.#text.startsWith(word, this.#at)) this.#fail('unexpected character')
    this.#at += word.length
    return value
  }

  #array(depth: number): JsonArray {
    const items: JsonArray = []
    if (this.#skipBlank() === ARRAY_END) {
      this.#at++
      return items
    }
    for (;;) {
      items.push(this.value(depth))
      const code = this.#skipBlank()
      if (code !== COMMA && code !== ARRAY_END) this.#fail('expected , or ]')
      this.#at++
      if (code === ARRAY_END) return items
    }
  }

  #object(depth: number): JsonObject {
    const members: JsonObject = new Map()
    if (this.#skipBlank() === OBJECT_END) {
      this.#at++
      return members
    }
    for (;;) {
      if (this.#skipBlank() !== QUOTE) this.#fail('expected a key in double quotes')
      const key = this.#string()
      if (this.#skipBlank() !== COLON) this.#fail('expected :')
      this.#at++
      members.set(key, this.value(depth))
      const code = this.#skipBlank()
      if (code !== COMMA && code !== OBJECT_END) this.#fail('expected , or }')
      this.#at++
      if (code === OBJECT_END) return members
    }
  }

  #string(): string {
    const text = this.#text
    const start = ++this.#at
    let at = start
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) return this.#escaped(start, at)
      if (!(code >= 32)) this.#badCharacter(at)
      at++
    }
    this.#at = at + 1
    return text.slice(start, at)
  }

  #badCharacter(at: number): never {
    this.#at = at
    return this.#fail(at >= this.#text.length ? 'the text ends inside a string' : 'control character in a string')
  }

  #escaped(start: number, first: number): string {
    const text = this.#text
    let value = ''
    let from = start
    let at = first
    for (;;) {
      const code = text.charCodeAt(at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        value += text.slice(from, at) + this.#escape(at)
        at = from = at + (text[at + 1] === 'u' ? 6 : 2)
      } else if (code >= 32) at++
      else this.#badCharacter(at)
    }
    this.#at = at + 1
    return value + text.slice(from, at)
  }

  #escape(at: number): string {
    const text = this.#text
    const simple = ESCAPES.get(text.charCodeAt(at + 1))
    if (simple !== undefined) return simple
    const hex = text.slice(at + 2, at + 6)
    this.#at = at
    if (text[at + 1] !== 'u' || !/^[0-9A-Fa-f]{4}$/.test(hex)) this.#fail('wrong escape in a string')
    return String.fromCharCode(Number.parseInt(hex, 16))
  }

  #number(): number | JsonNumber {
    const text = this.#text
    const start = this.#at
    let at = start
    if (text.charCodeAt(at) === MINUS) at++
    if (text.charCodeAt(at) === 48) at++
    else at = this.#digits(at)
    let whole = true
    if (text[at] === '.') {
      whole = false
      at = this.#digits(at + 1)
    }
    if (text[at] === 'e' || text[at] === 'E') {
      whole = false
      at++
      if (text[at] === '+' || text[at] === '-') at++
      at = this.#digits(at)
    }
    this.#at = at
    const lexeme = text.slice(start, at)
    if (whole && at - start < 16 && lexeme !== '-0') return Number(lexeme)
    return jsonNumber(lexeme)
  }

  /** Skips one digit or more. */
  #digits(from: number): number {
    const text = this.#text
    let at = from
    while (isDigit(text.charCodeAt(at))) at++
    if (at > from) return at
    this.#at = at
    return this.#fail('expected a digit')
  }
}
