import { XPathError } from './error.ts'
import type { Evaluation } from './evaluation.ts'
import type { XPathNode } from './node.ts'
import { Anything, type Sink } from './sink.ts'
import type { Expression } from './syntax.ts'
import { formatNumber, fromHost, parseNumber, toBoolean, toNumber, toString, type XPathValue } from './value.ts'

/** Evaluates for a context node, position and size (XPath 1.0 chapter 1). */
export type Evaluate<E, V> = (node: XPathNode, position: number, size: number, evaluation: Evaluation<E>) => V

/** What an expression asks of its context beside the node; bits. */
export const POSITION = 1
export const LAST = 2

/** Gives nodes to a sink; true when the sink has had enough. */
export type Scan<E> = (
  node: XPathNode,
  position: number,
  size: number,
  evaluation: Evaluation<E>,
  sink: Sink,
) => boolean

/** An expression that gives a node-set. */
export interface NodeSource<E> {
  /** Gives every node, some perhaps twice and in any order. */
  readonly scan: Scan<E>
  /** The nodes in document order, each once. */
  readonly select: Evaluate<E, XPathNode[]>
  /** The n-th node in document order. */
  readonly nth: (n: number) => Evaluate<E, XPathNode | undefined>
  readonly count: Evaluate<E, number>
}

/** A source that has no better way to give nodes one by one than to select them all. */
export function selectedSource<E>(select: Evaluate<E, XPathNode[]>): NodeSource<E> {
  return {
    scan: (node, position, size, evaluation, sink) => {
      for (const found of select(node, position, size, evaluation)) if (sink.accept(found)) return true
      return false
    },
    select,
    nth: (n) => (node, position, size, evaluation) => select(node, position, size, evaluation)[n - 1],
    count: (node, position, size, evaluation) => select(node, position, size, evaluation).length,
  }
}

/** A compiled expression, ready for each of the four types. `any`: the type is known at run time only. */
export interface Compiled<E> {
  readonly type: 'nodes' | 'string' | 'number' | 'boolean' | 'any'
  readonly uses: number
  readonly value: Evaluate<E, XPathValue>
  readonly string: Evaluate<E, string>
  readonly number: Evaluate<E, number>
  readonly boolean: Evaluate<E, boolean>
  readonly source: NodeSource<E> | undefined
}

/** How the parts of the compiler reach each other and the host. */
export interface Compilation<E> {
  compile(expression: Expression): Compiled<E>
  /** Throws {@link XPathError} when the prefix is not declared. */
  namespace(prefix: string, at: number): string
}

export function ofString<E>(evaluate: Evaluate<E, string>, uses = 0): Compiled<E> {
  return {
    type: 'string',
    uses,
    value: evaluate,
    string: evaluate,
    number: (node, position, size, evaluation) => parseNumber(evaluate(node, position, size, evaluation)),
    boolean: (node, position, size, evaluation) => evaluate(node, position, size, evaluation) !== '',
    source: undefined,
  }
}

export function ofNumber<E>(evaluate: Evaluate<E, number>, uses = 0): Compiled<E> {
  return {
    type: 'number',
    uses,
    value: evaluate,
    string: (node, position, size, evaluation) => formatNumber(evaluate(node, position, size, evaluation)),
    number: evaluate,
    boolean: (node, position, size, evaluation) => toBoolean(evaluate(node, position, size, evaluation)),
    source: undefined,
  }
}

export function ofBoolean<E>(evaluate: Evaluate<E, boolean>, uses = 0): Compiled<E> {
  return {
    type: 'boolean',
    uses,
    value: evaluate,
    string: (node, position, size, evaluation) => (evaluate(node, position, size, evaluation) ? 'true' : 'false'),
    number: (node, position, size, evaluation) => (evaluate(node, position, size, evaluation) ? 1 : 0),
    boolean: evaluate,
    source: undefined,
  }
}

export function ofNodes<E>(source: NodeSource<E>, uses = 0): Compiled<E> {
  const first = source.nth(1)
  const text: Evaluate<E, string> = (node, position, size, evaluation) => {
    const found = first(node, position, size, evaluation)
    return found === undefined ? '' : evaluation.stringValue(found)
  }
  return {
    type: 'nodes',
    uses,
    value: source.select,
    string: text,
    number: (node, position, size, evaluation) => parseNumber(text(node, position, size, evaluation)),
    boolean: (node, position, size, evaluation) => source.scan(node, position, size, evaluation, new Anything()),
    source,
  }
}

/** A value of the host: variables and extension functions. `at` is where an error about its type points. */
export function ofHost<E>(read: Evaluate<E, unknown>, at: number, uses = 0): Compiled<E> {
  const value: Evaluate<E, XPathValue> = (node, position, size, evaluation) =>
    fromHost(read(node, position, size, evaluation))
  const select: Evaluate<E, XPathNode[]> = (node, position, size, evaluation) => {
    const found = read(node, position, size, evaluation)
    if (found === undefined || found === null) return []
    const nodes = fromHost(found)
    if (Array.isArray(nodes)) return nodes
    throw new XPathError('the value is no node-set', at)
  }
  return {
    type: 'any',
    uses,
    value,
    string: (node, position, size, evaluation) => toString(value(node, position, size, evaluation), evaluation),
    number: (node, position, size, evaluation) => toNumber(value(node, position, size, evaluation), evaluation),
    boolean: (node, position, size, evaluation) => toBoolean(value(node, position, size, evaluation)),
    source: selectedSource(select),
  }
}

/** The node-set that an argument, a filter or a path needs. */
export function nodesOf<E>(compiled: Compiled<E>, at: number): NodeSource<E> {
  if (compiled.source === undefined) throw new XPathError(`a node-set is expected, not a ${compiled.type}`, at)
  return compiled.source
}
