import { isJsonArray, isJsonObject, type JsonValue } from '../../json/value.ts'
import { compileFilter } from './filter.ts'
import { applyFunction } from './functions.ts'
import { parseJsonPath } from './parser.ts'
import type { PathFunction, Segment, Syntax } from './syntax.ts'

/** Keys and indexes from the root to one value. */
export type JsonLocation = readonly (string | number)[]

/** Told of every value a step leads to; `location` is undefined when nobody asks for places. */
type Emit = (value: JsonValue, location: JsonLocation | undefined) => void
type Step = (value: JsonValue, location: JsonLocation | undefined, root: JsonValue, emit: Emit) => void

/** A compiled JSONPath with Jayway's meaning. Holds no state. Bodies are bounded in depth by the JSON parser. */
export class JsonPath {
  readonly text: string
  /** It gives one value at most: no wildcard, filter, slice, list of indexes or `..`. */
  readonly definite: boolean
  readonly #steps: readonly Step[]
  /** What stands for the last step when values are read: the members that a list of names selects, as one object. */
  readonly #gather: Step | undefined
  readonly #function: PathFunction | undefined
  /** The member that a definite path names last. */
  readonly #newKey: string | undefined

  constructor(text: string, syntax: Syntax) {
    this.text = text
    const { segments } = syntax
    const last = segments.at(-1)
    const gathers = last?.kind === 'keys' && last.keys.length > 1
    this.definite = segments.every((segment) => isDefinite(segment) || (gathers && segment === last && !segment.deep))
    this.#steps = segments.map(compileSegment)
    this.#gather = gathers ? gatherStep(last.keys, last.deep) : undefined
    this.#function = syntax.fn
    this.#newKey = this.definite && last?.kind === 'keys' && !gathers ? last.keys[0] : undefined
  }

  /** The value a definite path leads to, or all values an indefinite one leads to as an array; undefined when there is none. */
  read(root: JsonValue): JsonValue | undefined {
    const values: JsonValue[] = []
    const gather = this.#gather
    const take: Emit = (value) => values.push(value)
    if (gather === undefined) this.#run(root, undefined, take)
    else this.#run(root, undefined, (value) => gather(value, undefined, root, take), 1)
    const result = this.definite ? values[0] : values
    return this.#function === undefined || result === undefined ? result : applyFunction(this.#function, result)
  }

  /** Where the path leads. The last name of a definite path is a place even when nothing is there yet, if its object is. */
  locations(root: JsonValue): JsonLocation[] {
    const locations: JsonLocation[] = []
    this.#run(root, [], (_value, location = []) => locations.push(location))
    if (locations.length === 0 && this.#newKey !== undefined) {
      const key = this.#newKey
      this.#run(root, [], (value, location = []) => isJsonObject(value) && locations.push([...location, key]), 1)
    }
    return locations
  }

  /** All steps but the last `without`. */
  #run(root: JsonValue, location: JsonLocation | undefined, emit: Emit, without = 0): void {
    const steps = without === 0 ? this.#steps : this.#steps.slice(0, -without)
    const go = (value: JsonValue, at: JsonLocation | undefined, next: number): void => {
      const step = steps[next]
      if (step === undefined) emit(value, at)
      else step(value, at, root, (inner, place) => go(inner, place, next + 1))
    }
    go(root, location, 0)
  }
}

/** Compiles a path that begins with `$`. Throws JsonPathError. */
export const compileJsonPath = (text: string): JsonPath => new JsonPath(text, parseJsonPath(text))

const isDefinite = (segment: Segment): boolean =>
  !segment.deep &&
  ((segment.kind === 'keys' && segment.keys.length === 1) ||
    (segment.kind === 'indexes' && segment.indexes.length === 1))

function compileSegment(segment: Segment): Step {
  const step = compileStep(segment)
  return segment.deep ? deepened(step) : step
}

/** The step at the value itself and at everything below it. */
function deepened(step: Step): Step {
  const walk: Step = (value, location, root, emit) => {
    step(value, location, root, emit)
    eachItem(value, location, (item, place) => walk(item, place, root, emit))
  }
  return walk
}

function compileStep(segment: Segment): Step {
  switch (segment.kind) {
    case 'keys':
      return keysStep(segment.keys)
    case 'indexes':
      return indexesStep(segment.indexes)
    case 'slice':
      return sliceStep(segment.from, segment.to, segment.step)
    case 'all':
      return (value, location, _root, emit) => eachItem(value, location, emit)
    case 'filter':
      return filterStep(compileFilter(segment.test, (syntax) => new JsonPath('', syntax)))
  }
}

const inside = (location: JsonLocation | undefined, step: string | number): JsonLocation | undefined =>
  location && [...location, step]

const keysStep =
  (keys: readonly string[]): Step =>
  (value, location, _root, emit) => {
    if (!isJsonObject(value)) return
    for (const key of keys) {
      const member = value.get(key)
      if (member !== undefined) emit(member, inside(location, key))
    }
  }

/** Of an object that has some of the members, or below `..` all of them. */
function gatherStep(keys: readonly string[], deep: boolean): Step {
  const step: Step = (value, location, _root, emit) => {
    if (!isJsonObject(value)) return
    const found = keys.filter((key) => value.has(key))
    if (found.length < (deep ? keys.length : 1)) return
    emit(new Map(found.map((key) => [key, value.get(key) ?? null])), location)
  }
  return deep ? deepened(step) : step
}

const indexesStep =
  (indexes: readonly number[]): Step =>
  (value, location, _root, emit) => {
    if (!isJsonArray(value)) return
    for (const index of indexes) {
      const at = index < 0 ? value.length + index : index
      const item = value[at]
      if (item !== undefined) emit(item, inside(location, at))
    }
  }

const sliceStep =
  (from: number | undefined, to: number | undefined, step: number): Step =>
  (value, location, _root, emit) => {
    if (!isJsonArray(value) || step <= 0) return
    const { length } = value
    const bound = (index: number): number => Math.min(Math.max(index < 0 ? length + index : index, 0), length)
    for (let at = bound(from ?? 0); at < bound(to ?? length); at += step) emit(value[at] ?? null, inside(location, at))
  }

const filterStep =
  (test: (value: JsonValue, root: JsonValue) => boolean): Step =>
  (value, location, root, emit) => {
    // A filter on an object looks at the object itself, on an array at its items.
    if (isJsonObject(value)) {
      if (test(value, root)) emit(value, location)
      return
    }
    eachItem(value, location, (item, place) => {
      if (test(item, root)) emit(item, place)
    })
  }

function eachItem(value: JsonValue, location: JsonLocation | undefined, emit: Emit): void {
  if (isJsonArray(value)) for (let i = 0; i < value.length; i++) emit(value[i] ?? null, inside(location, i))
  else if (isJsonObject(value)) for (const [key, member] of value) emit(member, inside(location, key))
}
