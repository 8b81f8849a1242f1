import type { DecisionStatus, Obligation } from 'viaduct'

/** Decisions as small numbers: the order matters to nobody. */
export const NOT_APPLICABLE = 0
export const PERMIT = 1
export const DENY = 2
export const INDETERMINATE_P = 3
export const INDETERMINATE_D = 4
export const INDETERMINATE_DP = 5

export type Decision =
  | typeof NOT_APPLICABLE
  | typeof PERMIT
  | typeof DENY
  | typeof INDETERMINATE_P
  | typeof INDETERMINATE_D
  | typeof INDETERMINATE_DP

/** What a rule or policy says, with what goes along. */
export interface Outcome {
  readonly decision: Decision
  /** Why it is indeterminate. */
  readonly status: DecisionStatus | undefined
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Obligation[]
}

const NONE: readonly Obligation[] = []

const bare = (decision: Decision): Outcome => ({ decision, status: undefined, obligations: NONE, advice: NONE })

export const notApplicable: Outcome = bare(NOT_APPLICABLE)
export const permit: Outcome = bare(PERMIT)
export const deny: Outcome = bare(DENY)

export const indeterminate = (decision: Decision, status: DecisionStatus | undefined): Outcome => ({
  decision,
  status,
  obligations: NONE,
  advice: NONE,
})

/** The outcome of one child with what the child's equals have to say as well. */
export function together(decision: Decision, outcomes: readonly Outcome[]): Outcome {
  const [only] = outcomes
  if (only !== undefined && outcomes.length === 1) return only
  const obligations = outcomes.flatMap((outcome) => outcome.obligations)
  const advice = outcomes.flatMap((outcome) => outcome.advice)
  return { decision, status: undefined, obligations, advice }
}

/** Whether a target applies; `DOUBTFUL` leaves the reason in the context. */
export const NO_MATCH = 0
export const MATCH = 1
export const DOUBTFUL = 2

export type Matching = typeof NO_MATCH | typeof MATCH | typeof DOUBTFUL
