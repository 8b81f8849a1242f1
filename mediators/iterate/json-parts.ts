import { changedAt, Fault, isJsonArray, JsonPathPath, type JsonValue, type MessageContext, type Parts } from 'viaduct'
import type { Place } from './xml-parts.ts'

/** The items of the selected array, each as the payload of a message of its own, or inside of the payload that held them all. */
export function jsonParts(
  expression: JsonPathPath,
  place: Place | undefined,
): (ctx: MessageContext) => Pick<Parts, 'count' | 'branch'> {
  const attachPath = place?.attachPath instanceof JsonPathPath ? place.attachPath : undefined
  return (ctx) => {
    const selected = expression.evaluate(ctx)
    if (selected !== undefined && !isJsonArray(selected))
      throw new Fault(0, `iterate: ${expression.text} is no JSON array`)
    const parts = selected ?? []
    const rest = attachPath === undefined ? undefined : emptied(expression, ctx)
    const branch = (index: number): MessageContext => {
      const copy = ctx.fork()
      const part = parts[index] ?? null
      copy.message.setJson(
        attachPath === undefined || rest === undefined ? part : attached(attachPath, ctx, rest, part),
      )
      return copy
    }
    return { count: parts.length, branch }
  }
}

/** The payload with an empty array where the parts were. */
function emptied(expression: JsonPathPath, ctx: MessageContext): JsonValue {
  let root = ctx.message.json
  for (const location of expression.locations(ctx, root)) root = changedAt(root, location, () => []) ?? null
  return root
}

function attached(attachPath: JsonPathPath, ctx: MessageContext, rest: JsonValue, part: JsonValue): JsonValue {
  const locations = attachPath.locations(ctx, rest)
  if (locations.length === 0) throw new Fault(0, `iterate: attachPath ${attachPath.text} leads nowhere`)
  let root = rest
  for (const location of locations) root = changedAt(root, location, () => part) ?? null
  return root
}
