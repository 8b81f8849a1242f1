import type { MessageContext } from './context.ts'

/** A place where messages leave. A group of endpoints is an endpoint. */
export interface Endpoint {
  readonly name: string
  /** Advice for groups, not a lock: `call` alone is safe. */
  ready(ctx: MessageContext): boolean
  /**
   * Sends the message of `ctx` and resolves to the context of the answer: `response` is set, default properties and variables
   * are copied, the exchange is shared. Resolves to undefined when there is no answer (OUT_ONLY, 202 without a body is an answer).
   * Throws a Fault; a back end's error status is no fault.
   */
  call(ctx: MessageContext): Promise<MessageContext | undefined>
}
