import { compileExpression, type XPathHost } from './compile.ts'
import type { Compiled } from './compiled.ts'
import { Evaluation } from './evaluation.ts'
import type { XPathNode } from './node.ts'
import { parseXPath } from './parser.ts'
import type { Expression } from './syntax.ts'
import { compileForTape, type TapeXPath } from './tape/compile.ts'
import type { XPathValue } from './value.ts'

/** A compiled XPath 1.0 expression. Holds no state: it can be evaluated for any number of messages at once. */
export class XPath<E = undefined> {
  readonly text: string
  readonly syntax: Expression
  /** The same expression over a tape; undefined when it asks for more than a tape can answer. */
  readonly onTape: TapeXPath<E> | undefined
  readonly #compiled: Compiled<E>

  constructor(text: string, syntax: Expression, compiled: Compiled<E>, onTape: TapeXPath<E> | undefined) {
    this.text = text
    this.syntax = syntax
    this.onTape = onTape
    this.#compiled = compiled
  }

  /** A node-set comes in document order. */
  evaluate(context: XPathNode, env: E): XPathValue {
    return this.#compiled.value(context, 1, 1, new Evaluation(env))
  }

  string(context: XPathNode, env: E): string {
    return this.#compiled.string(context, 1, 1, new Evaluation(env))
  }

  number(context: XPathNode, env: E): number {
    return this.#compiled.number(context, 1, 1, new Evaluation(env))
  }

  boolean(context: XPathNode, env: E): boolean {
    return this.#compiled.boolean(context, 1, 1, new Evaluation(env))
  }

  /** The nodes in document order; none when the value is no node-set. */
  nodes(context: XPathNode, env: E): XPathNode[] {
    const value = this.evaluate(context, env)
    return Array.isArray(value) ? value : []
  }
}

/** Compiles an expression. Throws {@link XPathError} with the place of the mistake. */
export function compileXPath<E = undefined>(text: string, host: XPathHost<E>): XPath<E> {
  const syntax = parseXPath(text, host.namespaces)
  const compiled = compileExpression(syntax, host)
  return new XPath(text, syntax, compiled, compileForTape(syntax, host))
}
