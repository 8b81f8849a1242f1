import type { Key } from '../data-types/index.ts'
import type { AttributeKey, EvaluationContext } from '../evaluation/context.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import type { Equality } from './compile-target.ts'

/** Below this many children, looking at all of them is as fast. */
const FEW = 6

/** Children whose targets ask for values of one attribute. */
interface Group {
  readonly key: AttributeKey
  readonly byValue: Map<Key, number[]>
  /** Those that are indeterminate when the attribute has no value at all. */
  readonly mandatory: number[]
  readonly all: number[]
}

/** What children are chosen from, each with the conditions of its target. */
export interface Indexed {
  readonly conditions: readonly (readonly Equality[])[]
}

/**
 * Finds the children of a policy or policy set whose targets may match, by the values that they compare attributes with. What
 * it leaves out is NotApplicable without a doubt, which no combining algorithm looks at, so the order and the Indeterminates
 * of the rest are those of all children.
 */
export class TargetIndex<C extends Indexed> {
  readonly #children: readonly C[]
  readonly #groups: readonly Group[]
  /** Children without a usable condition. */
  readonly #rest: readonly number[]

  /** Undefined when there is nothing to gain. */
  static of<C extends Indexed>(children: readonly C[]): TargetIndex<C> | undefined {
    if (children.length < FEW) return undefined
    const index = new TargetIndex(children)
    return index.#rest.length > children.length / 2 ? undefined : index
  }

  private constructor(children: readonly C[]) {
    this.#children = children
    const chosen = bestConditions(children)
    const groups = new Map<AttributeKey, Group>()
    const rest: number[] = []
    for (const [position, condition] of chosen.entries()) {
      if (condition === undefined) rest.push(position)
      for (const equality of condition ?? []) add(groups, equality, position)
    }
    this.#groups = [...groups.values()]
    this.#rest = rest
  }

  /** The children that may match, in their order. */
  select(context: EvaluationContext): readonly C[] {
    let lists: (readonly number[])[] | undefined
    let only = this.#rest
    for (const group of this.#groups)
      for (const list of candidates(group, context)) {
        if (lists !== undefined) lists.push(list)
        else if (only.length === 0) only = list
        else lists = [only, list]
      }
    const positions = lists === undefined ? only : [...new Set(lists.flat())].sort((a, b) => a - b)
    return positions.map((position) => this.#children[position] as C)
  }
}

const NONE: readonly (readonly number[])[] = []

function candidates(
  { key, byValue, mandatory, all }: Group,
  context: EvaluationContext,
): readonly (readonly number[])[] {
  try {
    const bag = context.bag(key)
    if (bag.length === 0) return mandatory.length === 0 ? NONE : [mandatory]
    if (bag.length === 1) {
      const list = byValue.get(key.type.key(bag[0]))
      return list === undefined ? NONE : [list]
    }
    return bag.flatMap((value) => {
      const list = byValue.get(key.type.key(value))
      return list === undefined ? [] : [list]
    })
  } catch (thrown) {
    if (!(thrown instanceof Indeterminate)) throw thrown
    return [all]
  }
}

function add(groups: Map<AttributeKey, Group>, { key, value, mustBePresent }: Equality, position: number): void {
  let group = groups.get(key)
  if (group === undefined) {
    group = { key, byValue: new Map(), mandatory: [], all: [] }
    groups.set(key, group)
  }
  const list = group.byValue.get(value)
  if (list === undefined) group.byValue.set(value, [position])
  else if (list.at(-1) !== position) list.push(position)
  if (group.all.at(-1) !== position) group.all.push(position)
  if (mustBePresent && group.mandatory.at(-1) !== position) group.mandatory.push(position)
}

/** For each child the condition that it shares with the fewest others. */
function bestConditions(children: readonly Indexed[]): (readonly Equality[] | undefined)[] {
  const counts = new Map<AttributeKey, Map<Key, number>>()
  for (const { key, value } of children.flatMap(({ conditions }) => conditions.flat())) {
    const values = counts.get(key) ?? new Map<Key, number>()
    counts.set(key, values.set(value, (values.get(value) ?? 0) + 1))
  }
  const commonness = (condition: readonly Equality[]): number =>
    condition.reduce((sum, { key, value }) => sum + (counts.get(key)?.get(value) ?? 0), 0)
  return children.map(({ conditions }) => {
    const [first, ...others] = conditions
    if (first === undefined) return undefined
    return others.reduce((best, each) => (commonness(each) < commonness(best) ? each : best), first)
  })
}
