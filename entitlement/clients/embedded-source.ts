import type { DecisionPoint, DecisionSource } from 'viaduct'
import { decisionOf } from '../decision.ts'

/** The policies of the home as an enforcement point asks them: nothing is written or parsed. */
export function createEmbeddedSource(point: DecisionPoint): DecisionSource {
  return {
    name: 'embedded decision point',
    ask(request) {
      const results = point.decide(request)
      return results instanceof Promise ? results.then(decisionOf) : decisionOf(results)
    },
  }
}
