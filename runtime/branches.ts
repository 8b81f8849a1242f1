import type { MessageContext } from './context.ts'
import { Fault } from './fault.ts'
import type { Flow } from './mediator.ts'

/**
 * Where a message that was split off a flow has come to: `continue` asks that what follows the mediator that made it runs for
 * it too; a Fault looks for the handlers around.
 */
export interface Arrived {
  readonly ctx: MessageContext
  readonly flow: Flow | Fault
}

/** A message that was split off a flow and makes its own way. Never rejects. */
export type Branch = Promise<Arrived>

/**
 * Adds a branch to the flow of `ctx`. The sequences around hand it on, each with the rest of its mediators, and their fault
 * handlers are its own; what is left at the end belongs to the exchange.
 */
export function addBranch(ctx: MessageContext, branch: Branch): void {
  ;(ctx.branches ??= []).push(branch)
}

/** Runs a flow of `ctx` as a branch. */
export async function arriving(ctx: MessageContext, flow: (ctx: MessageContext) => Flow | Promise<Flow>): Branch {
  try {
    return { ctx, flow: await flow(ctx) }
  } catch (thrown) {
    return { ctx, flow: Fault.from(thrown) }
  }
}

/** What becomes of a branch where it has arrived. */
export type Step = (arrived: Arrived) => Arrived | Branch

/** Sends every branch of `ctx`, and those that split off them, through `step` when it arrives. */
export function onBranches(ctx: MessageContext, step: Step): void {
  const { branches } = ctx
  if (branches === undefined) return
  ctx.branches = branches.map((branch) =>
    branch.then((arrived) => {
      onBranches(arrived.ctx, step)
      return step(arrived)
    }),
  )
}

/** Takes the branches of `ctx` out of its flow. */
export function takeBranches(ctx: MessageContext): readonly Branch[] {
  const { branches = [] } = ctx
  ctx.branches = undefined
  return branches
}

/** Waits for every branch of `ctx` and what split off them, where no sequence around is to hand them on. Rejects with the first fault. */
export async function settled(ctx: MessageContext): Promise<void> {
  for (const arrived of await Promise.all(takeBranches(ctx))) {
    if (arrived.flow instanceof Fault) throw arrived.flow
    await settled(arrived.ctx)
  }
}
