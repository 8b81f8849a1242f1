import { isJsonNumber } from '../../json/value.ts'
import { EvaluationError } from './error.ts'
import { doubleValue, kindOf, negate, type NumberValue, numericText, roundTo } from './number.ts'
import { type PlainFunction, wholeFor } from './text-functions.ts'
import { asText, jsonArrayOf, jsonObjectOf, mismatch, textOf, type Value, XmlValue } from './value.ts'

const numberFor = (name: string, value: Value): NumberValue =>
  isJsonNumber(value) ? value : mismatch(`${name}()`, 'a number', value)

/** Whole numbers stay as they are. */
const rounded =
  (name: string, round: (value: number) => number): PlainFunction =>
  (a) => {
    const number = numberFor(name, a)
    return kindOf(number) === 'double' ? doubleValue(round(Number(number))) : number
  }

/** Functions on numbers, and those that test and convert values. */
export const NUMBER_FUNCTIONS: ReadonlyMap<string, PlainFunction> = new Map<string, PlainFunction>([
  ['abs', absolute],
  ['ceil', rounded('ceil', Math.ceil)],
  ['floor', rounded('floor', Math.floor)],
  ['round', round],
  ['sqrt', (a) => doubleValue(Math.sqrt(Number(numberFor('sqrt', a))))],
  ['log', log],
  ['pow', (a, b = null) => doubleValue(Number(numberFor('pow', a)) ** Number(numberFor('pow', b)))],
  ['isString', (a) => typeof a === 'string' || a instanceof XmlValue],
  ['isNumber', (a) => isJsonNumber(a)],
  // A text that is JSON counts as what it is.
  ['isArray', (a) => jsonArrayOf(a) !== undefined],
  ['isObject', (a) => jsonObjectOf(a) !== undefined],
  ['string', (a) => textOf(a)],
  ['integer', integer],
  ['float', float],
  ['boolean', (a) => textOf(a).toLowerCase() === 'true'],
  ['object', (a) => jsonObjectOf(a) ?? mismatch('object()', 'a JSON object', a)],
  ['array', (a) => jsonArrayOf(a) ?? mismatch('array()', 'a JSON array', a)],
  ['not', (a) => (typeof a === 'boolean' ? !a : mismatch('not()', 'a boolean', a))],
])

function absolute(a: Value): Value {
  const number = numberFor('abs', a)
  return Number(number) < 0 || Object.is(Number(number), -0) ? negate(number) : number
}

/** To a whole number, halves upwards; with decimal places to a double, halves away from zero. */
function round(a: Value, b?: Value): Value {
  const number = numberFor('round', a)
  const places = b === undefined ? 0 : wholeFor('round', b)
  if (kindOf(number) !== 'double') return number
  if (b === undefined) return Math.round(Number(number)) + 0
  if (places < 1 || places > 400) throw new EvaluationError('round(): decimal places must be 1 or more')
  return roundTo(Number(number), places)
}

function log(a: Value, b?: Value): Value {
  const number = Number(numberFor('log', a))
  return doubleValue(b === undefined ? Math.log10(number) : Math.log(number) / Math.log(Number(numberFor('log', b))))
}

function integer(a: Value): Value {
  const number = isJsonNumber(a) ? a : numericText(asText(a) ?? mismatch('integer()', 'a number or text', a))
  if (number === undefined || kindOf(number) === 'double')
    throw new EvaluationError('integer(): the value is no whole number')
  return number
}

function float(a: Value): Value {
  const number = isJsonNumber(a) ? a : numericText(asText(a) ?? mismatch('float()', 'a number or text', a))
  if (number === undefined) throw new EvaluationError('float(): the value is no number')
  return kindOf(number) === 'double' ? number : doubleValue(Number(number))
}
