import {
  cloneNode,
  compilePath,
  definedString,
  ELEMENT,
  elements,
  escapeText,
  literalElement,
  type MessageContext,
  parseXml,
  type Path,
  printJson,
  printXml,
  readContent,
  type Reading,
  type Site,
  spanOf,
  TEXT,
  type XmlElement,
  XmlError,
  XmlText,
} from 'viaduct'
import type { SourceConfig } from './shape.ts'

/** Content written in the configuration, or stored under a key; `{expression}` in it is evaluated for every message. */
export interface Inline {
  readonly isXml: boolean
  /** The content when it is an element. */
  element(ctx: MessageContext): XmlElement | undefined
  /** The content as text. */
  text(ctx: MessageContext): string
}

/** The content of an inline source: an element inside, text inside, or what its key names. */
export function compileInline({ key, node, text }: SourceConfig, site: Site): Inline {
  const [element] = elements(node)
  const reported = (compile: (reading: Reading) => Inline): Inline => readContent(node, site, compile) ?? EMPTY
  if (key === undefined)
    return reported((reading) =>
      element === undefined ? compileText(text, reading) : compileElement(element, reading),
    )
  const resource = site.linker.resource(key)
  if (resource === undefined) {
    site.fail('resource-unreadable', `key="${key}": there is no such resource or local entry`, spanOf(node))
    return EMPTY
  }
  const stored = resource.bytes.toString('utf8').trim()
  const root = rootOf(stored)
  return reported((reading) => (root === undefined ? compileText(stored, reading) : compileElement(root, reading)))
}

const EMPTY: Inline = { isXml: false, element: () => undefined, text: () => '' }

function rootOf(text: string): XmlElement | undefined {
  if (!text.startsWith('<')) return undefined
  try {
    return parseXml(text).root
  } catch (error) {
    if (error instanceof XmlError) return undefined
    throw error
  }
}

/** What may be an expression: braces around something without blanks, quotes, commas and angle brackets (language reference 2.3). */
const TOKEN = /(\{[^\s",<>{}]+\})/
/** And does not merely look so: a variable, a function call or a location path. */
const EXPRESSION = /^\{(?:\$|\/|[\w:-]+\()/

type Part = string | { readonly path: Path; readonly quoted: boolean }

function compileText(text: string, reading: Reading): Inline {
  const parts = partsOf(text, reading)
  const render = (ctx: MessageContext): string =>
    parts
      .map((part) =>
        typeof part === 'string'
          ? part
          : part.quoted
            ? printJson(valueOf(part.path, ctx)).slice(1, -1)
            : valueOf(part.path, ctx),
      )
      .join('')
  return { isXml: false, element: () => undefined, text: render }
}

function compileElement(element: XmlElement, reading: Reading): Inline {
  const paths: Path[] = []
  const literal = literalElement(element)
  const template = cloneNode(literal)
  const mark = (text: string): string =>
    partsOf(text, reading)
      .map((part) => (typeof part === 'string' ? part : `\uF8F0${paths.push(part.path) - 1}\uF8F1`))
      .join('')
  markTokens(template, mark)
  const make = paths.length === 0 ? () => cloneNode(literal) : fill(printXml(template), paths)
  return {
    isXml: true,
    element: make,
    text: (ctx) => printXml(make(ctx)),
  }
}

/** Values become text or attribute text; they never become markup. */
function fill(template: string, paths: readonly Path[]): (ctx: MessageContext) => XmlElement {
  const pieces = template.split(/\uF8F0(\d+)\uF8F1/)
  return (ctx) => {
    const text = pieces.map((piece, i) => (i % 2 === 0 ? piece : escaped(paths[Number(piece)], ctx))).join('')
    return parseXml(text).root
  }
}

/** Safe as text and between the quotes of an attribute. */
const escaped = (path: Path | undefined, ctx: MessageContext): string =>
  path === undefined ? '' : escapeText(valueOf(path, ctx)).replaceAll('"', '&quot;')

function markTokens(element: XmlElement, mark: (text: string) => string): void {
  for (const attribute of element.attributes) attribute.value = mark(attribute.value)
  element.children = element.children.map((child) => {
    if (child.type === ELEMENT) markTokens(child, mark)
    return child.type === TEXT ? new XmlText(mark(child.value), element, child.cdata) : child
  })
}

const valueOf = (path: Path, ctx: MessageContext): string => definedString(path, ctx) ?? ''

function partsOf(text: string, reading: Reading): Part[] {
  const pieces = text.split(TOKEN)
  return pieces.flatMap((piece, i): Part[] => {
    if (i % 2 === 0 || !EXPRESSION.test(piece)) return piece === '' ? [] : [piece]
    const quoted = pieces[i - 1]?.endsWith('"') === true && pieces[i + 1]?.startsWith('"') === true
    return [{ path: compilePath(piece.slice(1, -1), reading), quoted }]
  })
}
