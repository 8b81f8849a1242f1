import type { MessageContext } from './context.ts'
import { type Flow, type Mediator, type Site, stop, SYNAPSE } from './mediator.ts'
import { flag, property } from './properties.ts'
import { XmlElement } from './xml/tree.ts'

export const OUT_ONLY = property(
  'OUT_ONLY',
  'default',
  flag,
  'No answer is expected: what the back end answers is dropped.',
)

/** A place where messages leave. A group of endpoints is an endpoint. */
export interface Endpoint {
  readonly name: string
  /** Advice for groups, not a lock: `call` alone is safe. */
  ready(ctx: MessageContext): boolean
  /**
   * Sends the message of `ctx` and resolves to the context of the answer: `response` is set, default properties and variables
   * are copied, the exchange is shared. Resolves to undefined when there is no answer (OUT_ONLY, 202 without a body is an answer),
   * and to `ctx` itself when the endpoint's own fault handler (`onError`) has dealt with a failure, so that the flow ends here.
   * Throws a Fault; a back end's error status is no fault.
   */
  call(ctx: MessageContext): Promise<MessageContext | undefined>
  /**
   * Sends the message and hands every answer to `receive` (`recipientlist` has several); resolves when all have been handled.
   * Endpoints that never have more than one answer do without.
   */
  readonly callEach?: ((ctx: MessageContext, receive: (answer: MessageContext) => unknown) => Promise<void>) | undefined
}

/**
 * Sends the message on. What comes back goes to `receiving`, else to the out flow, and has been handled when this ends: the exchange
 * waits for it, and a fault on the way reaches the nearest handler.
 */
export function sendOn(ctx: MessageContext, endpoint: Endpoint, receiving?: Mediator): Promise<Flow> {
  if (endpoint.callEach !== undefined)
    return endpoint.callEach(ctx, (answer) => answer.exchange.receive(answer, receiving)).then(stop)
  return endpoint.call(ctx).then((answer) => {
    if (answer === undefined || answer === ctx) return 'stop'
    const flow = answer.exchange.receive(answer, receiving)
    return typeof flow === 'string' ? 'stop' : flow.then(stop)
  })
}

/** For a mediator without an endpoint of its own: sends to the To address of the message. */
export function endpointOfMessage({ linker, node, path, at }: Site): Endpoint | undefined {
  const element = new XmlElement('endpoint', SYNAPSE, '', node)
  element.children = [new XmlElement('default', SYNAPSE, '', element)]
  element.at = at
  return linker.endpoint(element, `${path}/endpoint`)
}
