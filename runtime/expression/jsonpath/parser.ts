import { javaRegex } from '../java-regex.ts'
import { Reader } from './reader.ts'
import type { Comparison, Operand, PathFunction, Segment, Syntax, Test } from './syntax.ts'

const FUNCTIONS = new Set<string>([
  'length',
  'size',
  'min',
  'max',
  'avg',
  'sum',
  'stddev',
  'keys',
  'first',
  'last',
  'concat',
])
const COMPARISONS: readonly Comparison[] = ['==', '!=', '<=', '>=', '=~', '<', '>']
const WORDS: readonly Comparison[] = ['nin', 'in', 'subsetof', 'anyof', 'noneof', 'contains', 'size', 'empty']
const MOST_NESTED = 32

/** Parses `$…`; like Jayway it takes `a.b` for `$.a.b`. Throws JsonPathError. */
export function parseJsonPath(written: string): Syntax {
  const text = /^\s*[$[]/.test(written) || written.trim() === '' ? written : `$.${written.trimStart()}`
  const reader = new Reader(text)
  reader.space()
  if (!reader.take('$') && !reader.peek('[')) reader.fail('the path is empty')
  const syntax = new Parser(reader).path()
  reader.space()
  if (!reader.done) reader.fail(`"${text.slice(reader.at, reader.at + 10)}" cannot stand here`)
  return syntax
}

class Parser {
  readonly #reader: Reader
  #nested = 0

  constructor(reader: Reader) {
    this.#reader = reader
  }

  /** Segments after `$` or `@`. */
  path(): Syntax {
    const segments: Segment[] = []
    const reader = this.#reader
    for (;;) {
      const deep = reader.take('..')
      if (!deep && reader.peek('.')) {
        reader.take('.')
        // COMPAT trailing-dot: `$.` and `$.a.` mean what they mean without the dot.
        if (reader.done) return { segments, fn: undefined }
      } else if (!deep && !reader.peek('[') && !this.#missingDot()) return { segments, fn: undefined }
      if (reader.peek('[')) segments.push(this.#bracket(deep))
      else {
        const fn = this.#function()
        if (fn !== undefined) return { segments, fn }
        segments.push(this.#dotted(deep))
      }
    }
  }

  /** COMPAT jsonpath-missing-dot: a name may follow a `]` at once, as Jayway lets it. */
  #missingDot(): boolean {
    const { text, at } = this.#reader
    return text[at - 1] === ']' && /[A-Za-z_]/.test(text[at] ?? '')
  }

  #function(): PathFunction | undefined {
    const reader = this.#reader
    const start = reader.at
    const name = reader.match(/[a-z]+(?=\(\s*\))/y)
    if (name === undefined || !FUNCTIONS.has(name)) {
      reader.at = start
      return undefined
    }
    reader.match(/\(\s*\)/y)
    return name as PathFunction
  }

  #dotted(deep: boolean): Segment {
    const reader = this.#reader
    if (reader.take('*')) return { kind: 'all', deep }
    // Outside filters quotes are characters like others: `json-eval('$')` asks for a member of that name.
    const name = reader.match(this.#nested === 0 ? /[^.[\]\s(),=<>!&|?*]+/y : /[^.[\]\s()'",=<>!&|?*]+/y)
    if (name === undefined) return reader.fail('a member name is missing')
    return { kind: 'keys', keys: [name], deep }
  }

  #bracket(deep: boolean): Segment {
    const reader = this.#reader
    reader.take('[')
    reader.space()
    const segment = this.#inBracket(deep)
    reader.expect(']')
    return segment
  }

  #inBracket(deep: boolean): Segment {
    const reader = this.#reader
    if (reader.take('*')) return { kind: 'all', deep }
    if (reader.take('?')) {
      reader.expect('(')
      const test = this.#or()
      reader.expect(')')
      return { kind: 'filter', test, deep }
    }
    const key = reader.quoted()
    if (key !== undefined) return { kind: 'keys', keys: this.#more(key, () => reader.quoted()), deep }
    const slice = reader.match(/-?\d*\s*:\s*-?\d*(?:\s*:\s*-?\d*)?/y)
    if (slice !== undefined) return sliceOf(slice, deep)
    const index = this.#index()
    if (index !== undefined) return { kind: 'indexes', indexes: this.#more(index, () => this.#index()), deep }
    const name = reader.match(/[^\]'",?*:]+/y)?.trim()
    return name === undefined || name === ''
      ? reader.fail('an index, a name in quotes or a filter is missing')
      : { kind: 'keys', keys: [name], deep }
  }

  #index(): number | undefined {
    const text = this.#reader.match(/-?\d+(?=\s*[,\]])/y)
    return text === undefined ? undefined : Number(text)
  }

  #more<T>(first: T, next: () => T | undefined): T[] {
    const all = [first]
    const reader = this.#reader
    for (reader.space(); reader.take(','); reader.space()) {
      reader.space()
      all.push(next() ?? reader.fail('something is missing after the comma'))
    }
    return all
  }

  #or(): Test {
    if (++this.#nested > MOST_NESTED) this.#reader.fail('the filter is nested too deep')
    let left = this.#and()
    for (this.#reader.space(); this.#reader.take('||'); this.#reader.space())
      left = { kind: 'or', left, right: this.#and() }
    this.#nested--
    return left
  }

  #and(): Test {
    let left = this.#not()
    for (this.#reader.space(); this.#reader.take('&&'); this.#reader.space())
      left = { kind: 'and', left, right: this.#not() }
    return left
  }

  #not(): Test {
    const reader = this.#reader
    reader.space()
    if (reader.peek('!') && !reader.peek('!=')) {
      reader.take('!')
      return { kind: 'not', operand: this.#not() }
    }
    if (!reader.take('(')) return this.#comparison()
    const inner = this.#or()
    reader.expect(')')
    return inner
  }

  #comparison(): Test {
    const left = this.#operand()
    const operator = this.#operator()
    if (operator !== undefined) return { kind: 'compare', operator, left, right: this.#operand() }
    return left.kind === 'path' ? { kind: 'exists', path: left } : this.#reader.fail('a comparison is missing')
  }

  #operator(): Comparison | undefined {
    const reader = this.#reader
    reader.space()
    const sign = COMPARISONS.find((each) => reader.take(each))
    if (sign !== undefined) return sign
    const word = reader.match(/[a-z]+(?=[\s['"(])/y)
    if (word === undefined) return undefined
    return WORDS.find((each) => each === word) ?? reader.fail(`there is no operator ${word}`)
  }

  #operand(): Operand {
    const reader = this.#reader
    reader.space()
    const root = reader.take('@') ? '@' : reader.take('$') ? '$' : undefined
    if (root !== undefined) return { kind: 'path', root, syntax: this.path() }
    if (reader.take('/')) return this.#regex()
    if (reader.take('[')) return this.#list()
    return { kind: 'literal', value: this.#literal() }
  }

  #literal(): string | number | boolean | null {
    const reader = this.#reader
    const literal = reader.quoted() ?? reader.number()
    if (literal !== undefined) return literal
    const word = reader.match(/true|false|null/y)
    return word === undefined ? reader.fail('a value is missing') : (JSON.parse(word) as boolean | null)
  }

  #list(): Operand {
    const reader = this.#reader
    const values: (string | number | boolean | null)[] = []
    reader.space()
    if (reader.take(']')) return { kind: 'list', values }
    do {
      reader.space()
      values.push(this.#literal())
      reader.space()
    } while (reader.take(','))
    reader.expect(']')
    return { kind: 'list', values }
  }

  #regex(): Operand {
    const reader = this.#reader
    const body = reader.match(/(?:\\.|[^\\/])*/y) ?? ''
    reader.expect('/')
    const flags = (reader.match(/[a-zA-Z]*/y) ?? '').replaceAll(/[^imsux]/g, '')
    const source = body.replaceAll('\\/', '/')
    try {
      return { kind: 'regex', pattern: javaRegex(flags === '' ? source : `(?${flags})${source}`, true) }
    } catch (error) {
      return reader.fail(`this is no regular expression: ${error instanceof Error ? error.message : ''}`)
    }
  }
}

function sliceOf(text: string, deep: boolean): Segment {
  const [from, to, step] = text.split(':').map((part) => (part.trim() === '' ? undefined : Number(part)))
  return { kind: 'slice', from, to, step: step ?? 1, deep }
}
