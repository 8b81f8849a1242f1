import type { MessageContext } from './context.ts'
import type { Span } from './diagnostic.ts'
import { Fault } from './fault.ts'
import type { Flow, Mediator } from './mediator.ts'

/** Counts the step and notes on a fault which mediator raised it. Wrapped around every mediator. */
export function located(inner: Mediator, at: Span): Mediator {
  const place = (thrown: unknown): never => {
    const fault = Fault.from(thrown)
    fault.at ??= at
    throw fault
  }
  return (ctx) => {
    const { exchange } = ctx
    if (++exchange.steps > ctx.services.settings.limits.steps)
      place(new Fault('steps-exceeded', 'the message ran through too many mediators'))
    try {
      const flow = inner(ctx)
      return typeof flow === 'string' ? flow : flow.catch(place)
    } catch (thrown) {
      return place(thrown)
    }
  }
}

/** Reads the message into memory before the mediator runs, for mediators that look into it. */
export function guardedBuild(inner: Mediator): Mediator {
  return (ctx) => {
    const pending = ctx.build()
    return pending === undefined ? inner(ctx) : pending.then(() => inner(ctx))
  }
}

/** Runs `inner` one level deeper; sequences and templates that call each other without end become a fault, not a crash. */
export function nested(inner: Mediator, ctx: MessageContext): Flow | Promise<Flow> {
  if (++ctx.depth > ctx.services.settings.limits.depth)
    throw new Fault('steps-exceeded', 'sequences are nested too deep')
  try {
    const flow = inner(ctx)
    if (typeof flow === 'string') {
      ctx.depth--
      return flow
    }
    return flow.finally(() => ctx.depth--)
  } catch (thrown) {
    ctx.depth--
    throw thrown
  }
}
