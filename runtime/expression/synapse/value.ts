import { isJsonArray, isJsonNumber, isJsonObject, JsonNumber, jsonNumber, type JsonValue } from '../../json/value.ts'
import { parseJson, printJson } from '../../json/index.ts'
import { printXml } from '../../xml/print.ts'
import { ELEMENT } from '../../xml/tree.ts'
import type { MessageContext } from '../../context.ts'
import type { Path } from '../path.ts'
import { stringValue } from '../xpath-path.ts'
import { isNode, type XPathNode } from '../xpath/index.ts'
import { EvaluationError } from './error.ts'

/** What a part of an expression yields. */
export type Value = JsonValue | XmlValue

/** Nodes: what `xpath()` selects, or what a variable or property holds. */
export abstract class XmlValue {
  /** As it was selected, or as it is held. */
  abstract readonly raw: unknown
  abstract readonly nodes: readonly XPathNode[]
  abstract readonly text: string
}

/** What an XPath selects; nothing is selected before somebody asks. Its text is the string value of the XPath. */
export class SelectedXml extends XmlValue {
  readonly #path: Path
  readonly #ctx: MessageContext

  constructor(path: Path, ctx: MessageContext) {
    super()
    this.#path = path
    this.#ctx = ctx
  }

  get raw(): unknown {
    return this.#path.evaluate(this.#ctx)
  }

  get nodes(): readonly XPathNode[] {
    return this.#path.nodes(this.#ctx)
  }

  get text(): string {
    return this.#path.string(this.#ctx)
  }
}

/** XML that a variable or property holds, or that is a result already. Its text is the markup. */
class HeldXml extends XmlValue {
  readonly raw: XPathNode | readonly XPathNode[]

  constructor(raw: XPathNode | readonly XPathNode[]) {
    super()
    this.raw = raw
  }

  get nodes(): readonly XPathNode[] {
    return isNode(this.raw) ? [this.raw] : this.raw
  }

  get text(): string {
    return this.nodes.map((node) => (node.type === ELEMENT ? printXml(node) : stringValue([node]))).join('')
  }
}

/** How deep plain objects of modules may nest. */
const DEEPEST = 64

/** What a variable or property holds, as a value; undefined for nothing, and for what is no value. */
export function valueOf(held: unknown): Value | undefined {
  if (typeof held === 'string' || typeof held === 'number' || typeof held === 'boolean') return held
  if (typeof held === 'bigint') return jsonNumber(held.toString())
  if (typeof held !== 'object' || held === null) return undefined
  if (isNode(held)) return new HeldXml(held)
  if (Array.isArray(held) && held.length > 0 && held.every(isNode)) return new HeldXml(held)
  return jsonOf(held, 0)
}

/** JSON as it is, plain objects of modules as JSON. */
function jsonOf(held: unknown, depth: number): JsonValue | undefined {
  if (held === null || typeof held === 'string' || typeof held === 'number' || typeof held === 'boolean') return held
  if (held instanceof JsonNumber) return held
  if (typeof held !== 'object' || depth > DEEPEST) return undefined
  // An object of JSON holds nothing but JSON; arrays hold items of one kind.
  if (held instanceof Map) return held as JsonValue
  if (Array.isArray(held))
    return held.some(isPlain) ? held.map((item) => jsonOf(item, depth + 1) ?? null) : (held as JsonValue)
  if (!isPlain(held)) return undefined
  return new Map(Object.entries(held).map(([key, member]) => [key, jsonOf(member, depth + 1) ?? null]))
}

function isPlain(held: unknown): held is object {
  if (typeof held !== 'object' || held === null) return false
  const prototype: unknown = Object.getPrototypeOf(held)
  return prototype === Object.prototype || prototype === null
}

/** The string form: what an expression prints, and what `==` compares. */
export function textOf(value: Value): string {
  if (typeof value === 'string') return value
  if (value instanceof XmlValue) return value.text
  return typeof value === 'object' && value !== null && !(value instanceof JsonNumber)
    ? printJson(value)
    : String(value)
}

/** The kind of a value, for messages; these never show the value itself. */
export function nameOf(value: Value): string {
  if (value === null) return 'null'
  if (value instanceof XmlValue) return 'XML'
  if (isJsonNumber(value)) return 'a number'
  if (isJsonArray(value)) return 'an array'
  if (isJsonObject(value)) return 'an object'
  return typeof value === 'string' ? 'text' : 'a boolean'
}

/** Text itself, or that of nodes; undefined for any other value. */
export const asText = (value: Value): string | undefined => (value instanceof XmlValue ? value.text : onlyText(value))

const onlyText = (value: JsonValue): string | undefined => (typeof value === 'string' ? value : undefined)

/** JSON as it is, and the JSON that a text is; undefined for any other value. */
export function asJson(value: Value): JsonValue | undefined {
  if (value instanceof XmlValue) return undefined
  if (typeof value !== 'string') return value
  try {
    return parseJson(value)
  } catch {
    return undefined
  }
}

export function jsonObjectOf(value: Value): JsonValue | undefined {
  const json = asJson(value)
  return isJsonObject(json) ? json : undefined
}

export function jsonArrayOf(value: Value): JsonValue | undefined {
  const json = asJson(value)
  return isJsonArray(json) ? json : undefined
}

/** Fails: `what` needs something else than the value. */
export function mismatch(what: string, needed: string, value: Value): never {
  throw new EvaluationError(`${what} needs ${needed}, not ${nameOf(value)}`)
}
