import {
  DENY,
  DOUBTFUL,
  indeterminate,
  INDETERMINATE_D,
  INDETERMINATE_DP,
  INDETERMINATE_P,
  MATCH,
  NOT_APPLICABLE,
  notApplicable,
  type Outcome,
  PERMIT,
} from '../evaluation/outcome.ts'
import { PROCESSING_ERROR } from '../evaluation/indeterminate.ts'
import type { Child, Combine } from './algorithm.ts'

/** Section C.8 of XACML 3.0: the first child that says anything, an error included. */
export const firstApplicable: Combine = (children, context) => {
  for (let i = 0; i < children.length; i++) {
    const outcome = children[i]?.decide(context) ?? notApplicable
    if (outcome.decision !== NOT_APPLICABLE) return outcome
  }
  return notApplicable
}

/** Section C.9 of XACML 3.0: looks at targets alone, then at the one policy whose target matches. */
export const onlyOneApplicable: Combine = (children, context) => {
  let applicable: Child | undefined
  for (const child of children) {
    const matching = child.matches(context)
    if (matching === DOUBTFUL) return indeterminate(INDETERMINATE_DP, context.failure?.status)
    if (matching !== MATCH) continue
    if (applicable !== undefined)
      return indeterminate(INDETERMINATE_DP, { code: PROCESSING_ERROR, message: 'more than one policy is applicable' })
    applicable = child
  }
  return applicable?.decide(context) ?? notApplicable
}

/**
 * How several root policies are chosen from where exactly one is meant to apply: a policy whose target cannot be evaluated is
 * passed over when the target of another one matches. For PDPs whose policies are written for that; it may grant what the
 * policy that was passed over would have denied.
 */
export const onlyOneMatching: Combine = (children, context) => {
  let doubt: Outcome | undefined
  let matching: Child | undefined
  for (const child of children) {
    const found = child.matches(context)
    if (found === DOUBTFUL) doubt ??= indeterminate(INDETERMINATE_DP, context.failure?.status)
    if (found !== MATCH) continue
    if (matching !== undefined)
      return indeterminate(INDETERMINATE_DP, { code: PROCESSING_ERROR, message: 'more than one policy is applicable' })
    matching = child
  }
  return matching?.decide(context) ?? doubt ?? notApplicable
}

/**
 * `on-permit-apply-second` of the additional combining algorithms profile: the first of two or three policies chooses between
 * the others.
 */
export const onPermitApplySecond: Combine = ([first, second, third, ...more], context) => {
  if (first === undefined || second === undefined || more.length > 0)
    return indeterminate(INDETERMINATE_DP, {
      code: PROCESSING_ERROR,
      message: 'on-permit-apply-second combines two or three policies',
    })
  const choice = first.decide(context)
  if (choice.decision === PERMIT) return second.decide(context)
  if (choice.decision === DENY || choice.decision === NOT_APPLICABLE || choice.decision === INDETERMINATE_D)
    return third?.decide(context) ?? notApplicable
  return either(choice, second.decide(context), third?.decide(context) ?? notApplicable)
}

/** Nobody knows which of two outcomes it is. */
function either(choice: Outcome, one: Outcome, other: Outcome): Outcome {
  const permits = mayPermit(one) || mayPermit(other)
  const denies = mayDeny(one) || mayDeny(other)
  if (!permits && !denies) return notApplicable
  return indeterminate(permits ? (denies ? INDETERMINATE_DP : INDETERMINATE_P) : INDETERMINATE_D, choice.status)
}

const mayPermit = ({ decision }: Outcome): boolean =>
  decision === PERMIT || decision === INDETERMINATE_P || decision === INDETERMINATE_DP

const mayDeny = ({ decision }: Outcome): boolean =>
  decision === DENY || decision === INDETERMINATE_D || decision === INDETERMINATE_DP
