import type { XsltFunction } from '../functions.ts'
import { EXSLT_COMMON, EXSLT_DATES, EXSLT_MATH, EXSLT_SETS, EXSLT_STRINGS } from '../names.ts'
import { nodeSets } from './node-sets.ts'
import { dates } from './dates.ts'
import { math } from './math.ts'
import { sets } from './sets.ts'
import { strings } from './strings.ts'

/** A function with the least and greatest number of its arguments. */
export type ExsltEntry = readonly [least: number, most: number, call: XsltFunction]

const MODULES: ReadonlyMap<string, ReadonlyMap<string, ExsltEntry>> = new Map([
  [EXSLT_COMMON, nodeSets],
  [EXSLT_DATES, dates],
  [EXSLT_MATH, math],
  [EXSLT_SETS, sets],
  [EXSLT_STRINGS, strings],
])

/** A function of EXSLT; undefined when there is none. */
export function exsltFunction(namespace: string, local: string, count: number): XsltFunction | undefined {
  const [least, most, call] = MODULES.get(namespace)?.get(local) ?? [0, -1, undefined]
  return count >= least && count <= most ? call : undefined
}
