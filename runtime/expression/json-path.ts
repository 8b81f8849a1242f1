import { isUtf8 } from 'node:buffer'
import type { MessageContext } from '../context.ts'
import { cloneJson, JsonError, JsonNumber, type JsonValue, parseJson, printJson } from '../json/index.ts'
import { InvalidValue } from '../schema.ts'
import { compileJsonPath, type JsonLocation, type JsonPath, JsonPathError } from './jsonpath/index.ts'
import { kept } from './kept.ts'
import type { Path } from './path.ts'

type Scope = 'body' | 'default' | 'axis2' | 'transport' | 'operation' | 'variable'

const SCOPES: ReadonlyMap<string, Scope> = new Map([
  ['ctx', 'default'],
  ['axis2', 'axis2'],
  ['trp', 'transport'],
  ['operation', 'operation'],
  ['var', 'variable'],
])

/**
 * A JSONPath of a configuration, `json-eval(…)`: over the JSON of the body, or of the property that `$ctx:name` and its like
 * stand for (language reference 4.2). Expressions in braces are put in before the path is compiled, for every message.
 */
export class JsonPathPath implements Path {
  readonly kind = 'json'
  readonly text: string
  readonly contentAware: boolean
  readonly #scope: Scope
  readonly #property: string
  /** The path is the body itself. */
  readonly #whole: boolean
  readonly #path: (ctx: MessageContext) => JsonPath

  constructor(text: string, inner: (expression: string) => Path) {
    const [, prefix, name, rest = ''] = /^\$(ctx|axis2|trp|operation|var):([^.[\]\s()]+)([\s\S]*)$/.exec(text) ?? []
    this.text = text
    this.#scope = (prefix === undefined ? undefined : SCOPES.get(prefix)) ?? 'body'
    this.#property = name ?? ''
    const path = name === undefined ? (text.startsWith('$') ? text : `$.${text}`) : `$${rest}`
    this.#whole = this.#scope === 'body' && /^\$\.?$/.test(path)
    const holes = path.includes('{') ? splitHoles(path, inner) : undefined
    this.contentAware =
      this.#scope === 'body' || holes?.some((part) => typeof part !== 'string' && part.contentAware) === true
    this.#path = holes === undefined ? constant(compileJsonPath(path)) : filled(holes)
  }

  string(ctx: MessageContext): string {
    return (this.#whole ? textAsItCame(ctx) : undefined) ?? jsonText(this.evaluate(ctx))
  }

  /** A boolean is itself; anything else that is there counts as true. */
  boolean(ctx: MessageContext): boolean {
    const value = this.evaluate(ctx)
    if (typeof value === 'boolean') return value
    if (typeof value === 'string' && /^(?:true|false)$/i.test(value)) return value.toLowerCase() === 'true'
    return value !== undefined && value !== null && !(Array.isArray(value) && value.length === 0)
  }

  /** A JSON value of its own, or undefined when the path leads nowhere. */
  evaluate(ctx: MessageContext): JsonValue | undefined {
    const root = this.#root(ctx)
    const value = root === undefined ? undefined : this.#path(ctx).read(root)
    return value === undefined ? undefined : cloneJson(value)
  }

  nodes(): readonly never[] {
    return []
  }

  /** Where the path leads in a JSON value: for changes. */
  locations(ctx: MessageContext, root: JsonValue): JsonLocation[] {
    return this.#path(ctx).locations(root)
  }

  #root(ctx: MessageContext): JsonValue | undefined {
    if (this.#scope === 'body') return ctx.message.empty ? undefined : ctx.message.json
    const value =
      this.#scope === 'variable' ? ctx.variables.get(this.#property) : ctx.properties.get(this.#scope, this.#property)
    return jsonOf(value)
  }
}

/** Compiles what stands between the parentheses of `json-eval(…)`. */
export function compileJsonPathOf(text: string, inner: (expression: string) => Path): JsonPathPath {
  try {
    return new JsonPathPath(text.trim() === '' ? '$' : text.trim(), inner)
  } catch (error) {
    if (!(error instanceof JsonPathError)) throw error
    throw new InvalidValue(`${error.message} (at character ${error.offset + 1} of the JSONPath)`, 'expression-invalid')
  }
}

/** JSON that nobody changed keeps the white space it came with. */
function textAsItCame({ message }: MessageContext): string | undefined {
  if (message.bytes === undefined || !message.isJson || message.headers.has('content-encoding')) return undefined
  // Reading the value first makes sure that it is JSON, and in this charset.
  return message.json === undefined || !isUtf8(message.bytes)
    ? undefined
    : message.bytes
        .toString('utf8')
        .replace(/^\uFEFF/, '')
        .trim()
}

/** '' for nothing, JSON text for null, objects and arrays, else the text of the value. */
export function jsonText(value: JsonValue | undefined): string {
  if (value === undefined) return ''
  if (typeof value === 'string') return value
  return typeof value === 'number' || typeof value === 'boolean' || value instanceof JsonNumber
    ? String(value)
    : printJson(value)
}

function jsonOf(value: unknown): JsonValue | undefined {
  if (typeof value !== 'string') return isJson(value) ? value : undefined
  try {
    return parseJson(value)
  } catch (error) {
    if (error instanceof JsonError) return value
    throw error
  }
}

const isJson = (value: unknown): value is JsonValue =>
  value === null ||
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  value instanceof Map ||
  value instanceof JsonNumber ||
  Array.isArray(value)

const constant =
  (path: JsonPath): (() => JsonPath) =>
  () =>
    path

function filled(parts: readonly (string | Path)[]): (ctx: MessageContext) => JsonPath {
  const compile = kept(compileJsonPath)
  return (ctx) => {
    let text = ''
    for (const part of parts) text += typeof part === 'string' ? part : part.string(ctx)
    return compile(text)
  }
}

function splitHoles(text: string, inner: (expression: string) => Path): (string | Path)[] {
  const parts: (string | Path)[] = []
  let from = 0
  for (const { 0: hole, 1: expression = '', index } of text.matchAll(/\{([^{}]+)\}/g)) {
    parts.push(text.slice(from, index), inner(expression))
    from = index + hole.length
  }
  return [...parts, text.slice(from)]
}
