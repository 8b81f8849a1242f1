import { isJsonArray, isJsonNumber, isJsonObject, type JsonValue } from '../../json/value.ts'
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
      return aggregate(name, isJsonArray(value) ? value.filter(isJsonNumber).map((each) => each.valueOf()) : [])
  }
}

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
