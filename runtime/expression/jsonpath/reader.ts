import { JsonPathError } from './syntax.ts'

/** A text being read from left to right. */
export class Reader {
  readonly text: string
  at: number

  constructor(text: string, at = 0) {
    this.text = text
    this.at = at
  }

  get done(): boolean {
    return this.at >= this.text.length
  }

  peek(word: string): boolean {
    return this.text.startsWith(word, this.at)
  }

  /** Takes `word` when it is next. */
  take(word: string): boolean {
    if (!this.peek(word)) return false
    this.at += word.length
    return true
  }

  /** Takes what a sticky pattern matches here. */
  match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  space(): void {
    while (/\s/.test(this.text[this.at] ?? 'x')) this.at++
  }

  expect(word: string): void {
    this.space()
    if (!this.take(word)) this.fail(`expected ${word}`)
  }

  fail(message: string): never {
    throw new JsonPathError(message, this.at)
  }

  /** A text in single or double quotes, with JSON's escapes. */
  quoted(): string | undefined {
    const quote = this.text[this.at]
    if (quote !== "'" && quote !== '"') return undefined
    let value = ''
    for (let at = this.at + 1; at < this.text.length; at++) {
      const character = this.text[at] ?? ''
      if (character === quote) {
        this.at = at + 1
        return value
      }
      if (character !== '\\') value += character
      else value += ESCAPES.get(this.text[++at] ?? '') ?? this.text[at] ?? ''
    }
    return this.fail('the quotes are not closed')
  }

  number(): number | undefined {
    const text = this.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y)
    return text === undefined ? undefined : Number(text)
  }
}

const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['t', '\t'],
  ['r', '\r'],
])
