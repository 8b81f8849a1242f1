import { isJsonNumber } from '../../json/value.ts'
import { EvaluationError } from './error.ts'
import { calculate } from './number.ts'
import type { ArithmeticOperator, Operator } from './syntax.ts'
import { asText, mismatch, nameOf, textOf, type Value } from './value.ts'

type Operation = (a: Value, b: Value) => Value

/** What an operator does. Both sides are evaluated whatever the first one is. */
export const operation = (operator: Operator): Operation => OPERATIONS[operator]

const ordered =
  (operator: Operator, holds: (a: number, b: number) => boolean): Operation =>
  (a, b) => {
    if (isJsonNumber(a) && isJsonNumber(b)) return holds(Number(a), Number(b))
    return mismatch(operator, 'two numbers', isJsonNumber(a) ? b : a)
  }

const logical =
  (operator: Operator, combine: (a: boolean, b: boolean) => boolean): Operation =>
  (a, b) => {
    if (typeof a === 'boolean' && typeof b === 'boolean') return combine(a, b)
    const wrong = nameOf(typeof a === 'boolean' ? b : a)
    throw new EvaluationError(`${operator} needs two booleans, not ${wrong}; comparisons beside it need parentheses`)
  }

const arithmetic =
  (operator: ArithmeticOperator): Operation =>
  (a, b) => {
    if (isJsonNumber(a) && isJsonNumber(b)) return calculate(operator, a, b)
    return mismatch(operator, 'two numbers', isJsonNumber(a) ? b : a)
  }

function add(a: Value, b: Value): Value {
  if (isJsonNumber(a) && isJsonNumber(b)) return calculate('+', a, b)
  const [left, right] = [asText(a), asText(b)]
  if (left !== undefined && right !== undefined) return left + right
  throw new EvaluationError(`+ needs two numbers or two texts, not ${nameOf(a)} and ${nameOf(b)}`)
}

/** COMPAT equality-of-text: values are equal when their texts are, so that 1 equals "1" and not 1.0. */
function equal(a: Value, b: Value): boolean {
  return a === null || b === null ? a === b : textOf(a) === textOf(b)
}

const OPERATIONS: Readonly<Record<Operator, Operation>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': ordered('<', (a, b) => a < b),
  '>': ordered('>', (a, b) => a > b),
  '<=': ordered('<=', (a, b) => a <= b),
  '>=': ordered('>=', (a, b) => a >= b),
  and: logical('and', (a, b) => a && b),
  or: logical('or', (a, b) => a || b),
  '+': add,
  '-': arithmetic('-'),
  '*': arithmetic('*'),
  '/': arithmetic('/'),
  '%': arithmetic('%'),
}
