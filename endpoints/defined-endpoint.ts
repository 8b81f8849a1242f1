import { type Endpoint, Fault, type FaultCode, type Mediator, type MessageContext } from 'viaduct'

/** What every endpoint has that was written as an `<endpoint>` element. */
export interface Definition {
  readonly name: string
  /** Where it stands in the configuration; names its state. */
  readonly path: string
  readonly onError: Mediator | undefined
  readonly properties: EndpointProperties
}

/** The `<property>`s of an endpoint. */
export interface EndpointProperties {
  /** Values of the literal ones, for those that a group reads at deployment (`loadbalance.weight`). */
  literal(name: string): string | undefined
  /** Undefined when there are none, so that a message pays nothing. */
  readonly apply: ((ctx: MessageContext) => void) | undefined
  /** Whether an expression looks into the body. */
  readonly contentAware: boolean
}

/**
 * An endpoint of the configuration. `call` is `attempt` and, when that fails, the endpoint's own fault handler: groups use
 * `attempt`, because they go on to their next member before anybody handles the fault.
 */
export abstract class DefinedEndpoint implements Endpoint {
  readonly name: string
  readonly path: string
  readonly properties: EndpointProperties
  readonly #onError: Mediator | undefined

  constructor({ name, path, onError, properties }: Definition) {
    this.name = name
    this.path = path
    this.properties = properties
    this.#onError = onError
  }

  abstract ready(ctx: MessageContext): boolean

  /** Sends the message; never throws, but rejects with a Fault. */
  abstract attempt(ctx: MessageContext): Promise<MessageContext | undefined>

  /** After a failed attempt: whether the same endpoint may be tried again at once for the same message. */
  again(_ctx: MessageContext): boolean {
    return false
  }

  /** `retryConfig`: whether a group may go on to another member after this failure. */
  lets(_code: FaultCode, _ctx: MessageContext): boolean {
    return true
  }

  /** Told by a group when it takes the endpoint as a member. */
  join(): void {}

  call(ctx: MessageContext): Promise<MessageContext | undefined> {
    const sending = this.send(ctx)
    return this.#onError === undefined ? sending : sending.catch((thrown: unknown) => this.#handle(ctx, thrown))
  }

  /** What `call` does before this endpoint's own fault handler. */
  protected send(ctx: MessageContext): Promise<MessageContext | undefined> {
    return this.attempt(ctx)
  }

  /** Resolves to `ctx` itself: the fault has been dealt with, the flow ends here. */
  async #handle(ctx: MessageContext, thrown: unknown): Promise<MessageContext> {
    ctx.raise(Fault.from(thrown))
    await this.#onError?.(ctx)
    return ctx
  }
}
