import type { MessageContext } from './context.ts'

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
