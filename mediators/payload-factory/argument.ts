import {
  definedString,
  jsonMapping,
  jsonToElements,
  type MessageContext,
  parseJson,
  parseXml,
  type Path,
  printXml,
  XmlError,
  xmlToJson,
} from 'viaduct'

export type Media = 'xml' | 'json' | 'text'

/** What stands for `$n` or `${…}` in one message. */
export interface Replacement {
  /** `xml`: the text is one well-formed element. `json`: the text is an object or an array. `found`: a text found in JSON. */
  readonly kind: 'text' | 'xml' | 'json' | 'found'
  readonly text: string
}

export type Argument = (ctx: MessageContext) => Replacement

/** Turns a replacement into the text that stands at one place of a format. */
export type Writer = (replacement: Replacement, ctx: MessageContext) => string

/** `value="…"`: escaped for XML whatever is made of it, unless it is XML itself. */
export function literalArgument(value: string, media: Media): Argument {
  // COMPAT payload-value-escaped: a literal is escaped as XML even in JSON and text (language reference 2.4).
  const isXml = elementText(value) !== undefined
  const text =
    isXml || media === 'xml' ? value : value.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? character)
  const replacement: Replacement = { kind: isXml ? 'xml' : 'text', text }
  return () => replacement
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
}

/** `expression="…"`: what the value looks like decides how it is inserted, unless it is to be taken literally. */
export function computedArgument(path: Path, literal: boolean, media: Media): Argument {
  return (ctx) => {
    const text = definedString(path, ctx) ?? ''
    if (literal) return { kind: 'text', text }
    const element = elementText(text)
    if (element !== undefined) return { kind: 'xml', text: element }
    // JSON text from XPath stays JSON in a JSON format, and is plain text in an XML format.
    if ((media === 'json' || path.kind === 'json') && looksLikeJson(text)) return { kind: 'json', text }
    return { kind: 'text', text }
  }
}

/** A number, or a word of JSON. */
export const isJsonWord = (text: string): boolean =>
  /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/.test(text)

const looksLikeJson = (text: string): boolean => /^\s*[[{]/.test(text)

/** The text without an XML declaration when it is a well-formed element, else undefined. */
export function elementText(text: string): string | undefined {
  const trimmed = text.trim()
  if (!trimmed.startsWith('<') || !trimmed.endsWith('>')) return undefined
  try {
    parseXml(trimmed)
    return trimmed.replace(/^<\?xml\s[^>]*\?>\s*/, '')
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/** The elements of a JSON text, for an XML format; undefined when it is no JSON. */
export function jsonAsXml(text: string, ctx: MessageContext): string | undefined {
  try {
    const elements = jsonToElements(parseJson(text), jsonMapping(ctx.services.settings.properties))
    return elements.map((element) => printXml(element)).join('')
  } catch {
    return undefined
  }
}

/** A well-formed element as a JSON object, for a JSON format. */
export function xmlAsJson(text: string, ctx: MessageContext): string {
  return xmlToJson(parseXml(`<jsonObject>${text}</jsonObject>`).root, jsonMapping(ctx.services.settings.properties))
}
