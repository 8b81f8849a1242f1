import { encodeText } from '../charset.ts'
import { javaRegex } from '../java-regex.ts'
import { kept } from '../kept.ts'
import { EvaluationError } from './error.ts'
import { kindOf } from './number.ts'
import { isJsonArray, isJsonNumber } from '../../json/value.ts'
import { asText, mismatch, type Value } from './value.ts'

/** A function of one to three values, none of them null. */
export type PlainFunction = (a: Value, b: Value | undefined, c: Value | undefined) => Value

export const textFor = (name: string, value: Value): string => asText(value) ?? mismatch(`${name}()`, 'text', value)

/** A whole number, as an index. */
export function wholeFor(name: string, value: Value): number {
  if (!isJsonNumber(value) || kindOf(value) === 'double') return mismatch(`${name}()`, 'a whole number', value)
  return Number(value)
}

const ofText =
  (name: string, compute: (text: string) => Value): PlainFunction =>
  (a) =>
    compute(textFor(name, a))

const ofTexts =
  (name: string, compute: (text: string, other: string) => Value): PlainFunction =>
  (a, b = null) =>
    compute(textFor(name, a), textFor(name, b))

/** Functions on texts. Indexes count UTF-16 units, as Java's do. */
export const TEXT_FUNCTIONS: ReadonlyMap<string, PlainFunction> = new Map<string, PlainFunction>([
  ['length', (a) => (isJsonArray(a) ? a.length : textFor('length', a).length)],
  ['toUpper', ofText('toUpper', (text) => text.toUpperCase())],
  ['toLower', ofText('toLower', (text) => text.toLowerCase())],
  // Java trims all control characters and nothing else.
  ['trim', ofText('trim', trim)],
  ['startsWith', ofTexts('startsWith', (text, start) => text.startsWith(start))],
  ['endsWith', ofTexts('endsWith', (text, end) => text.endsWith(end))],
  ['contains', ofTexts('contains', (text, part) => text.includes(part))],
  ['subString', subString],
  ['replace', replace],
  ['indexOf', indexOf],
  ['charAt', charAt],
  ['base64encode', (a, b) => encoded('base64encode', a, b).toString('base64')],
  ['base64decode', ofText('base64decode', decodeBase64)],
  ['urlEncode', urlEncode],
  ['urlDecode', ofText('urlDecode', urlDecode)],
])

function trim(text: string): string {
  let [from, to] = [0, text.length]
  while (from < to && text.charCodeAt(from) <= 32) from++
  while (to > from && text.charCodeAt(to - 1) <= 32) to--
  return text.slice(from, to)
}

function subString(a: Value, b: Value = null, c?: Value): Value {
  const text = textFor('subString', a)
  const from = wholeFor('subString', b)
  const to = c === undefined ? text.length : wholeFor('subString', c)
  if (from < 0 || from > to || to > text.length)
    throw new EvaluationError(`subString(): ${from} to ${to} is outside a text of ${text.length}`)
  return text.slice(from, to)
}

function replace(a: Value, b: Value = null, c: Value = null): Value {
  const by = textFor('replace', c)
  return textFor('replace', a).replaceAll(textFor('replace', b), () => by)
}

function indexOf(a: Value, b: Value = null, c: Value = 0): Value {
  return textFor('indexOf', a).indexOf(textFor('indexOf', b), wholeFor('indexOf', c))
}

function charAt(a: Value, b: Value = null): Value {
  const text = textFor('charAt', a)
  const at = wholeFor('charAt', b)
  const character = at < 0 ? '' : text.charAt(at)
  if (character === '') throw new EvaluationError(`charAt(): ${at} is outside a text of ${text.length}`)
  return character
}

function encoded(name: string, a: Value, b: Value = 'UTF-8'): Buffer {
  const bytes = encodeText(textFor(name, a), textFor(name, b))
  if (bytes === undefined) throw new EvaluationError(`${name}(): there is no such charset`)
  return bytes
}

function decodeBase64(text: string): string {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new EvaluationError('base64decode(): the text is not Base64')
  return Buffer.from(text, 'base64').toString('utf8')
}

const UNRESERVED = /[A-Za-z0-9.\-_]/

/** COMPAT url-encode-space: a space is %20 in UTF-8, and + in every other charset, where `*` is left alone too. */
function urlEncode(a: Value, b?: Value): Value {
  const form = b !== undefined && textFor('urlEncode', b) !== 'UTF-8'
  encoded('urlEncode', '', b)
  let text = ''
  // Encoding each character on its own keeps those that need no escape, whatever the charset makes of them.
  for (const character of textFor('urlEncode', a)) {
    if (UNRESERVED.test(character)) text += character
    else if (form && (character === ' ' || character === '*')) text += character === ' ' ? '+' : '*'
    else for (const byte of encoded('urlEncode', character, b)) text += `%${hexadecimal(byte)}`
  }
  return text
}

const hexadecimal = (byte: number): string => byte.toString(16).toUpperCase().padStart(2, '0')

function urlDecode(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll('+', ' '))
  } catch {
    throw new EvaluationError('urlDecode(): the text is not URL-encoded')
  }
}

/** Compiles the pattern of `split()`, and keeps it. Throws an Error when it is wrong. */
export const keptPatterns = (): ((pattern: string) => RegExp) => kept((pattern) => javaRegex(pattern, false, 'g'))

/** As Java's `String.split`: no empty text for a match of nothing at the start, and none at the end. */
export function split(text: string, pattern: RegExp): string[] {
  const parts: string[] = []
  let from = 0
  for (const match of text.matchAll(pattern)) {
    const end = match.index + match[0].length
    if (end === 0 || (match[0] === '' && match.index >= text.length)) continue
    parts.push(text.slice(from, match.index))
    from = end
  }
  if (parts.length === 0) return [text]
  parts.push(text.slice(from))
  while (parts.at(-1) === '') parts.pop()
  return parts
}
