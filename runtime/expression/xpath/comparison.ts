import { type Compiled, type Evaluate, type NodeSource, ofBoolean } from './compiled.ts'
import type { Evaluation } from './evaluation.ts'
import type { XPathNode } from './node.ts'
import { COMPARE_NUMBERS, type CompareNumbers, isEquality, MIRRORED } from './operators.ts'
import { type Sink, TextMatch } from './sink.ts'
import type { ComparisonOperator } from './syntax.ts'
import { parseNumber, toBoolean, toNumber, toString, type XPathValue } from './value.ts'

/** Compiles a comparison (XPath 1.0 section 3.4) for the types that are known. */
export function compileComparison<E>(operator: ComparisonOperator, left: Compiled<E>, right: Compiled<E>): Compiled<E> {
  return ofBoolean(comparisonOf(operator, left, right), left.uses | right.uses)
}

function comparisonOf<E>(operator: ComparisonOperator, left: Compiled<E>, right: Compiled<E>): Evaluate<E, boolean> {
  if (left.type === 'any' || right.type === 'any') {
    const { value: a } = left
    const { value: b } = right
    return (node, position, size, evaluation) =>
      compareValues(operator, a(node, position, size, evaluation), b(node, position, size, evaluation), evaluation)
  }
  if (left.type === 'nodes' && left.source) return nodesAgainst(operator, left.source, left, right)
  if (right.type === 'nodes' && right.source) return nodesAgainst(MIRRORED[operator], right.source, right, left)
  return scalars(operator, left, right)
}

function scalars<E>(operator: ComparisonOperator, left: Compiled<E>, right: Compiled<E>): Evaluate<E, boolean> {
  const compare = COMPARE_NUMBERS[operator]
  if (isEquality(operator)) {
    const equal = operator === '='
    if (left.type === 'boolean' || right.type === 'boolean') {
      return (node, position, size, evaluation) =>
        (left.boolean(node, position, size, evaluation) === right.boolean(node, position, size, evaluation)) === equal
    }
    if (left.type === 'string' && right.type === 'string') {
      return (node, position, size, evaluation) =>
        (left.string(node, position, size, evaluation) === right.string(node, position, size, evaluation)) === equal
    }
  }
  const { number: a } = left
  const { number: b } = right
  return (node, position, size, evaluation) =>
    compare(a(node, position, size, evaluation), b(node, position, size, evaluation))
}

/** A node-set is compared node by node with anything but a boolean, and one node is enough. */
function nodesAgainst<E>(
  operator: ComparisonOperator,
  source: NodeSource<E>,
  nodes: Compiled<E>,
  other: Compiled<E>,
): Evaluate<E, boolean> {
  const compare = COMPARE_NUMBERS[operator]
  if (other.type === 'boolean') {
    return (node, position, size, evaluation) =>
      compare(
        Number(nodes.boolean(node, position, size, evaluation)),
        Number(other.boolean(node, position, size, evaluation)),
      )
  }
  if (other.source) {
    const { select } = other.source
    return (node, position, size, evaluation) =>
      compareNodeSets(
        operator,
        source.select(node, position, size, evaluation),
        select(node, position, size, evaluation),
        evaluation,
      )
  }
  if (other.type === 'string' && isEquality(operator)) {
    const equal = operator === '='
    return (node, position, size, evaluation) =>
      source.scan(
        node,
        position,
        size,
        evaluation,
        new TextMatch(evaluation, other.string(node, position, size, evaluation), equal),
      )
  }
  return (node, position, size, evaluation) =>
    source.scan(
      node,
      position,
      size,
      evaluation,
      new NumberMatch(evaluation, compare, other.number(node, position, size, evaluation)),
    )
}

class NumberMatch implements Sink {
  nested = false
  readonly #evaluation: Evaluation<unknown>
  readonly #compare: CompareNumbers
  readonly #number: number

  constructor(evaluation: Evaluation<unknown>, compare: CompareNumbers, number: number) {
    this.#evaluation = evaluation
    this.#compare = compare
    this.#number = number
  }

  accept(node: XPathNode): boolean {
    return this.#compare(parseNumber(this.#evaluation.stringValue(node)), this.#number)
  }
}

/** The comparison of two values of any types. */
export function compareValues(
  operator: ComparisonOperator,
  left: XPathValue,
  right: XPathValue,
  evaluation: Evaluation<unknown>,
): boolean {
  const compare = COMPARE_NUMBERS[operator]
  if (typeof left === 'boolean' || typeof right === 'boolean') {
    if (isEquality(operator) || Array.isArray(left) || Array.isArray(right)) {
      return compare(Number(toBoolean(left)), Number(toBoolean(right)))
    }
  }
  if (Array.isArray(left)) {
    if (Array.isArray(right)) return compareNodeSets(operator, left, right, evaluation)
    return left.some((node) => compareNode(operator, node, right, evaluation))
  }
  if (Array.isArray(right)) {
    return right.some((node) => compareNode(MIRRORED[operator], node, left, evaluation))
  }
  if (isEquality(operator) && typeof left === 'string' && typeof right === 'string') {
    return (left === right) === (operator === '=')
  }
  return compare(toNumber(left, evaluation), toNumber(right, evaluation))
}

function compareNode(
  operator: ComparisonOperator,
  node: XPathNode,
  other: string | number | boolean,
  evaluation: Evaluation<unknown>,
): boolean {
  const text = evaluation.stringValue(node)
  if (typeof other === 'string' && isEquality(operator)) return (text === other) === (operator === '=')
  return COMPARE_NUMBERS[operator](parseNumber(text), toNumber(other, evaluation))
}

/** Linear in both sets: equality needs one common text, an order only the extremes. */
function compareNodeSets(
  operator: ComparisonOperator,
  left: readonly XPathNode[],
  right: readonly XPathNode[],
  evaluation: Evaluation<unknown>,
): boolean {
  if (left.length === 0 || right.length === 0) return false
  if (isEquality(operator)) {
    const texts = new Set(left.map((node) => evaluation.stringValue(node)))
    if (operator === '!=' && texts.size > 1) return true
    return right.some((node) => texts.has(evaluation.stringValue(node)) === (operator === '='))
  }
  const a = extreme(left, operator.startsWith('<') ? Math.min : Math.max, evaluation)
  const b = extreme(right, operator.startsWith('<') ? Math.max : Math.min, evaluation)
  return a !== undefined && b !== undefined && COMPARE_NUMBERS[operator](a, b)
}

function extreme(
  nodes: readonly XPathNode[],
  choose: (a: number, b: number) => number,
  evaluation: Evaluation<unknown>,
): number | undefined {
  let best: number | undefined
  for (const node of nodes) {
    const number = parseNumber(toString([node], evaluation))
    if (!Number.isNaN(number)) best = best === undefined ? number : choose(best, number)
  }
  return best
}
