import { XmlDocument, XmlElement, XmlText } from 'viaduct'
import type { Node } from '../run.ts'
import type { ExsltEntry } from './index.ts'
import { nodesOf, numberOf, textOf } from './arguments.ts'

/** More text than `str:padding` makes. */
const MOST_PADDING = 1_000_000

/** exslt.org/strings. */
export const strings: ReadonlyMap<string, ExsltEntry> = new Map<string, ExsltEntry>([
  [
    'concat',
    [
      1,
      1,
      ([nodes], run) =>
        nodesOf(nodes)
          .map((node) => run.evaluation.stringValue(node))
          .join(''),
    ],
  ],
  [
    'tokenize',
    [
      1,
      2,
      ([text, delimiters], run) =>
        tokens(tokenize(textOf(text, run), delimiters === undefined ? '\t\r\n ' : textOf(delimiters, run))),
    ],
  ],
  [
    'split',
    [
      1,
      2,
      ([text, pattern], run) => tokens(split(textOf(text, run), pattern === undefined ? ' ' : textOf(pattern, run))),
    ],
  ],
  [
    'padding',
    [
      1,
      2,
      ([length, pattern], run) => padding(numberOf(length, run), pattern === undefined ? ' ' : textOf(pattern, run)),
    ],
  ],
  [
    'align',
    [
      2,
      3,
      ([text, into, side], run) =>
        align(textOf(text, run), textOf(into, run), side === undefined ? 'left' : textOf(side, run)),
    ],
  ],
  [
    'replace',
    [
      3,
      3,
      ([text, search, replacement], run) =>
        textOf(text, run).replaceAll(textOf(search, run), () => textOf(replacement, run)),
    ],
  ],
  ['encode-uri', [2, 3, ([text, reserved], run) => encode(textOf(text, run), reserved === true)]],
  ['decode-uri', [1, 2, ([text], run) => decode(textOf(text, run))]],
])

function tokenize(text: string, delimiters: string): string[] {
  if (delimiters === '') return Array.from(text)
  const set = new Set(delimiters)
  const found: string[] = []
  let token = ''
  for (const character of text) {
    if (!set.has(character)) token += character
    else {
      if (token !== '') found.push(token)
      token = ''
    }
  }
  return token === '' ? found : [...found, token]
}

const split = (text: string, pattern: string): string[] =>
  pattern === '' ? Array.from(text) : text.split(pattern).filter((part) => part !== '')

/** `<token>` elements, which belong to a document of their own. */
function tokens(texts: readonly string[]): Node[] {
  const document = new XmlDocument()
  for (const text of texts) {
    const token = new XmlElement('token', '', '', document)
    token.children = [new XmlText(text, token)]
    document.children.push(token)
  }
  return document.children
}

function padding(length: number, pattern: string): string {
  if (!(length > 0) || pattern === '') return ''
  const size = Math.min(Math.floor(length), MOST_PADDING)
  return pattern.repeat(Math.ceil(size / pattern.length)).slice(0, size)
}

function align(text: string, into: string, side: string): string {
  if (text.length >= into.length) return text.slice(0, into.length)
  const room = into.length - text.length
  const before = side === 'right' ? room : side === 'center' ? Math.floor(room / 2) : 0
  return into.slice(0, before) + text + into.slice(before + text.length)
}

function encode(text: string, reserved: boolean): string {
  const encoded = reserved ? encodeURIComponent(text) : encodeURI(text)
  return encoded.replaceAll(/%5B/gi, '[').replaceAll(/%5D/gi, ']')
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return ''
  }
}
