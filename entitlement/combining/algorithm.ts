import type { EvaluationContext } from '../evaluation/context.ts'
import type { Matching, Outcome } from '../evaluation/outcome.ts'

/** A rule or policy as combining algorithms see it. */
export interface Child {
  readonly decide: (context: EvaluationContext) => Outcome
  /** Its target alone. */
  readonly matches: (context: EvaluationContext) => Matching
}

/** Makes one outcome of those of the children, which come in their order; children that are not applicable may be left out. */
export type Combine = (children: readonly Child[], context: EvaluationContext) => Outcome

export interface CombiningAlgorithm {
  readonly id: string
  readonly combine: Combine
  /** Whether places count, so that no child may be left out. */
  readonly positional?: boolean
}
