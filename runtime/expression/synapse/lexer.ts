import { SynapseSyntaxError } from './error.ts'

/** `wrong`: what cannot begin a token; it becomes an error only when the parser comes to it. */
export interface Token {
  readonly kind: 'name' | 'number' | 'string' | 'symbol' | 'wrong' | 'end'
  /** As written; of a string what it stands for. */
  readonly text: string
  readonly at: number
  readonly end: number
}

const SPACE = /\s*/y
const NAME = /[\p{L}_][\p{L}\p{N}_]*/uy
const NUMBER = /\d+(?:\.\d+)?/y
const SYMBOL = /==|!=|<=|>=|&&|\|\||\.\.|[<>+\-*/%()[\].,:?$@]/y
const ESCAPE = /\\(?:u([0-9A-Fa-f]{4})|([0-3]?[0-7]{2})|([\s\S]))/y

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['b', '\b'],
  ['t', '\t'],
  ['n', '\n'],
  ['f', '\f'],
  ['r', '\r'],
])
const SAME = new Set(['"', "'", '\\', '/'])

/** Reads one token at a time, so that the parser can read the filters of a JSONPath as they stand. */
export class Lexer {
  readonly text: string
  /** Where the next token is looked for. */
  at = 0

  constructor(text: string) {
    this.text = text
  }

  next(): Token {
    this.#match(SPACE)
    const at = this.at
    const first = this.text.charAt(at)
    if (first === '') return { kind: 'end', text: '', at, end: at }
    if (first === '"' || first === "'") return this.#string(first)
    const name = this.#match(NAME)
    if (name !== undefined) return { kind: 'name', text: name, at, end: this.at }
    const number = this.#match(NUMBER)
    if (number !== undefined) return { kind: 'number', text: number, at, end: this.at }
    const symbol = this.#match(SYMBOL)
    if (symbol !== undefined) return { kind: 'symbol', text: symbol, at, end: this.at }
    const character = String.fromCodePoint(this.text.codePointAt(at) ?? 0)
    return { kind: 'wrong', text: `unexpected character "${character}"`, at, end: at + character.length }
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  #string(quote: string): Token {
    const start = this.at
    let value = ''
    for (let at = start + 1; at < this.text.length; at++) {
      const character = this.text.charAt(at)
      if (character === quote) {
        this.at = at + 1
        return { kind: 'string', text: value, at: start, end: this.at }
      }
      if (character !== '\\') value += character
      else {
        ESCAPE.lastIndex = at
        const escape = ESCAPE.exec(this.text)
        if (escape === null) break
        value += unescaped(escape)
        at += escape[0].length - 1
      }
    }
    return { kind: 'wrong', text: 'the string is not closed', at: start, end: this.text.length }
  }
}

/** An escape that is not known keeps its backslash, so that regular expressions can be written without doubling it. */
function unescaped([whole, hexadecimal, octal, character = '']: RegExpExecArray): string {
  if (hexadecimal !== undefined) return String.fromCharCode(Number.parseInt(hexadecimal, 16))
  if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8))
  return ESCAPES.get(character) ?? (SAME.has(character) ? character : whole)
}

export function unexpected({ kind, text, at }: Token): never {
  if (kind === 'wrong') throw new SynapseSyntaxError(text, at)
  throw new SynapseSyntaxError(kind === 'end' ? 'the expression ends early' : `unexpected "${text}"`, at)
}
