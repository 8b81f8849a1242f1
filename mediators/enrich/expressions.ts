import {
  compilePath,
  InvalidValue,
  type JsonValue,
  type MessageContext,
  type Path,
  type Site,
  spanOf,
  type XmlElement,
} from 'viaduct'
import type { JsonLocation } from './json-change.ts'

/** Where JSONPaths lead in the body or in another value. */
export type Locate = (ctx: MessageContext, root: JsonValue) => readonly JsonLocation[]

interface Written {
  readonly xpath: string | undefined
  readonly node: XmlElement
}

/** Compiles the attribute xpath; undefined when it is wrong, which has been reported, or not there. */
export function compileExpression({ xpath, node }: Written, site: Site): Path | undefined {
  return xpath === undefined ? undefined : compileAt(xpath, xpath, node, site)
}

function compileAt(text: string, written: string, node: XmlElement, site: Site): Path | undefined {
  const at = node.attributes.find(({ name }) => name === 'xpath')?.valueAt ?? spanOf(node)
  try {
    return compilePath(text, { element: node, at, linker: site.linker })
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, `xpath="${written}": ${error.message}`, at)
    return undefined
  }
}

export const isJsonPath = (xpath: string | undefined): boolean => /^\s*json-eval\(/.test(xpath ?? '')

/** Compiles the JSONPaths of the attribute xpath, of which `remove` takes a list. */
export function compileLocations({ xpath = '', node }: Written, site: Site): Locate | undefined {
  const inside = /^\s*json-eval\(([\s\S]*)\)\s*$/.exec(xpath)?.[1] ?? ''
  const paths = splitList(inside).map((each) => compileAt(`json-eval(${each})`, xpath, node, site))
  if (paths.includes(undefined)) return undefined
  return () => []
}

/** Commas between paths, not those inside of brackets, parentheses and quotes. */
function splitList(text: string): string[] {
  return text.match(/(?:[^,[(]|\[(?:[^\]"']|"[^"]*"|'[^']*')*\]|\([^)]*\))+/g)?.map((each) => each.trim()) ?? []
}
