import type { Span } from '../diagnostic.ts'

/** A JSON value together with where it is written. */
export type JsonNode =
  | { readonly kind: 'object'; readonly at: Span; readonly members: readonly JsonMember[] }
  | { readonly kind: 'array'; readonly at: Span; readonly items: readonly JsonNode[] }
  | {
      readonly kind: 'string' | 'number' | 'boolean' | 'null'
      readonly at: Span
      readonly value: string | number | boolean | null
    }

export interface JsonMember {
  readonly key: string
  readonly keyAt: Span
  readonly value: JsonNode
}

/** The text is not JSON. */
export class JsonSourceError extends Error {
  readonly at: Span

  constructor(message: string, at: Span) {
    super(message)
    this.at = at
  }
}

const DEEPEST = 32
const TOKEN =
  /[ \t\r\n]*(?:([[\]{},:])|("(?:[^"\\\u0000-\u001F]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w.])|(?:true|false|null)\b))/y

/** Parses JSON and keeps line and column of every key and value. Throws {@link JsonSourceError}. */
export function parseJsonSource(text: string, file: string): JsonNode {
  return new JsonSource(text, file).parse()
}

class JsonSource {
  readonly #text: string
  readonly #file: string
  readonly #lines: number[]
  /** The token read last: where it begins and ends, and what it is. */
  #start = 0
  #end = 0
  #token = ''

  constructor(text: string, file: string) {
    this.#text = text.startsWith('\uFEFF') ? ` ${text.slice(1)}` : text
    this.#file = file
    this.#lines = [0, ...Array.from(text.matchAll(/\n/g), ({ index }) => index + 1)]
  }

  parse(): JsonNode {
    this.#next()
    const value = this.#value(0)
    if (this.#text.slice(this.#end).trim() !== '') {
      this.#next()
      this.#fail('nothing may follow the value')
    }
    return value
  }

  #value(depth: number): JsonNode {
    if (depth > DEEPEST) this.#fail('values are nested too deep')
    const token = this.#token
    const start = this.#start
    if (token === '{') return this.#object(start, depth)
    if (token === '[') return this.#array(start, depth)
    const at = this.#span(start, this.#end)
    if (token === 'null') return { kind: 'null', at, value: null }
    if (token === 'true' || token === 'false') return { kind: 'boolean', at, value: token === 'true' }
    if (token.startsWith('"')) return { kind: 'string', at, value: JSON.parse(token) as string }
    if (/^[-\d]/.test(token)) return { kind: 'number', at, value: Number(token) }
    return this.#fail('a value is expected')
  }

  #object(start: number, depth: number): JsonNode {
    const members: JsonMember[] = []
    for (this.#next(); this.#token !== '}'; this.#next()) {
      if (members.length > 0) this.#separator('}')
      if (!this.#token.startsWith('"')) this.#fail('a key in double quotes is expected')
      const key = JSON.parse(this.#token) as string
      const keyAt = this.#span(this.#start, this.#end)
      this.#next()
      if (this.#token !== ':') this.#fail('":" is expected')
      this.#next()
      members.push({ key, keyAt, value: this.#value(depth + 1) })
    }
    return { kind: 'object', at: this.#span(start, this.#end), members }
  }

  #array(start: number, depth: number): JsonNode {
    const items: JsonNode[] = []
    for (this.#next(); this.#token !== ']'; this.#next()) {
      if (items.length > 0) this.#separator(']')
      items.push(this.#value(depth + 1))
    }
    return { kind: 'array', at: this.#span(start, this.#end), items }
  }

  #separator(close: string): void {
    if (this.#token !== ',') this.#fail(`"," or "${close}" is expected`)
    this.#next()
  }

  #next(): void {
    TOKEN.lastIndex = this.#end
    const match = TOKEN.exec(this.#text)
    if (match === null) {
      this.#start = this.#end + (/^[ \t\r\n]*/.exec(this.#text.slice(this.#end))?.[0].length ?? 0)
      this.#end = this.#start
      this.#fail(this.#start >= this.#text.length ? 'the text ends early' : 'this is not JSON')
    }
    this.#token = match[1] ?? match[2] ?? match[3] ?? ''
    this.#end = TOKEN.lastIndex
    this.#start = this.#end - this.#token.length
  }

  #fail(message: string): never {
    throw new JsonSourceError(message, this.#span(this.#start, Math.max(this.#end, this.#start + 1)))
  }

  #span(start: number, end: number): Span {
    const [line, column] = this.#place(start)
    const [endLine, endColumn] = this.#place(end)
    return { file: this.#file, line, column, endLine, endColumn }
  }

  #place(offset: number): [line: number, column: number] {
    const line = this.#lines.findLastIndex((start) => start <= offset)
    return [line + 1, offset - (this.#lines[line] ?? 0) + 1]
  }
}
