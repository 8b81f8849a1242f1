import {
  changedAt,
  compilePath,
  JsonPathPath,
  type JsonValue,
  type MessageContext,
  type Path,
  type Reading,
  replace,
  XmlElement,
} from 'viaduct'
import type { Item } from './each-of.ts'

/** Puts results where the parts of a collection were. */
type Put = (ctx: MessageContext, results: readonly Item[]) => void

/**
 * Where a collection stands: in the JSON of the body, in that of a variable, or as elements of the message or of a variable,
 * which are replaced one by one.
 */
export function compileOriginal(collection: Path, reading: Reading): Put {
  const [, inPayload] = /^\$\{\s*payload\b\s*([^\s].*?)?\s*\}$/s.exec(collection.text) ?? []
  const [, variable, inVariable] = /^\$\{\s*vars?\.(\w+)(.*?)\s*\}$/s.exec(collection.text) ?? []
  const jsonPath = (rest = ''): JsonPathPath | undefined => {
    const path = compilePath(`json-eval($${rest})`, reading)
    return path instanceof JsonPathPath ? path : undefined
  }
  const path = variable === undefined ? jsonPath(inPayload) : jsonPath(inVariable)
  return (ctx, results) => {
    if (results.some((each) => each instanceof XmlElement)) putElements(collection, ctx, results)
    else if (variable !== undefined) {
      const changed = putJson(path, ctx, ctx.variables.get(variable) as JsonValue, results)
      ctx.variables.set(variable, changed)
    } else ctx.message.setJson(putJson(path, ctx, ctx.message.json, results))
  }
}

function putElements(collection: Path, ctx: MessageContext, results: readonly Item[]): void {
  ctx.message.editTree()
  const places = collection.nodes(ctx).filter((node) => node instanceof XmlElement)
  for (const [index, place] of places.entries()) {
    const result = results[index]
    if (result instanceof XmlElement) replace(place, result)
  }
}

function putJson(
  path: JsonPathPath | undefined,
  ctx: MessageContext,
  root: JsonValue,
  results: readonly Item[],
): JsonValue {
  const values = results.filter((each): each is JsonValue => !(each instanceof XmlElement))
  let changed = root
  for (const place of path?.locations(ctx, root) ?? []) changed = changedAt(changed, place, () => values) ?? null
  return changed
}
