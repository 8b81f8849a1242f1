import { walkAxis } from './axis.ts'
import { type Compilation, type Compiled, type Evaluate, POSITION } from './compiled.ts'
import type { Evaluation } from './evaluation.ts'
import type { XPathNode } from './node.ts'
import type { CompiledTest } from './node-test.ts'
import type { Axis, Expression } from './syntax.ts'

/**
 * The predicates of a step or filter.
 *
 * - `filter`: none looks at positions, so that each node can be tried by itself;
 * - `counted`: one looks at the position but not at the size, so that counting is enough. The predicates `before` it decide
 *   what counts, no node after the `limit`-th can pass;
 * - `listed`: the candidates must be known before the first can be tried.
 */
export type Predicates<E> =
  | { readonly kind: 'none'; readonly apply: Apply<E> }
  | { readonly kind: 'filter'; readonly keep: Keep<E>; readonly apply: Apply<E> }
  | {
      readonly kind: 'counted'
      readonly before: Keep<E>
      readonly keep: Evaluate<E, boolean>
      readonly after: Keep<E>
      readonly limit: number
      readonly apply: Apply<E>
    }
  | { readonly kind: 'listed'; readonly apply: Apply<E> }

type Keep<E> = (node: XPathNode, evaluation: Evaluation<E>) => boolean
/** Filters candidates that stand in the order of the axis. */
type Apply<E> = (candidates: XPathNode[], evaluation: Evaluation<E>) => XPathNode[]

interface Predicate<E> {
  readonly keep: Evaluate<E, boolean>
  readonly uses: number
  /** The number, when the predicate is just a number. */
  readonly index: number | undefined
}

const always = (): boolean => true

export const NO_PREDICATES: Predicates<unknown> = { kind: 'none', apply: (candidates) => candidates }

export function compilePredicates<E>(expressions: readonly Expression[], compilation: Compilation<E>): Predicates<E> {
  const predicates = expressions.map((expression) => compilePredicate(expression, compilation.compile(expression)))
  const apply: Apply<E> = (candidates, evaluation) => {
    let nodes = candidates
    for (const predicate of predicates) nodes = filterBy(predicate, nodes, evaluation)
    return nodes
  }
  if (predicates.length === 0) return NO_PREDICATES
  const at = predicates.findIndex(({ uses }) => uses !== 0)
  const positional = predicates[at]
  if (positional === undefined) return { kind: 'filter', keep: all(predicates), apply }
  const after = predicates.slice(at + 1)
  if (positional.uses === POSITION && after.every(({ uses }) => uses === 0)) {
    const { keep, index = Number.POSITIVE_INFINITY } = positional
    return { kind: 'counted', before: all(predicates.slice(0, at)), keep, after: all(after), limit: index, apply }
  }
  return { kind: 'listed', apply }
}

function compilePredicate<E>(expression: Expression, compiled: Compiled<E>): Predicate<E> {
  if (expression.kind === 'number') {
    const index = expression.value
    return { keep: (_node, position) => position === index, uses: POSITION, index }
  }
  const { type, uses, number, value, boolean } = compiled
  if (type === 'number') {
    const keep: Evaluate<E, boolean> = (node, position, size, evaluation) =>
      number(node, position, size, evaluation) === position
    return { keep, uses: uses | POSITION, index: undefined }
  }
  if (type !== 'any') return { keep: boolean, uses, index: undefined }
  const keep: Evaluate<E, boolean> = (node, position, size, evaluation) => {
    const result = value(node, position, size, evaluation)
    return typeof result === 'number'
      ? result === position
      : Array.isArray(result)
        ? result.length > 0
        : Boolean(result)
  }
  return { keep, uses: uses | POSITION, index: undefined }
}

function all<E>(predicates: readonly Predicate<E>[]): Keep<E> {
  const [first, ...rest] = predicates
  if (first === undefined) return always
  const { keep } = first
  if (rest.length === 0) return (node, evaluation) => keep(node, 1, 1, evaluation)
  const others = all(rest)
  return (node, evaluation) => keep(node, 1, 1, evaluation) && others(node, evaluation)
}

function filterBy<E>({ keep, index }: Predicate<E>, nodes: XPathNode[], evaluation: Evaluation<E>): XPathNode[] {
  const size = nodes.length
  if (index !== undefined) {
    const node = nodes[index - 1]
    return node === undefined ? [] : [node]
  }
  const kept: XPathNode[] = []
  let position = 0
  for (const node of nodes) if (keep(node, ++position, size, evaluation)) kept.push(node)
  return kept
}

/** The nodes of an axis that pass test and predicates, nearest first. Looks no further than the predicates count. */
export function selectOnAxis<E>(
  axis: Axis,
  test: CompiledTest,
  predicates: Predicates<E>,
): (context: XPathNode, evaluation: Evaluation<E>) => XPathNode[] {
  const { apply } = predicates
  const counted = predicates.kind === 'counted' && predicates.limit < Number.POSITIVE_INFINITY ? predicates : undefined
  return (context, evaluation) => {
    const candidates: XPathNode[] = []
    let count = 0
    walkAxis(axis, context, test, evaluation, (node) => {
      candidates.push(node)
      return counted !== undefined && counted.before(node, evaluation) && ++count >= counted.limit
    })
    return apply(candidates, evaluation)
  }
}
