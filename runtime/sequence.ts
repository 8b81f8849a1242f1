import { arriving, onBranches, type Step } from './branches.ts'
import type { MessageContext } from './context.ts'
import { Fault } from './fault.ts'
import { type Flow, type Mediator, stop } from './mediator.ts'

const nothing: Mediator = () => 'continue'

/** Runs steps in order until one stops the flow. Awaits only what is a promise: a pipeline that never waits costs no tick. */
export function sequence(steps: readonly Mediator[]): Mediator {
  if (steps.length === 0) return nothing
  const [only] = steps
  if (steps.length === 1 && only !== undefined) return only
  return (ctx) => run(steps, 0, ctx)
}

function run(steps: readonly Mediator[], from: number, ctx: MessageContext): Flow | Promise<Flow> {
  for (let i = from; i < steps.length; i++) {
    const flow = steps[i]?.(ctx)
    if (ctx.branches !== undefined) branchOff(steps, i + 1, ctx)
    if (flow === 'stop') return 'stop'
    if (flow !== 'continue' && flow !== undefined) return resume(flow, steps, i + 1, ctx)
  }
  return 'continue'
}

async function resume(
  pending: Promise<Flow>,
  steps: readonly Mediator[],
  next: number,
  ctx: MessageContext,
): Promise<Flow> {
  const flow = await pending
  if (ctx.branches !== undefined) branchOff(steps, next, ctx)
  return flow === 'stop' ? 'stop' : run(steps, next, ctx)
}

/** The rest of the sequence runs for what the step before split off, too. */
function branchOff(steps: readonly Mediator[], next: number, ctx: MessageContext): void {
  onBranches(ctx, (arrived) =>
    arrived.flow === 'continue' ? arriving(arrived.ctx, (branch) => run(steps, next, branch)) : arrived,
  )
}

/** Gives `body` a fault handler. A handled fault ends the flow, it does not resume it; a fault in the handler goes outward. */
export function guarded(body: Mediator, onError: Mediator): Mediator {
  const handle = (ctx: MessageContext, thrown: unknown): Flow | Promise<Flow> => {
    ctx.raise(Fault.from(thrown))
    const flow = onError(ctx)
    return typeof flow === 'string' ? 'stop' : flow.then(stop)
  }
  const guardBranch: Step = ({ ctx, flow }) =>
    flow instanceof Fault ? arriving(ctx, () => handle(ctx, flow)) : { ctx, flow }
  const passed = (ctx: MessageContext, flow: Flow): Flow => {
    if (ctx.branches !== undefined) onBranches(ctx, guardBranch)
    return flow
  }
  return (ctx) => {
    try {
      const flow = body(ctx)
      if (typeof flow === 'string') return passed(ctx, flow)
      return flow.then(
        (ended) => passed(ctx, ended),
        (thrown: unknown) => handle(ctx, thrown),
      )
    } catch (thrown) {
      return handle(ctx, thrown)
    }
  }
}
