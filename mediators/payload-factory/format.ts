import {
  compileTemplate,
  ELEMENT,
  escapeAttribute,
  escapeText,
  flag,
  InvalidValue,
  isEnvelope,
  literalElement,
  type MessageContext,
  parseXml,
  printJson,
  printXml,
  type Reading,
  type TemplateExpression,
  TEXT,
  XmlElement,
  XmlError,
  type XmlNode,
  XmlText,
} from 'viaduct'
import {
  type Argument,
  isJsonWord,
  jsonAsXml,
  type Media,
  type Replacement,
  type Writer,
  xmlAsJson,
} from './argument.ts'
import { expressionArgument, writeAsJson, writeInString } from './expression.ts'

interface Hole {
  /** Number of the argument, from 0, or an expression of its own. */
  readonly source: number | Argument
  readonly write: Writer
  /** Name of the element that the hole alone fills; it is written here, so that an empty one is `<name/>` as upstream. */
  readonly alone?: string
}

/** A format whose places have been found. */
export interface Format {
  /** Text and holes in turn. */
  readonly parts: readonly (string | Hole)[]
  /** The result is one well-formed element, whatever is inserted: it need not be parsed to be trusted. */
  readonly wellFormed: boolean
  /** That element is a SOAP envelope. */
  readonly envelope: boolean
}

export function renderFormat(format: Format, values: readonly Replacement[], ctx: MessageContext): string {
  let text = ''
  for (const part of format.parts) {
    if (typeof part === 'string') {
      text += part
      continue
    }
    const { source, write, alone } = part
    const written = write(typeof source === 'number' ? (values[source] ?? NOTHING) : source(ctx), ctx)
    text += alone === undefined ? written : written === '' ? '/>' : `>${written}</${alone}>`
  }
  return text
}

const NOTHING: Replacement = { kind: 'text', text: '' }

/** A JSON or text format. */
export function compileTextFormat(
  text: string,
  media: 'json' | 'text',
  args: number,
  escapeXml: boolean,
  reading: Reading,
): Format {
  const write: Writer = media === 'text' ? (replacement) => replacement.text : jsonWriter(escapeXml)
  return { parts: partsOf(text, args, { media, write }, reading), wellFormed: false, envelope: false }
}

/** An XML format: an element of the configuration, or text that may be XML. */
export function compileXmlFormat(source: XmlElement | string, args: number, reading: Reading): Format {
  if (typeof source !== 'string') return compileElementFormat(source, args, reading)
  const root = rootOf(source)
  if (root !== undefined) return compileElementFormat(root, args, reading)
  return {
    parts: partsOf(source, args, { media: 'xml', write: inElement }, reading),
    wellFormed: false,
    envelope: false,
  }
}

function compileElementFormat(root: XmlElement, args: number, reading: Reading): Format {
  const parts: (string | Hole)[] = []
  const copy = literalElement(root)
  const place = (text: string, write: Writer): string =>
    partsOf(text, args, { media: 'xml', write }, reading)
      .map((part) => (typeof part === 'string' ? part : `${OPEN}${parts.push(part) - 1}${CLOSE}`))
      .join('')
  markPlaces(copy, place)
  const pieces = printXml(copy).split(PLACE)
  const found = pieces.map((piece, i) => (i % 2 === 0 ? piece : (parts[Number(piece)] ?? '')))
  return { parts: closingAlone(found).filter((part) => part !== ''), wellFormed: true, envelope: isEnvelope(root) }
}

/** Gives the tags around a hole that stands alone to the hole. */
function closingAlone(parts: (string | Hole)[]): (string | Hole)[] {
  for (let i = 1; i + 1 < parts.length; i += 2) {
    const [before, hole, after] = [parts[i - 1], parts[i], parts[i + 1]]
    if (typeof before !== 'string' || typeof hole !== 'object' || typeof after !== 'string') continue
    const name = /<([^\s<>/]+)(?:\s[^<>]*)?>$/.exec(before)?.[1]
    if (name === undefined || !after.startsWith(`</${name}>`)) continue
    parts[i - 1] = before.slice(0, -1)
    parts[i] = { ...hole, alone: name }
    parts[i + 1] = after.slice(name.length + 3)
  }
  return parts
}

/** Private characters, which mark the places of a format while it is printed. */
const OPEN = '\uF8F0'
const CLOSE = '\uF8F1'
const PLACE = /\uF8F0(\d+)\uF8F1/

function rootOf(text: string): XmlElement | undefined {
  try {
    return parseXml(text.trim()).root
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/** Puts marks into texts and attributes; blank texts between elements go, as upstream. */
function markPlaces(element: XmlElement, place: (text: string, write: Writer) => string): void {
  for (const attribute of element.attributes) attribute.value = place(attribute.value, inAttribute)
  element.children = element.children.flatMap((child): XmlNode[] => {
    if (child.type === ELEMENT) markPlaces(child, place)
    if (child.type !== TEXT) return [child]
    if (child.cdata) return [new XmlText(place(child.value, asText), element)]
    return child.value.trim() === '' ? [] : [new XmlText(place(child.value, inElement), element)]
  })
}

const inElement: Writer = ({ kind, text }, ctx) => {
  if (kind === 'xml') return text
  return (kind === 'json' ? jsonAsXml(text, ctx) : undefined) ?? escapeText(text)
}

const asText: Writer = ({ text }) => escapeText(text)

const inAttribute: Writer = ({ text }) => escapeAttribute(text)

interface Place {
  readonly media: Media
  readonly write: Writer
}

/** `$1`, `$2` … and `${…}` in a text. A number without an argument is text. */
function partsOf(text: string, args: number, { media, write }: Place, reading: Reading): (string | Hole)[] {
  if (text.includes(OPEN)) throw new InvalidValue('the format holds U+F8F0, which has a meaning here', 'text-invalid')
  let inString = false
  return compileTemplate(text, reading).parts.flatMap((part): (string | Hole)[] => {
    if (typeof part !== 'string') return [expressionHole(part, { media, write }, inString)]
    for (const quote of part.matchAll(/\\[^]|"/g)) if (quote[0] === '"') inString = !inString
    return numberedParts(part, args, write)
  })
}

function expressionHole(part: TemplateExpression, { media, write }: Place, inString: boolean): Hole {
  const source = expressionArgument(part, media)
  if (media === 'json') return { source, write: inString ? writeInString : writeAsJson }
  return { source, write: part.quoted ? (replacement, ctx) => write({ ...replacement, kind: 'text' }, ctx) : write }
}

function numberedParts(text: string, args: number, write: Writer): (string | Hole)[] {
  const pieces = text.split(/\$(\d+)/)
  return pieces.flatMap((piece, i): (string | Hole)[] => {
    if (i % 2 === 0) return piece === '' ? [] : [piece]
    const number = Number(piece)
    return number < 1 || number > args ? [`$${piece}`] : [{ source: number - 1, write }]
  })
}

function jsonWriter(escapeXml: boolean): Writer {
  return ({ kind, text }, ctx) => {
    if (kind === 'xml') return xmlAsJson(text, ctx)
    if (kind === 'json')
      return escapeXml ? text.replaceAll(/[&<>]/g, (character) => XML_ENTITIES[character] ?? character) : text
    const escaped = printJson(text).slice(1, -1)
    const quotes = ctx.properties.get('default', 'QUOTE_STRING_IN_PAYLOAD_FACTORY_JSON')
    return flag(quotes) === true && !isJsonWord(text) ? `"${escaped}"` : escaped
  }
}

const XML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
