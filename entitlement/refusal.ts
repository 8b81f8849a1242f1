import type { DecisionResult, DecisionStatus } from 'viaduct'

const NONE: readonly never[] = []

/** What is answered to a question that is none: an answer of the standard, never an error of the service. */
export const refusal = (status: DecisionStatus): DecisionResult => ({
  decision: 'Indeterminate',
  indeterminate: 'DP',
  status,
  obligations: NONE,
  advice: NONE,
  attributes: NONE,
  policies: NONE,
})
