import { JsonNumber, jsonNumber } from '../../json/value.ts'
import { javaDouble } from '../java-double.ts'
import {
  addDecimals,
  divideDecimals,
  multiplyDecimals,
  negateDecimal,
  remainderOfDecimals,
  roundDecimal,
  toDecimal,
  toNumber,
} from './decimal.ts'
import { EvaluationError } from './error.ts'
import type { ArithmeticOperator } from './syntax.ts'

/** A number of an expression; of a {@link JsonNumber} the text is the value (`2.0`, `9007199254740993`). */
export type NumberValue = number | JsonNumber
export type NumberKind = 'int' | 'long' | 'double'

const WHOLE = /^[+-]?\d+$/
const DECIMAL = /^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/
const LEAST_LONG = -(2n ** 63n)
const MOST_LONG = 2n ** 63n - 1n

export function kindOf(value: NumberValue): NumberKind {
  if (typeof value === 'number') return Number.isInteger(value) ? wholeKind(value) : 'double'
  return WHOLE.test(value.text) ? wholeKind(Number(value.text)) : 'double'
}

const wholeKind = (value: number): NumberKind => {
  if (value >= -2_147_483_648 && value <= 2_147_483_647) return 'int'
  return Math.abs(value) <= 2 ** 63 ? 'long' : 'double'
}

/** A double: it prints as Java prints it, so `9` is `9.0`. */
export const doubleValue = (value: number): NumberValue =>
  Number.isFinite(value) ? jsonNumber(javaDouble(value)) : value

/** A number as it is written in an expression. */
export const numberOf = (text: string): NumberValue =>
  WHOLE.test(text) ? jsonNumber(BigInt(text).toString()) : doubleValue(Number(text))

/** Text that looks like a number is one; whole numbers too long for Java keep their digits. Undefined for other text. */
export function numericText(text: string): NumberValue | undefined {
  if (WHOLE.test(text)) return text.length < 400 ? numberOf(text) : undefined
  return DECIMAL.test(text) ? doubleValue(Number(text)) : undefined
}

export function negate(value: NumberValue): NumberValue {
  if (kindOf(value) === 'double') return doubleValue(-Number(value))
  return wholeValue(-bigOf(value))
}

/**
 * Whole numbers stay whole where that is exact, and grow to 64 bits where 32 are too few. With a double it is a double,
 * computed in decimal: `0.1 + 0.2` is `0.3`.
 */
export function calculate(operator: ArithmeticOperator, a: NumberValue, b: NumberValue): NumberValue {
  const [left, right] = [kindOf(a), kindOf(b)]
  const zero = Number(b) === 0
  if (zero && operator === '/') throw new EvaluationError('division by zero')
  if (zero && operator === '%') throw new EvaluationError('remainder of a division by zero')
  if (left === 'double' || right === 'double') return doubleValue(calculateDecimal(operator, Number(a), Number(b)))
  if (operator === '/') return divideWhole(a, b, left === 'int' && right === 'int')
  if (typeof a === 'number' && typeof b === 'number') {
    const result = calculateNumber(operator, a, b)
    if (Number.isSafeInteger(result)) return result + 0
  }
  return wholeValue(calculateBig(operator, bigOf(a), bigOf(b)))
}

function divideWhole(a: NumberValue, b: NumberValue, exact: boolean): NumberValue {
  const quotient = Number(a) / Number(b)
  return exact && Number.isInteger(quotient) ? quotient + 0 : doubleValue(quotient)
}

function calculateNumber(operator: Exclude<ArithmeticOperator, '/'>, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '%':
      return a % b
  }
}

function calculateBig(operator: Exclude<ArithmeticOperator, '/'>, a: bigint, b: bigint): bigint {
  switch (operator) {
    case '+':
      return a + b
    case '-':
      return a - b
    case '*':
      return a * b
    case '%':
      return a % b
  }
}

function calculateDecimal(operator: ArithmeticOperator, a: number, b: number): number {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return operator === '/' ? a / b : calculateNumber(operator, a, b)
  const [left, right] = [toDecimal(a), toDecimal(b)]
  switch (operator) {
    case '+':
      return toNumber(addDecimals(left, right))
    case '-':
      return toNumber(addDecimals(left, negateDecimal(right)))
    case '*':
      return toNumber(multiplyDecimals(left, right))
    case '/':
      // COMPAT quotient-scale: a quotient has as many decimal places as its dividend, at least one: 34.45 / 3.44 is 10.01.
      return toNumber(roundDecimal(divideDecimals(left, right), Math.max(1, left.scale)))
    case '%':
      return toNumber(remainderOfDecimals(left, right))
  }
}

/** Rounds a double to decimal places, halves away from zero. */
export const roundTo = (value: number, places: number): NumberValue =>
  doubleValue(Number.isFinite(value) ? toNumber(roundDecimal(toDecimal(value), places)) : value)

const bigOf = (value: NumberValue): bigint => BigInt(typeof value === 'number' ? value : value.text)

function wholeValue(value: bigint): NumberValue {
  if (value < LEAST_LONG || value > MOST_LONG) throw new EvaluationError('the result does not fit into 64 bits')
  return jsonNumber(value.toString())
}
