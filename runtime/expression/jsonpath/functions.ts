import { isJsonArray, isJsonNumber, isJsonObject, JsonNumber, type JsonValue } from '../../json/value.ts'
import { javaDouble } from '../java-double.ts'
import type { PathFunction } from './syntax.ts'

/** A function at the end of a path; undefined when the value is of the wrong type for it. */
export function applyFunction(name: PathFunction, value: JsonValue): JsonValue | undefined {
  switch (name) {
    case 'length':
    case 'size':
      if (typeof value === 'string' || isJsonArray(value)) return value.length
      return isJsonObject(value) ? value.size : undefined
    case 'keys':
      return isJsonObject(value) ? [...value.keys()] : undefined
    case 'first':
      return isJsonArray(value) ? value[0] : undefined
    case 'last':
      return isJsonArray(value) ? value.at(-1) : undefined
    case 'concat':
      return isJsonArray(value) ? value.filter((each) => typeof each === 'string').join('') : undefined
    case 'min':
    case 'max':
    case 'avg':
    case 'sum':
    case 'stddev':
      return double(aggregate(name, isJsonArray(value) ? value.filter(isJsonNumber).map((each) => each.valueOf()) : []))
  }
}

/** COMPAT jsonpath-aggregate-double: what is computed is a double, so that the sum of 1 and 2 is 3.0. */
const double = (value: number | undefined): JsonNumber | undefined =>
  value === undefined ? undefined : new JsonNumber(javaDouble(value))

function aggregate(name: 'min' | 'max' | 'avg' | 'sum' | 'stddev', numbers: readonly number[]): number | undefined {
  if (numbers.length === 0) return undefined
  const sum = numbers.reduce((total, each) => total + each, 0)
  const mean = sum / numbers.length
  switch (name) {
    case 'min':
      return numbers.reduce((least, each) => Math.min(least, each))
    case 'max':
      return numbers.reduce((most, each) => Math.max(most, each))
    case 'sum':
      return sum
    case 'avg':
      return mean
    case 'stddev':
      return Math.sqrt(numbers.reduce((total, each) => total + (each - mean) ** 2, 0) / numbers.length)
  }
}
