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
  if ((await pending) === 'stop') return 'stop'
  return run(steps, next, ctx)
}

/** Gives `body` a fault handler. A handled fault ends the flow, it does not resume it; a fault in the handler goes outward. */
export function guarded(body: Mediator, onError: Mediator): Mediator {
  const handle = (ctx: MessageContext, thrown: unknown): Flow | Promise<Flow> => {
    ctx.raise(Fault.from(thrown))
    const flow = onError(ctx)
    return typeof flow === 'string' ? 'stop' : flow.then(stop)
  }
  return (ctx) => {
    try {
      const flow = body(ctx)
      return typeof flow === 'string' ? flow : flow.catch((thrown: unknown) => handle(ctx, thrown))
    } catch (thrown) {
      return handle(ctx, thrown)
    }
  }
}
