import { Fault } from '../fault.ts'
import { isJsonArray, isJsonObject, type JsonArray, type JsonObject, type JsonValue } from './value.ts'

/** Member names and indices from the root of a JSON value to a place in it. */
type Location = readonly (string | number)[]

type Change = (old: JsonValue | undefined) => JsonValue | undefined

/**
 * A value in which what stands at a place is changed; the old value stays as it is, and what is not on the way is shared.
 * A change to undefined removes the place.
 */
export function changedAt(root: JsonValue, location: Location, change: Change, depth = 0): JsonValue | undefined {
  const step = location[depth]
  if (step === undefined) return change(root)
  if (isJsonArray(root)) return changedItem(root, Number(step), location, change, depth)
  if (isJsonObject(root)) return changedMember(root, String(step), location, change, depth)
  return root
}

function changedItem(array: JsonArray, index: number, location: Location, change: Change, depth: number): JsonValue {
  const item = array[index]
  if (item === undefined) return array
  const changed = changedAt(item, location, change, depth + 1)
  return changed === undefined ? array.toSpliced(index, 1) : array.with(index, changed)
}

function changedMember(object: JsonObject, key: string, location: Location, change: Change, depth: number): JsonValue {
  const last = depth === location.length - 1
  const member = object.get(key)
  // A member that is not there yet can be set, but nothing can be changed inside of it.
  const changed = last
    ? change(member)
    : member === undefined
      ? undefined
      : changedAt(member, location, change, depth + 1)
  const copy = new Map(object)
  if (changed !== undefined) copy.set(key, changed)
  else if (last) copy.delete(key)
  return copy
}

/** Removes all places; of an array the last ones first, so that the places before keep their numbers. */
export function removedAt(root: JsonValue, locations: readonly Location[]): JsonValue | undefined {
  let value: JsonValue | undefined = root
  for (const location of locations.toSorted(lastFirst)) {
    if (value === undefined) return undefined
    value = changedAt(value, location, () => undefined)
  }
  return value
}

function lastFirst(a: Location, b: Location): number {
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const [left, right] = [a[i], b[i]]
    if (left === right) continue
    if (left === undefined) return 1
    if (right === undefined) return -1
    return typeof left === 'number' && typeof right === 'number'
      ? right - left
      : String(right).localeCompare(String(left))
  }
  return 0
}

/** Adds to an array, or members to an object. */
export function withChild(container: JsonValue | undefined, addition: JsonValue): JsonValue {
  if (isJsonArray(container)) return [...container, addition]
  if (isJsonObject(container) && isJsonObject(addition)) return new Map([...container, ...addition])
  throw new Fault(
    0,
    isJsonObject(container)
      ? 'only an object can be added to a JSON object'
      : 'nothing can be added to a JSON value that is no array or object',
  )
}

/** Gives a member another name, at the place where it is. */
export function renamedAt(root: JsonValue, location: Location, name: string): JsonValue | undefined {
  const key = location.at(-1)
  return changedAt(root, location.slice(0, -1), (container) => {
    if (!isJsonObject(container)) return container
    return new Map([...container].map(([each, value]) => [each === key ? name : each, value] as const))
  })
}
