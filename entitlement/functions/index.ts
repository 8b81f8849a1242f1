import { arithmetic } from './arithmetic.ts'
import { bags } from './bags.ts'
import { comparisons } from './comparison.ts'
import { dates } from './dates.ts'
import type { FunctionDefinition } from './function.ts'
import { higherOrder, type HigherOrderFunction } from './higher-order.ts'
import { logic } from './logic.ts'
import { regexps } from './regexp.ts'
import { sets } from './sets.ts'
import { specialMatches } from './special-match.ts'
import { strings } from './strings.ts'
import { xpathFunctions } from './xpath.ts'

export { bagOf, defineFunction, defineVariadic, type FunctionDefinition, type ValueType } from './function.ts'
export type { HigherOrderFunction } from './higher-order.ts'

/** Every function with fixed types, the deprecated identifiers included; any policy may use any of them. */
export const FUNCTIONS: ReadonlyMap<string, FunctionDefinition> = new Map(
  [
    ...logic,
    ...comparisons,
    ...arithmetic,
    ...strings,
    ...dates,
    ...bags,
    ...sets,
    ...regexps,
    ...specialMatches,
    ...xpathFunctions,
  ].map((definition) => [definition.id, definition]),
)

export const HIGHER_ORDER_FUNCTIONS: ReadonlyMap<string, HigherOrderFunction> = new Map(
  higherOrder.map((definition) => [definition.id, definition]),
)
