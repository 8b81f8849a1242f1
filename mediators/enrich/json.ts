import {
  Fault,
  isJsonArray,
  isJsonNumber,
  isJsonObject,
  type JsonValue,
  type MessageContext,
  parseJson,
  type Path,
  XmlElement,
} from 'viaduct'
import type { Locate } from './expressions.ts'
import type { Inline } from './inline.ts'
import { changedAt, removedAt, renamedAt, withChild } from 'viaduct'

/** The content that a JSON enrich takes; undefined when there is none. */
export type JsonSource = (ctx: MessageContext) => JsonValue | undefined

/** Puts it in its place. */
export type JsonTarget = (ctx: MessageContext, content: JsonValue) => void

export const isXmlValue = (value: unknown): boolean =>
  value instanceof XmlElement || (Array.isArray(value) && value[0] instanceof XmlElement)

export const jsonInline =
  (inline: Inline): JsonSource =>
  (ctx) =>
    parsed(inline.text(ctx))

export const jsonBody: JsonSource = (ctx) => ctx.message.json

export const jsonProperty =
  (name: string): JsonSource =>
  (ctx) =>
    jsonOf(ctx.properties.get('default', name))

/** What is moved is taken out of the body. */
export const jsonCustom =
  (path: Path, locate: Locate, clone: boolean): JsonSource =>
  (ctx) => {
    const value = jsonOf(path.evaluate(ctx))
    if (value === undefined || (value === '' && locate(ctx, ctx.message.json).length === 0)) {
      ctx.log('ERROR', 'enrich', `the source ${path.text} selects nothing; nothing is changed`)
      return undefined
    }
    if (!clone) changeBody(ctx, (root) => removedAt(root, locate(ctx, root)))
    return value
  }

export const jsonCustomTarget =
  (locate: Locate, action: 'replace' | 'child'): JsonTarget =>
  (ctx, content) =>
    changeBody(ctx, (root) => {
      let changed: JsonValue | undefined = root
      for (const location of locate(ctx, root)) {
        changed = changedAt(changed ?? null, location, (old) =>
          action === 'replace' ? content : withChild(old, content),
        )
      }
      return changed
    })

export const jsonBodyTarget =
  (action: 'replace' | 'child'): JsonTarget =>
  (ctx, content) =>
    ctx.message.setJson(action === 'replace' ? content : withChild(ctx.message.json, content))

export const jsonPropertyTarget =
  (name: string, action: 'replace' | 'child'): JsonTarget =>
  (ctx, content) => {
    const old = action === 'child' ? jsonOf(ctx.properties.get('default', name)) : undefined
    ctx.properties.set('default', name, action === 'child' ? withChild(old, content) : content)
  }

/** The content is the new name of the members that the path selects. */
export const jsonKeyTarget =
  (locate: Locate): JsonTarget =>
  (ctx, content) => {
    if (typeof content !== 'string') throw new Fault(0, 'a member of a JSON object can only be renamed to a text')
    changeBody(ctx, (root) => {
      let changed: JsonValue | undefined = root
      for (const location of locate(ctx, root)) changed = renamedAt(changed ?? null, location, content)
      return changed
    })
  }

export const removeFromBody =
  (locate: Locate): ((ctx: MessageContext) => void) =>
  (ctx) =>
    changeBody(ctx, (root) => removedAt(root, locate(ctx, root)))

export const removeFromProperty =
  (name: string, locate: Locate): ((ctx: MessageContext) => void) =>
  (ctx) => {
    const value = jsonOf(ctx.properties.get('default', name))
    if (value !== undefined) ctx.properties.set('default', name, removedAt(value, locate(ctx, value)) ?? '')
  }

function changeBody({ message }: MessageContext, change: (root: JsonValue) => JsonValue | undefined): void {
  const old = message.json
  const changed = change(old)
  if (changed !== old) message.setJson(changed ?? new Map())
}

/** A value of a property or an expression as JSON; undefined when there is none. */
function jsonOf(value: unknown): JsonValue | undefined {
  if (value === undefined) return undefined
  if (typeof value === 'string') return parsed(value)
  if (value === null || typeof value === 'boolean' || isJsonNumber(value)) return value
  return isJsonObject(value) || isJsonArray(value) ? value : undefined
}

function parsed(text: string): JsonValue {
  try {
    return parseJson(text)
  } catch {
    return text
  }
}
