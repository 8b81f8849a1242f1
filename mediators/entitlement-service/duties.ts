import {
  type DecisionDuties,
  type EntitlementDecision,
  Fault,
  type Mediator,
  type MessageContext,
  runApart,
  setBodyChild,
  settled,
  type Site,
} from 'viaduct'
import type { Branches } from './branch.ts'

/** Advice of one mediator that may be under way; more is dropped, as advice may be. */
const MOST_ADVICE = 1000

/** Whether nothing stands in the way of the decision. */
type Duties = (ctx: MessageContext, decision: EntitlementDecision) => boolean | Promise<boolean>

/** Hands on what comes with a decision: advice to whom it concerns, obligations to who must fulfil them first. */
export function compileDuties({ obligations, advice }: Branches, { linker, path }: Site): Duties {
  const underWay = linker.state(`entitlement-advice:${path}`, '', () => ({ count: 0 }))
  return (ctx, decision) => {
    // What comes with an answer that decides nothing binds nobody.
    if (decision.decision !== 'Permit' && decision.decision !== 'Deny') return true
    if (decision.advice !== undefined && advice !== undefined) advise(ctx, decision.advice, advice, underWay)
    if (decision.obligations === undefined) return true
    if (obligations !== undefined) return fulfil(ctx, decision.obligations, obligations)
    const ids = decision.obligations.ids.join(', ')
    ctx.log('WARN', 'entitlement', `${path}: obligation ${ids} cannot be fulfilled, there is no obligations branch`)
    return false
  }
}

function advise(ctx: MessageContext, duties: DecisionDuties, branch: Mediator, underWay: { count: number }): void {
  if (underWay.count >= MOST_ADVICE) {
    ctx.log('WARN', 'entitlement', `advice ${duties.ids.join(', ')} is dropped: too much is under way`)
    return
  }
  const message = ctx.message.fork()
  setBodyChild(message.editTree(), duties.element())
  underWay.count++
  void runApart(ctx, `${ctx.exchange.route.name} advice`, message, branch).then(() => underWay.count--)
}

/** Runs the branch with a copy of the message and waits for all that comes of it. */
async function fulfil(ctx: MessageContext, duties: DecisionDuties, branch: Mediator): Promise<boolean> {
  const copy = ctx.fork()
  setBodyChild(copy.message.editTree(), duties.element())
  try {
    const flow = await branch(copy)
    await settled(copy)
    if (flow === 'continue') return true
    ctx.log('INFO', 'entitlement', `obligation ${duties.ids.join(', ')} is not fulfilled: its branch has stopped`)
  } catch (thrown) {
    const { message } = Fault.from(thrown)
    ctx.log('WARN', 'entitlement', `obligation ${duties.ids.join(', ')} is not fulfilled: ${message}`)
  }
  return false
}
