import type { ExsltEntry } from './index.ts'
import type { Run, Value } from '../run.ts'
import { nodesOf, numberOf } from './arguments.ts'

type Pick = (numbers: readonly number[]) => number

const largest: Pick = (numbers) => numbers.reduce((a, b) => (b > a ? b : a))
const smallest: Pick = (numbers) => numbers.reduce((a, b) => (b < a ? b : a))

const numbersOf = (value: Value | undefined, run: Run): number[] => nodesOf(value).map((node) => numberOf([node], run))

const extreme =
  (pick: Pick) =>
  ([nodes]: Value[], run: Run): number => {
    const numbers = numbersOf(nodes, run)
    return numbers.length === 0 || numbers.some(Number.isNaN) ? Number.NaN : pick(numbers)
  }

const holders =
  (pick: Pick) =>
  ([nodes]: Value[], run: Run): unknown => {
    const numbers = numbersOf(nodes, run)
    if (numbers.length === 0 || numbers.some(Number.isNaN)) return []
    const best = pick(numbers)
    return nodesOf(nodes).filter((_, index) => numbers[index] === best)
  }

const unary =
  (compute: (value: number) => number) =>
  ([value]: Value[], run: Run): number =>
    compute(numberOf(value, run))

/** exslt.org/math. */
export const math: ReadonlyMap<string, ExsltEntry> = new Map<string, ExsltEntry>([
  ['max', [1, 1, extreme(largest)]],
  ['min', [1, 1, extreme(smallest)]],
  ['highest', [1, 1, holders(largest)]],
  ['lowest', [1, 1, holders(smallest)]],
  ['abs', [1, 1, unary(Math.abs)]],
  ['sqrt', [1, 1, unary(Math.sqrt)]],
  ['power', [2, 2, ([base, exponent], run) => numberOf(base, run) ** numberOf(exponent, run)]],
  ['log', [1, 1, unary(Math.log)]],
  ['exp', [1, 1, unary(Math.exp)]],
  ['sin', [1, 1, unary(Math.sin)]],
  ['cos', [1, 1, unary(Math.cos)]],
  ['tan', [1, 1, unary(Math.tan)]],
  ['asin', [1, 1, unary(Math.asin)]],
  ['acos', [1, 1, unary(Math.acos)]],
  ['atan', [1, 1, unary(Math.atan)]],
  ['atan2', [2, 2, ([y, x], run) => Math.atan2(numberOf(y, run), numberOf(x, run))]],
  ['random', [0, 0, () => Math.random()]],
])
