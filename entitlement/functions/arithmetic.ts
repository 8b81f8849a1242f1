import { double, integer } from '../data-types/index.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { defineFunction, defineVariadic, type FunctionDefinition } from './function.ts'

const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'

/** About 10 000 digits: no product of a policy is longer. */
const LONGEST = 1n << 33_000n

function bounded(value: bigint): bigint {
  if (value > LONGEST || value < -LONGEST) throw processingError('the integer is too long')
  return value
}

function divisor<T extends bigint | number>(value: T): T {
  if (Number(value) === 0) throw processingError('division by zero')
  return value
}

/** A tie goes to the even neighbour, as IEEE 754 and Balana have it; the standard does not say. */
function round(value: number): number {
  const floor = Math.floor(value)
  if (value - floor !== 0.5) return Math.round(value)
  return floor % 2 === 0 ? floor : floor + 1
}

function toInteger(value: number): bigint {
  if (!Number.isFinite(value)) throw processingError(`${double.print(value)} is no integer`)
  return BigInt(Math.trunc(value))
}

/** Sections A.3.2 and A.3.4 of XACML 3.0. Doubles overflow to infinity; only a division by zero is an error. */
export const arithmetic: readonly FunctionDefinition[] = [
  defineVariadic(`${V1}integer-add`, 2, integer, integer, (values) => bounded(values.reduce((a, b) => a + b))),
  defineVariadic(`${V1}integer-multiply`, 2, integer, integer, (values) => values.reduce((a, b) => bounded(a * b))),
  defineFunction(`${V1}integer-subtract`, [integer, integer], integer, (a, b) => bounded(a - b)),
  defineFunction(`${V1}integer-divide`, [integer, integer], integer, (a, b) => a / divisor(b)),
  defineFunction(`${V1}integer-mod`, [integer, integer], integer, (a, b) => a % divisor(b)),
  defineFunction(`${V1}integer-abs`, [integer], integer, (a) => (a < 0n ? -a : a)),
  defineVariadic(`${V1}double-add`, 2, double, double, (values) => values.reduce((a, b) => a + b)),
  defineVariadic(`${V1}double-multiply`, 2, double, double, (values) => values.reduce((a, b) => a * b)),
  defineFunction(`${V1}double-subtract`, [double, double], double, (a, b) => a - b),
  defineFunction(`${V1}double-divide`, [double, double], double, (a, b) => a / divisor(b)),
  defineFunction(`${V1}double-abs`, [double], double, (a) => Math.abs(a)),
  defineFunction(`${V1}round`, [double], double, round),
  defineFunction(`${V1}floor`, [double], double, (a) => Math.floor(a)),
  defineFunction(`${V1}double-to-integer`, [double], integer, toInteger),
  defineFunction(`${V1}integer-to-double`, [integer], double, Number),
]
