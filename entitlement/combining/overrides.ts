import type { DecisionStatus } from 'viaduct'
import {
  DENY,
  deny,
  indeterminate,
  INDETERMINATE_D,
  INDETERMINATE_DP,
  INDETERMINATE_P,
  notApplicable,
  type Outcome,
  PERMIT,
  together,
} from '../evaluation/outcome.ts'
import type { Combine } from './algorithm.ts'

/**
 * deny-overrides and permit-overrides of XACML 3.0 (sections C.2 to C.5), with the extended Indeterminates. The first decisive
 * child ends it, so the obligations are those of this child; otherwise those of all children that agree. For rules the
 * algorithms of XACML 1 (section C.1 of 2.0) decide the same.
 */
function overrides(
  winner: typeof DENY | typeof PERMIT,
  winnerDoubt: typeof INDETERMINATE_D | typeof INDETERMINATE_P,
): Combine {
  const loser = winner === DENY ? PERMIT : DENY
  return (children, context) => {
    let losers: Outcome[] | undefined
    let doubts: Outcome[] | undefined
    for (let i = 0; i < children.length; i++) {
      const outcome = children[i]?.decide(context) ?? notApplicable
      const { decision } = outcome
      if (decision === winner) return outcome
      if (decision === loser) (losers ??= []).push(outcome)
      else if (decision >= INDETERMINATE_P) (doubts ??= []).push(outcome)
    }
    const agreed = losers === undefined ? notApplicable : together(loser, losers)
    return doubts === undefined ? agreed : unresolved(doubts, agreed, winnerDoubt)
  }
}

/** What some Indeterminates leave of the outcome of all others. */
function unresolved(doubts: readonly Outcome[], agreed: Outcome, winnerDoubt: Outcome['decision']): Outcome {
  const first = (decision: Outcome['decision']) => doubts.find((outcome) => outcome.decision === decision)
  const both = first(INDETERMINATE_DP)
  if (both !== undefined) return both
  const winning = first(winnerDoubt)
  const losing = doubts.find(({ decision }) => decision !== winnerDoubt)
  const lost = agreed !== notApplicable
  if (winning !== undefined) return lost || losing ? indeterminate(INDETERMINATE_DP, winning.status) : winning
  return lost ? agreed : (losing ?? notApplicable)
}

export const denyOverrides: Combine = overrides(DENY, INDETERMINATE_D)
export const permitOverrides: Combine = overrides(PERMIT, INDETERMINATE_P)

/** Section C.1 of XACML 2.0 for policies: what could not be decided is denied. */
export const legacyPolicyDenyOverrides: Combine = (children, context) => {
  const permits: Outcome[] = []
  for (const child of children) {
    const outcome = child.decide(context)
    if (outcome.decision === DENY) return outcome
    if (outcome.decision === PERMIT) permits.push(outcome)
    else if (isIndeterminate(outcome)) return deny
  }
  return permits.length === 0 ? notApplicable : together(PERMIT, permits)
}

/** Section C.2 of XACML 2.0 for policies: a Deny is stronger than an error. */
export const legacyPolicyPermitOverrides: Combine = (children, context) => {
  const denials: Outcome[] = []
  let status: DecisionStatus | undefined
  for (const child of children) {
    const outcome = child.decide(context)
    if (outcome.decision === PERMIT) return outcome
    if (outcome.decision === DENY) denials.push(outcome)
    else if (isIndeterminate(outcome)) status ??= outcome.status ?? { code: '' }
  }
  if (denials.length > 0) return together(DENY, denials)
  return status === undefined ? notApplicable : indeterminate(INDETERMINATE_DP, status)
}

const isIndeterminate = ({ decision }: Outcome): boolean => decision >= INDETERMINATE_P
