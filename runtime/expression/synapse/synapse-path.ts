import type { MessageContext } from '../../context.ts'
import { cloneJson } from '../../json/value.ts'
import { InvalidValue } from '../../schema.ts'
import type { Path, PathNode, PathValue } from '../path.ts'
import { XPathError } from '../xpath/index.ts'
import { compileXPathPath, type XPathPath } from '../xpath-path.ts'
import { type Compiled, compileSynapseExpression } from './compile.ts'
import { isFailure, SynapseSyntaxError } from './error.ts'
import { parseSynapseExpression } from './parser.ts'
import type { Node } from './syntax.ts'
import { textOf, type Value, XmlValue } from './value.ts'

/**
 * A Synapse expression, `${…}` (language reference 4.3). What goes wrong in it for a message is logged, and the result is
 * then an empty text.
 */
export class SynapsePath implements Path {
  readonly kind = 'synapse'
  readonly text: string
  readonly contentAware: boolean
  /** A text that it yields was found in JSON, not made by the expression or held by a variable or header. */
  readonly fromJson: boolean
  readonly #compiled: Compiled
  /** `$body`, which the expression stands for when the payload is XML; undefined when it is more than `payload`. */
  readonly #body: XPathPath | undefined

  constructor(text: string, node: Node, compiled: Compiled, body: XPathPath | undefined) {
    this.text = text
    this.contentAware = compiled.contentAware
    this.fromJson = node.kind === 'payload' || ('path' in node && node.path !== undefined)
    this.#compiled = compiled
    this.#body = body
  }

  string(ctx: MessageContext): string {
    if (this.#isBody(ctx)) return this.#body?.string(ctx) ?? ''
    return this.#result(ctx, textOrNothing, '')
  }

  boolean(ctx: MessageContext): boolean {
    return this.string(ctx).toLowerCase() === 'true'
  }

  /** A JSON value of its own, or nodes. Never null: that is an empty text, as upstream. */
  evaluate(ctx: MessageContext): PathValue {
    if (this.#isBody(ctx)) return this.#body?.evaluate(ctx)
    return this.#result(ctx, ownOrNothing, '')
  }

  nodes(ctx: MessageContext): readonly PathNode[] {
    if (this.#isBody(ctx)) return this.#body?.nodes(ctx) ?? []
    return this.#result(ctx, nodesOrNone, [])
  }

  /** COMPAT payload-is-body: of an XML message, `${payload}` alone is the Body element; paths go into its JSON view. */
  #isBody(ctx: MessageContext): boolean {
    if (this.#body === undefined) return false
    const type = ctx.properties.get('axis2', 'ContentType')
    return typeof type === 'string' && type.includes('xml')
  }

  #result<T>(ctx: MessageContext, use: (value: Value) => T, empty: T): T {
    try {
      return use(this.#compiled.evaluate(ctx))
    } catch (error) {
      if (!isFailure(error)) throw error
      ctx.log('WARN', 'expression', `${this.text}: ${error.message}; the result is empty`)
      return empty
    }
  }
}

const textOrNothing = (value: Value): string => (value === null ? '' : textOf(value))

const ownOrNothing = (value: Value): PathValue => (value instanceof XmlValue ? value.raw : cloneJson(value ?? ''))

const nodesOrNone = (value: Value): readonly PathNode[] =>
  value instanceof XmlValue ? (value.nodes as readonly PathNode[]) : []

/** Compiles `${…}`. `namespaces` are those in force where it stands. Throws InvalidValue with the place of a mistake. */
export function compileSynapsePath(text: string, namespaces: (prefix: string) => string | undefined): SynapsePath {
  try {
    const node = parseSynapseExpression(text.slice(2, -1))
    const xpath = (expression: string, at: number): XPathPath => compileXPathOf(expression, at, namespaces)
    const body = node.kind === 'payload' && node.path === undefined ? xpath('$body', 0) : undefined
    return new SynapsePath(text, node, compileSynapseExpression(node, xpath), body)
  } catch (error) {
    if (!(error instanceof SynapseSyntaxError)) throw error
    throw new InvalidValue(`${error.message} (at character ${error.offset + 3})`, 'expression-invalid')
  }
}

function compileXPathOf(text: string, at: number, namespaces: (prefix: string) => string | undefined): XPathPath {
  try {
    return compileXPathPath(text, namespaces)
  } catch (error) {
    if (!(error instanceof XPathError)) throw error
    throw new SynapseSyntaxError(`${error.message}, at character ${error.offset + 1} of the XPath`, at)
  }
}
