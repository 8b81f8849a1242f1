import { boolean, DATA_TYPES, type DataType, type Key } from '../data-types/index.ts'
import { bagOf, defineFunction, defineVariadic, type FunctionDefinition } from './function.ts'
import { versionsOf } from './bags.ts'

type Values = readonly unknown[]

function setFunctions(type: DataType, version: string): FunctionDefinition[] {
  const name = `${version}${type.name}`
  const bag = bagOf(type)
  const keys = (values: Values): Set<Key> => new Set(values.map((value) => type.key(value)))
  const within = (values: Values, others: Set<Key>): boolean => values.every((value) => others.has(type.key(value)))

  /** Each value once, at its first place. */
  const distinct = (values: Values): unknown[] => {
    const seen = new Set<Key>()
    return values.filter((value) => {
      const key = type.key(value)
      return !seen.has(key) && seen.add(key)
    })
  }
  return [
    defineVariadic(`${name}-intersection`, 2, bag, bag, ([first = [], ...others]) => {
      const sets = others.map(keys)
      return distinct(first.filter((value) => sets.every((set) => set.has(type.key(value)))))
    }),
    defineVariadic(`${name}-union`, 2, bag, bag, (all) => distinct(all.flat())),
    defineFunction(`${name}-at-least-one-member-of`, [bag, bag], boolean, (values, others) => {
      const set = keys(others)
      return values.some((value) => set.has(type.key(value)))
    }),
    defineFunction(`${name}-subset`, [bag, bag], boolean, (values, others) => within(values, keys(others))),
    defineFunction(`${name}-set-equals`, [bag, bag], boolean, (values, others) => {
      return within(values, keys(others)) && within(others, keys(values))
    }),
  ]
}

/** Section A.3.11 of XACML 3.0, for all types. */
export const sets: readonly FunctionDefinition[] = DATA_TYPES.flatMap((type) =>
  versionsOf(type).flatMap((version) => setFunctions(type, version)),
)
