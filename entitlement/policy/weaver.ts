import type { EvaluationContext } from '../evaluation/context.ts'
import type { Matching, Outcome } from '../evaluation/outcome.ts'
import type { Evaluate, ValueType } from '../functions/function.ts'
import type { Expression, Match, PolicyNode, Rule, Target } from './model.ts'

export type Matches = (context: EvaluationContext) => Matching
export type Decide = (context: EvaluationContext) => Outcome

/**
 * Wraps what is compiled, once, when it is compiled. Explanations are made by a second form of the policies with recording
 * wrappers; the form that decides has none and pays nothing.
 */
export interface Weaver {
  readonly decide: (node: PolicyNode | Rule, inner: Decide) => Decide
  readonly target: (node: Target, inner: Matches) => Matches
  readonly match: (node: Match, inner: Matches) => Matches
  readonly condition: (node: Expression, inner: Evaluate) => Evaluate
  readonly expression: (node: Expression, value: ValueType, inner: Evaluate) => Evaluate
  /** Whether children may be skipped that an index rules out: explanations show them all. */
  readonly indexed: boolean
}

const asItIs = <T>(_: unknown, inner: T): T => inner

export const plainWeaver: Weaver = {
  decide: asItIs,
  target: asItIs,
  match: asItIs,
  condition: asItIs,
  expression: (_node, _value, inner) => inner,
  indexed: true,
}
