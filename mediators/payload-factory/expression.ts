import {
  isJsonArray,
  isJsonObject,
  type JsonValue,
  parseJson,
  printJson,
  printXml,
  type TemplateExpression,
  XmlElement,
} from 'viaduct'
import {
  type Argument,
  elementText,
  isJsonWord,
  type Media,
  type Replacement,
  type Writer,
  xmlAsJson,
} from './argument.ts'

/** A `${…}` of a format: the type of its value decides how it is inserted. */
export function expressionArgument({ path, fromJson }: TemplateExpression, media: Media): Argument {
  const escapes = media === 'xml'
  return (ctx) => {
    const value = path.evaluate(ctx)
    if (value instanceof XmlElement) return { kind: 'xml', text: printXml(value) }
    if (isJsonArray(value) && value.some(isNode)) return textOrXml(path.string(ctx))
    if (isJsonArray(value) || isJsonObject(value))
      return { kind: 'json', text: printJson(escapes ? withEscapes(value) : value) }
    if (typeof value !== 'string') return { kind: 'text', text: String(value) }
    if (!fromJson) return textOrXml(value)
    return escapes ? { kind: 'text', text: escapesOf(value) } : { kind: 'found', text: value }
  }
}

const isNode = (value: unknown): boolean => typeof value === 'object' && value !== null && 'parent' in value

function textOrXml(text: string): Replacement {
  const element = elementText(text)
  return element === undefined ? { kind: 'text', text } : { kind: 'xml', text: element }
}

const escapesOf = (text: string): string => printJson(text).slice(1, -1)

/**
 * A copy whose texts hold the escapes of their JSON. COMPAT found-text-in-xml: what was found in JSON is written with its
 * escapes in XML, so that a backslash is two and a line break `\n`.
 */
function withEscapes(value: JsonValue): JsonValue {
  if (typeof value === 'string') return escapesOf(value)
  if (isJsonArray(value)) return value.map((item) => withEscapes(item))
  if (isJsonObject(value)) return new Map([...value].map(([key, member]) => [key, withEscapes(member)]))
  return value
}

/** Inside the quotes of a JSON format. COMPAT escapes-in-text: `\n` and its like in a text that is not JSON are escapes already. */
export const writeInString: Writer = ({ kind, text }) => {
  const escaped = escapesOf(text)
  return kind === 'text' ? escaped.replaceAll(/\\\\([bfnrt])/g, String.raw`\$1`) : escaped
}

/** In a JSON format, outside of quotes. A text that is no JSON gets quotes. */
export const writeAsJson: Writer = ({ kind, text }, ctx) => {
  if (kind === 'json') return text
  // COMPAT escapes-in-text: the texts of an element hold escapes too.
  if (kind === 'xml')
    return xmlAsJson(text, ctx).replaceAll(/\\\\(\\\\|[bfnrt])/g, (_, next: string) =>
      next.length === 2 ? next : `\\${next}`,
    )
  return isJsonWord(text) || (kind === 'text' && isJson(text)) ? text : printJson(text)
}

function isJson(text: string): boolean {
  if (!/^\s*[[{"]/.test(text)) return false
  try {
    parseJson(text)
    return true
  } catch {
    return false
  }
}
