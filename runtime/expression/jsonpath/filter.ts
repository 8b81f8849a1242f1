import { isJsonArray, isJsonNumber, isJsonObject, jsonEquals, type JsonValue } from '../../json/value.ts'
import type { Comparison, Operand, Syntax, Test } from './syntax.ts'

type Filter = (value: JsonValue, root: JsonValue) => boolean
/** How the paths inside a filter are compiled; given by whoever compiles the filter, which is part of a path itself. */
export type CompilePath = (syntax: Syntax) => { read(root: JsonValue): JsonValue | undefined }
type Read = (value: JsonValue, root: JsonValue) => JsonValue | undefined

/** A filter expression as a function of the item and the root. */
export function compileFilter(test: Test, compile: CompilePath): Filter {
  switch (test.kind) {
    case 'or':
    case 'and': {
      const [left, right] = [compileFilter(test.left, compile), compileFilter(test.right, compile)]
      return test.kind === 'or'
        ? (value, root) => left(value, root) || right(value, root)
        : (value, root) => left(value, root) && right(value, root)
    }
    case 'not': {
      const operand = compileFilter(test.operand, compile)
      return (value, root) => !operand(value, root)
    }
    case 'exists': {
      const read = compileOperand(test.path, compile)
      return (value, root) => {
        const found = read(value, root)
        return found !== undefined && !(isJsonArray(found) && found.length === 0)
      }
    }
    case 'compare':
      return compileComparison(test.operator, test.left, test.right, compile)
  }
}

function compileOperand(operand: Operand, compile: CompilePath): Read {
  switch (operand.kind) {
    case 'path': {
      const path = compile(operand.syntax)
      return operand.root === '@' ? (value) => path.read(value) : (_value, root) => path.read(root)
    }
    case 'literal':
      return () => operand.value
    case 'list': {
      const values: JsonValue = [...operand.values]
      return () => values
    }
    case 'regex':
      return () => undefined
  }
}

function compileComparison(operator: Comparison, left: Operand, right: Operand, compile: CompilePath): Filter {
  const a = compileOperand(left, compile)
  if (operator === '=~') {
    const pattern = right.kind === 'regex' ? right.pattern : undefined
    return (value, root) => {
      const text = a(value, root)
      return typeof text === 'string' && pattern?.test(text) === true
    }
  }
  const b = compileOperand(right, compile)
  const compare = COMPARE[operator]
  return (value, root) => compare(a(value, root), b(value, root))
}

type Compare = (a: JsonValue | undefined, b: JsonValue | undefined) => boolean

const equal: Compare = (a, b) => a !== undefined && b !== undefined && jsonEquals(a, b)

const ordered =
  (holds: (difference: number) => boolean): Compare =>
  (a, b) => {
    if (isJsonNumber(a) && isJsonNumber(b)) return holds(a.valueOf() - b.valueOf())
    return typeof a === 'string' && typeof b === 'string' && holds(a < b ? -1 : a > b ? 1 : 0)
  }

const includes: Compare = (list, item) => isJsonArray(list) && list.some((each) => equal(each, item))

const sizeOf = (value: JsonValue | undefined): number =>
  typeof value === 'string' || isJsonArray(value) ? value.length : isJsonObject(value) ? value.size : -1

const COMPARE: Readonly<Record<Exclude<Comparison, '=~'>, Compare>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': ordered((difference) => difference < 0),
  '<=': ordered((difference) => difference <= 0),
  '>': ordered((difference) => difference > 0),
  '>=': ordered((difference) => difference >= 0),
  in: (a, b) => includes(b, a),
  nin: (a, b) => !includes(b, a),
  subsetof: (a, b) => isJsonArray(a) && a.every((item) => includes(b, item)),
  anyof: (a, b) => isJsonArray(a) && a.some((item) => includes(b, item)),
  noneof: (a, b) => isJsonArray(a) && !a.some((item) => includes(b, item)),
  contains: (a, b) => (typeof a === 'string' ? typeof b === 'string' && a.includes(b) : includes(a, b)),
  size: (a, b) => isJsonNumber(b) && sizeOf(a) === b.valueOf(),
  empty: (a, b) => (sizeOf(a) === 0) === b,
}
