import { type Flow, Message, type MessageContext, nested, type Route, sendBack } from 'viaduct'
import { deploymentFault } from '../target-flow.ts'
import type { ApiIdentity } from './api-identity.ts'
import { addCors, refusesOrigin } from './cors.ts'

/** Sequences that a home can have to answer instead (language reference 3.6). */
const HANDLERS: Readonly<Record<number, string>> = {
  404: '_resource_mismatch_handler_',
  405: '_method_not_allowed_handler_',
}

const REASONS = { 400: 'No resource takes such a message', 404: 'Not found', 405: 'Method not allowed' } as const

/** The way of a request that no resource of the API takes. */
export function refusal(api: ApiIdentity, status: 400 | 404 | 405, methods: readonly string[]): Route {
  const handler = HANDLERS[status]
  return {
    name: `api:${api.name}`,
    receive(ctx) {
      const sequence = handler === undefined ? undefined : ctx.deployment.find('sequence', handler)
      if (sequence !== undefined) return nested(sequence.mediator, ctx)
      ctx.exchange.refuse(status, REASONS[status], methods.length > 0 ? { Allow: methods.join(', ') } : {})
      return 'stop'
    },
    answer: undefined,
    fault: deploymentFault,
    complete: (reply, arrival) => addCors(api.cors, methods, reply, arrival),
  }
}

/** OPTIONS for a resource that has no OPTIONS of its own: the bus answers with what is allowed. */
export function optionsRoute(api: ApiIdentity, methods: readonly string[]): Route {
  return {
    name: `api:${api.name}`,
    receive: (ctx) => answer(ctx, refusesOrigin(api.cors, ctx.exchange.arrival) ? 403 : 200, methods),
    answer: undefined,
    fault: deploymentFault,
    complete: (reply, arrival) => addCors(api.cors, methods, reply, arrival),
  }
}

function answer(ctx: MessageContext, status: number, methods: readonly string[]): Flow | Promise<Flow> {
  ctx.message = Message.empty()
  ctx.message.status = status
  ctx.response = true
  if (methods.length > 0) ctx.message.headers.set('Allow', methods.join(', '))
  return sendBack(ctx)
}
