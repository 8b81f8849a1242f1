import { compileJsonPath, JsonPathError } from '../jsonpath/index.ts'
import { SynapseSyntaxError } from './error.ts'
import { unexpected } from './lexer.ts'
import type { Parser } from './parser.ts'
import type { Hole, Node, Suffix } from './syntax.ts'
import { startsAccess } from './vocabulary.ts'

type Piece = string | Hole

/** Reads the JSONPath that follows a root. One without holes is checked at once. */
export function readSuffix(parser: Parser): Suffix {
  const { at } = parser.token
  const pieces: Piece[] = ['$']
  while (readSegment(parser, pieces));
  const suffix = { pieces: joined(pieces), at }
  const [text, ...holes] = suffix.pieces
  if (holes.length === 0 && typeof text === 'string') check(text, at)
  return suffix
}

function check(text: string, at: number): void {
  try {
    compileJsonPath(text)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new SynapseSyntaxError(`${error.message} (in the JSONPath ${text})`, at)
  }
}

/** `.name`, `.*`, `..name`, `..*`, `[…]`, `.[…]` or a function such as `.length()`; false when there is none. */
function readSegment(parser: Parser, pieces: Piece[]): boolean {
  const deep = parser.take('..')
  const dotted = !deep && parser.take('.')
  if (parser.take('[')) {
    pieces.push(deep ? '..[' : '[')
    readBrackets(parser, pieces)
    pieces.push(']')
    return true
  }
  if (!deep && !dotted) return false
  const dot = deep ? '..' : '.'
  if (parser.take('*')) {
    pieces.push(`${dot}*`)
    return true
  }
  if (parser.token.kind !== 'name') return unexpected(parser.token)
  pieces.push(dot, parser.advance().text)
  if (parser.take('(')) {
    parser.expect(')')
    pieces.push('()')
  }
  return true
}

function readBrackets(parser: Parser, pieces: Piece[]): void {
  if (parser.take('*')) {
    pieces.push('*')
    parser.expect(']')
    return
  }
  if (parser.is('?') || (parser.is('(') && /^\s*@/.test(parser.lexer.text.slice(parser.token.end)))) {
    const from = parser.is('?') ? parser.token.end : parser.token.at
    pieces.push('?')
    readFilter(parser, from, pieces)
    return
  }
  readIndexes(parser, pieces)
  parser.expect(']')
}

/** Indexes with commas between them, or the bounds of a slice. */
function readIndexes(parser: Parser, pieces: Piece[]): void {
  const first = parser.is(':') ? undefined : parser.expression()
  if (!parser.is(':')) {
    if (first !== undefined) pieces.push(indexPiece(first))
    while (parser.take(',')) pieces.push(',', indexPiece(parser.expression()))
    return
  }
  if (first !== undefined) pieces.push(boundPiece(first))
  while (parser.take(':')) {
    pieces.push(':')
    if (!parser.is(':') && !parser.is(']')) pieces.push(boundPiece(parser.expression()))
  }
}

function indexPiece(node: Node): Piece {
  if (node.kind !== 'literal') return { use: 'index', node }
  if (typeof node.value === 'string') return quotedForPath(node.value)
  if (typeof node.value === 'number' && Number.isInteger(node.value)) return String(node.value)
  throw new SynapseSyntaxError('an index is a whole number or a name in quotes', node.at)
}

function boundPiece(node: Node): Piece {
  if (node.kind !== 'literal') return { use: 'bound', node }
  if (typeof node.value === 'number' && Number.isInteger(node.value)) return String(node.value)
  throw new SynapseSyntaxError('a bound of a slice is a whole number', node.at)
}

/** A text as a JSONPath quotes it. */
export const quotedForPath = (text: string): string => `"${text.replaceAll(/[\\"]/g, String.raw`\$&`)}"`

/** A regular expression of a filter; a slash elsewhere divides. */
const REGEX = /=~\s*\/(?:\\[\s\S]|[^\\/])*\//y
const STRING = /"(?:\\[\s\S]|[^"\\])*"|'(?:\\[\s\S]|[^'\\])*'/y
const WORD = /[\p{L}_$][\p{L}\p{N}_]*/uy

/**
 * Copies a filter as it stands up to the bracket that closes it. Roots and functions in it are accesses of their own, whose
 * values are put in for every message.
 */
function readFilter(parser: Parser, start: number, pieces: Piece[]): void {
  const { text } = parser.lexer
  let from = start
  let at = start
  let open = 0
  while (at < text.length) {
    const character = text.charAt(at)
    if (character === ']' && open === 0) break
    if (character === '[') open++
    else if (character === ']') open--
    const fixed = match(REGEX, text, at) ?? match(STRING, text, at)
    const word = fixed ?? match(WORD, text, at)
    if (word === undefined) at++
    else if (fixed !== undefined || !isAccess(text, at, word)) at += word.length
    else {
      pieces.push(text.slice(from, at))
      parser.moveTo(at)
      pieces.push({ use: 'filter', node: parser.primary() })
      from = at = parser.taken
    }
  }
  pieces.push(text.slice(from, at))
  parser.moveTo(at)
  parser.expect(']')
}

/** A word that is no member of something (`@.payload`). `$` alone is the payload, `$name` nothing. */
function isAccess(text: string, at: number, word: string): boolean {
  if (/[.@]\s*$/.test(text.slice(0, at))) return false
  return startsAccess(word, /^\s*\(/.test(text.slice(at + word.length)))
}

function match(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function joined(pieces: readonly Piece[]): Piece[] {
  const all: Piece[] = []
  for (const piece of pieces) {
    const last = all.at(-1)
    if (typeof piece === 'string' && typeof last === 'string') all[all.length - 1] = last + piece
    else all.push(piece)
  }
  return all
}
