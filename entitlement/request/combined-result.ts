import type { DecisionResult } from 'viaduct'
import { PROCESSING_ERROR } from '../evaluation/indeterminate.ts'

/**
 * One result for all (multiple decision profile, section 3): the common decision, else Indeterminate. It cannot carry
 * obligations; a decision that has some would be granted without them, so that is Indeterminate as well.
 */
export function combinedResult(results: readonly DecisionResult[]): DecisionResult {
  const [first] = results
  const duties = results.some(({ obligations, advice }) => obligations.length + advice.length > 0)
  const message = duties ? 'a combined decision cannot carry obligations' : 'the decisions are not all the same'
  const agreed = first !== undefined && !duties && results.every(({ decision }) => decision === first.decision)
  return {
    decision: agreed ? first.decision : 'Indeterminate',
    indeterminate: agreed ? first.indeterminate : 'DP',
    status: agreed ? first.status : { code: PROCESSING_ERROR, message },
    obligations: [],
    advice: [],
    attributes: [],
    policies: results.flatMap(({ policies }) => policies),
  }
}
