import type { ArithmeticOperator, ComparisonOperator } from './syntax.ts'

export type CompareNumbers = (a: number, b: number) => boolean

export const COMPARE_NUMBERS: Readonly<Record<ComparisonOperator, CompareNumbers>> = {
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
}

/** The operator that says the same with its sides exchanged. */
export const MIRRORED: Readonly<Record<ComparisonOperator, ComparisonOperator>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
}

export const isEquality = (operator: ComparisonOperator): operator is '=' | '!=' =>
  operator === '=' || operator === '!='

export const CALCULATE: Readonly<Record<ArithmeticOperator, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  div: (a, b) => a / b,
  mod: (a, b) => a % b,
}
