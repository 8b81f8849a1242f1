import { DENY, deny, type Outcome, PERMIT, permit, together } from '../evaluation/outcome.ts'
import type { Combine } from './algorithm.ts'

/** Sections C.6 and C.7 of XACML 3.0: never NotApplicable, never Indeterminate. */
function unless(exception: typeof DENY | typeof PERMIT, otherwise: Outcome): Combine {
  return (children, context) => {
    let others: Outcome[] | undefined
    for (let i = 0; i < children.length; i++) {
      const outcome = children[i]?.decide(context)
      if (outcome === undefined) continue
      if (outcome.decision === exception) return outcome
      if (outcome.decision === otherwise.decision) (others ??= []).push(outcome)
    }
    return others === undefined ? otherwise : together(otherwise.decision, others)
  }
}

export const denyUnlessPermit: Combine = unless(PERMIT, deny)
export const permitUnlessDeny: Combine = unless(DENY, permit)
