import { XPathError } from './error.ts'
import type { QName } from './syntax.ts'

/**
 * A token (XPath 1.0 section 3.7). `name` is a QName that is no operator, `function` one that is followed by `(`, `axis`
 * one that is followed by `::`; `operator` covers signs and words, `symbol` the other punctuation.
 */
export type Token =
  | { readonly kind: 'operator' | 'symbol' | 'literal' | 'axis' | 'end'; readonly text: string; readonly at: number }
  | { readonly kind: 'number'; readonly text: string; readonly value: number; readonly at: number }
  | ({ readonly kind: 'name' | 'function' | 'variable'; readonly text: string; readonly at: number } & QName)

/** Longer expressions are refused: they are a mistake, and would make trees too deep to walk. */
const MOST_TOKENS = 2000

const START =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const NCNAME = `[${START}][${START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`
const BLANK = /[ \t\r\n]*/y
const NAME = new RegExp(`(${NCNAME})(?::(?!:)(${NCNAME}|\\*))?`, 'uy')
const NUMBER = /[0-9]+(?:\.[0-9]*)?|\.[0-9]+/y
const SIGN = /\.\.|::|\/\/|!=|<=|>=|[()[\]@,./|+\-=<>*$]/y

const OPERATOR_SIGNS = new Set(['/', '//', '|', '+', '-', '=', '!=', '<', '<=', '>', '>='])
const OPERATOR_WORDS = new Set(['and', 'or', 'mod', 'div'])
/** After these, `*` is a name test and a word is a name; after anything else both are operators. */
const OPENING = new Set(['@', '::', '(', '[', ','])

/** Splits an expression. The last token is `end`. */
export function tokenize(text: string): Token[] {
  const tokens: Token[] = []
  let at = skip(BLANK, text, 0)
  while (at < text.length) {
    if (tokens.length >= MOST_TOKENS) throw new XPathError(`the expression is longer than ${MOST_TOKENS} tokens`, at)
    const token = readToken(text, at, tokens.at(-1))
    tokens.push(token)
    at = skip(BLANK, text, at + token.text.length)
  }
  tokens.push({ kind: 'end', text: '', at: text.length })
  return tokens
}

function readToken(text: string, at: number, previous: Token | undefined): Token {
  const first = text.charAt(at)
  if (first === '"' || first === "'") return readLiteral(text, at, first)
  const number = match(NUMBER, text, at)?.[0]
  if (number !== undefined) return { kind: 'number', text: number, value: Number(number), at }
  const sign = match(SIGN, text, at)?.[0]
  if (sign === '$') return readVariable(text, at)
  if (sign !== undefined) {
    const operator = OPERATOR_SIGNS.has(sign) || (sign === '*' && endsOperand(previous))
    return { kind: operator ? 'operator' : 'symbol', text: sign, at }
  }
  return readName(text, at, previous)
}

function readLiteral(text: string, at: number, quote: string): Token {
  const end = text.indexOf(quote, at + 1)
  if (end < 0) throw new XPathError('the string is not closed', at)
  return { kind: 'literal', text: text.slice(at, end + 1), at }
}

function readVariable(text: string, at: number): Token {
  const from = skip(BLANK, text, at + 1)
  const name = match(NAME, text, from)
  if (name === null || name[2] === '*') throw new XPathError('a variable name is expected after $', at)
  return { kind: 'variable', text: text.slice(at, from + name[0].length), at, ...qname(name) }
}

function readName(text: string, at: number, previous: Token | undefined): Token {
  const name = match(NAME, text, at)
  if (name === null)
    throw new XPathError(`unexpected character "${String.fromCodePoint(text.codePointAt(at) ?? 0)}"`, at)
  const [word] = name
  if (endsOperand(previous)) {
    if (OPERATOR_WORDS.has(word)) return { kind: 'operator', text: word, at }
    throw new XPathError(`an operator is expected before "${word}"`, at)
  }
  const next = skip(BLANK, text, at + word.length)
  if (text.startsWith('::', next)) return { kind: 'axis', text: word, at }
  return { kind: text[next] === '(' ? 'function' : 'name', text: word, at, ...qname(name) }
}

const qname = (name: RegExpExecArray): QName =>
  name[2] === undefined ? { prefix: '', local: name[1] ?? '' } : { prefix: name[1] ?? '', local: name[2] }

const endsOperand = (token: Token | undefined): boolean =>
  token !== undefined && token.kind !== 'operator' && token.kind !== 'axis' && !OPENING.has(token.text)

function match(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const skip = (pattern: RegExp, text: string, at: number): number => at + (match(pattern, text, at)?.[0].length ?? 0)
