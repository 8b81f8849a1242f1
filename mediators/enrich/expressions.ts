import {
  compilePath,
  InvalidValue,
  type JsonLocation,
  JsonPathPath,
  type JsonValue,
  type MessageContext,
  type Path,
  type Site,
  spanOf,
  type XmlElement,
} from 'viaduct'
import type { SourceConfig, TargetConfig } from './shape.ts'
import { propertyNamedBy } from './xml-target.ts'

/** The expressions of one enrich, compiled. */
export interface Expressions {
  /** What a custom source selects: one expression, or several JSONPaths of what is removed. */
  readonly source: readonly Path[]
  /** The place of a custom or key target; undefined when it has none, or names a property. */
  readonly target: Path | undefined
}

/** Where JSONPaths lead in the body or in another value. */
export type Locate = (ctx: MessageContext, root: JsonValue) => readonly JsonLocation[]

export function compileExpressions(source: SourceConfig, target: TargetConfig, site: Site): Expressions {
  const places = target.type === 'custom' || target.type === 'key'
  return {
    source:
      source.type === 'custom'
        ? sourceTexts(source, target).flatMap((text) => compileAt(text, source, site) ?? [])
        : [],
    target:
      places && target.xpath !== undefined && propertyNamedBy(target.xpath) === undefined
        ? compileAt(target.xpath, target, site)
        : undefined,
  }
}

/** `json-eval($.a, $.b)` of a removal is a list. */
function sourceTexts({ xpath = '' }: SourceConfig, { action }: TargetConfig): string[] {
  const list = action === 'remove' ? /^\s*json-eval\(([\s\S]*)\)\s*$/.exec(xpath)?.[1] : undefined
  return list === undefined ? [xpath] : splitList(list).map((each) => `json-eval(${each})`)
}

/** Splits at commas, but not at those inside of brackets, parentheses and quotes. */
function splitList(text: string): string[] {
  const parts: string[] = []
  let depth = 0
  let quote = ''
  let from = 0
  for (let at = 0; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if ('[('.includes(character)) depth++
    else if ('])'.includes(character)) depth--
    else if (character === ',' && depth === 0) {
      parts.push(text.slice(from, at).trim())
      from = at + 1
    }
  }
  return [...parts, text.slice(from).trim()]
}

function compileAt(
  text: string,
  { xpath, node }: { readonly xpath: string | undefined; readonly node: XmlElement },
  site: Site,
): Path | undefined {
  const at = node.attributes.find(({ name }) => name === 'xpath')?.valueAt ?? spanOf(node)
  try {
    return compilePath(text, { element: node, at, linker: site.linker })
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, `xpath="${xpath}": ${error.message}`, at)
    return undefined
  }
}

/** Undefined when one of the paths is no JSONPath. */
export function locate(paths: readonly Path[]): Locate | undefined {
  const jsonPaths = paths.filter((path) => path instanceof JsonPathPath)
  if (jsonPaths.length < paths.length || paths.length === 0) return undefined
  return (ctx, root) => jsonPaths.flatMap((path) => path.locations(ctx, root))
}
