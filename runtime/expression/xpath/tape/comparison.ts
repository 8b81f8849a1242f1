import type { TapeNode } from '../../../xml/tape.ts'
import { COMPARE_NUMBERS, isEquality, MIRRORED } from '../operators.ts'
import type { ComparisonOperator, Expression } from '../syntax.ts'
import { toBoolean } from '../value.ts'
import {
  allOnTape,
  booleanOnTape,
  NotOnTape,
  type OnTape,
  type Scalar,
  scalar,
  scalarNumber,
  type TapeEvaluate,
  type TapeFrame,
  type TapeNodes,
} from './expression.ts'
import { NumberMatch, TextMatch } from './sink.ts'

/** Compiles a comparison (XPath 1.0 section 3.4). `right` and `left` as written help where a side is a literal. */
export function compareOnTape<E>(
  operator: ComparisonOperator,
  left: readonly [Expression, OnTape<E>],
  right: readonly [Expression, OnTape<E>],
): OnTape<E> {
  const positional = left[1].positional || right[1].positional
  return booleanOnTape(comparisonOf(operator, left, right), positional)
}

function comparisonOf<E>(
  operator: ComparisonOperator,
  [leftSyntax, left]: readonly [Expression, OnTape<E>],
  [rightSyntax, right]: readonly [Expression, OnTape<E>],
): TapeEvaluate<E, boolean> {
  if (left.nodes && right.nodes) return nodeSets(operator, left.nodes, right.nodes)
  if (left.nodes) return nodesAgainst(operator, left.nodes, left, right, rightSyntax)
  if (right.nodes) return nodesAgainst(MIRRORED[operator], right.nodes, right, left, leftSyntax)
  const { value: a } = left
  const { value: b } = right
  return (frame, node, position) =>
    compareScalars(operator, scalar(a(frame, node, position)), scalar(b(frame, node, position)))
}

function compareScalars(operator: ComparisonOperator, left: Scalar, right: Scalar): boolean {
  const compare = COMPARE_NUMBERS[operator]
  if (isEquality(operator)) {
    const equal = operator === '='
    if (typeof left === 'boolean' || typeof right === 'boolean') return (toBoolean(left) === toBoolean(right)) === equal
    if (typeof left === 'string' && typeof right === 'string') return (left === right) === equal
  }
  return compare(scalarNumber(left), scalarNumber(right))
}

/** One node that compares as asked is enough, except with a boolean. */
function nodesAgainst<E>(
  operator: ComparisonOperator,
  { scan }: TapeNodes<E>,
  nodes: OnTape<E>,
  other: OnTape<E>,
  syntax: Expression,
): TapeEvaluate<E, boolean> {
  const compare = COMPARE_NUMBERS[operator]
  if (syntax.kind === 'literal' && isEquality(operator)) {
    const text = syntax.value
    const bytes = Buffer.from(text)
    const equal = operator === '='
    return (frame, node, position) => scan(frame, node, position, new TextMatch(frame.tape, text, bytes, equal))
  }
  return (frame, node, position) => {
    const value = scalar(other.value(frame, node, position))
    if (typeof value === 'boolean') return compare(Number(nodes.boolean(frame, node, position)), Number(value))
    if (typeof value === 'string' && isEquality(operator)) {
      return scan(frame, node, position, new TextMatch(frame.tape, value, Buffer.from(value), operator === '='))
    }
    return scan(frame, node, position, new NumberMatch(frame.tape, scalarNumber(value), compare))
  }
}

/** Equality of two node-sets needs one common text. An order of two is left to the tree. */
function nodeSets<E>(operator: ComparisonOperator, left: TapeNodes<E>, right: TapeNodes<E>): TapeEvaluate<E, boolean> {
  if (!isEquality(operator)) throw new NotOnTape()
  const texts = (source: TapeNodes<E>, frame: TapeFrame<E>, node: TapeNode, position: number): string[] =>
    allOnTape(source, frame, node, position).map((found) => frame.tape.value(found))
  return (frame, node, position) => {
    const known = new Set(texts(left, frame, node, position))
    if (known.size === 0) return false
    const others = texts(right, frame, node, position)
    if (operator === '!=' && known.size > 1) return others.length > 0
    return others.some((text) => known.has(text) === (operator === '='))
  }
}
