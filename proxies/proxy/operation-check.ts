import { actionParameter, bodyChild, Fault, type Flow, type Mediator, type MessageContext } from 'viaduct'
import type { Operations } from '../wsdl/operations.ts'

/**
 * Lets only requests through that name an operation of the WSDL: by the path after the service, by SOAP action, or by the first
 * child of the body (language reference 3.5). A request whose action is known is not read for this.
 */
export function checkingOperations(operations: () => Operations | undefined, flow: Mediator): Mediator {
  return (ctx) => {
    const known = operations()
    if (known === undefined || hasKnownAction(ctx, known)) return flow(ctx)
    if (ctx.exchange.arrival.method === 'GET' || ctx.message.empty) return flow(ctx)
    const building = ctx.build()
    return building === undefined ? checked(ctx, known, flow) : building.then(() => checked(ctx, known, flow))
  }
}

function hasKnownAction({ message, exchange }: MessageContext, { actions, names }: Operations): boolean {
  const action =
    message.headers
      .get('SOAPAction')
      ?.trim()
      .replace(/^"(.*)"$/, '$1') ?? actionParameter(message.contentType)
  if (action !== undefined && actions.has(action)) return true
  const operation = /^\/services\/[^/?]+\/([^/?]+)/.exec(exchange.arrival.target)?.[1]
  return operation !== undefined && names.has(operation)
}

function checked(ctx: MessageContext, { elements, actions }: Operations, flow: Mediator): Flow | Promise<Flow> {
  const child = ctx.message.isJson ? undefined : bodyChild(ctx.message.tree)
  const action = ctx.addressing.action
  if (child === undefined || elements.has(child.name) || (action !== undefined && actions.has(action))) return flow(ctx)
  throw new Fault('operation-unknown', `the service has no operation for the element <${child.name}>`)
}
