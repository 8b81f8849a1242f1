import { type Endpoint, Fault, type FaultCode, type MessageContext, type Reference } from 'viaduct'
import { DefinedEndpoint, type Definition } from '../defined-endpoint.ts'

/**
 * An endpoint that stands for another one, by name (`key`) or by a name computed for every message (`key-expression`). A name
 * that leads nowhere is fault 305100.
 */
export class IndirectEndpoint extends DefinedEndpoint {
  readonly #reference: Reference<Endpoint>

  constructor(definition: Definition, reference: Reference<Endpoint>) {
    super(definition)
    this.#reference = reference
  }

  ready(ctx: MessageContext): boolean {
    return this.#reference.get(ctx).ready(ctx)
  }

  override again(ctx: MessageContext): boolean {
    const real = this.#reference.get(ctx)
    return real instanceof DefinedEndpoint && real.again(ctx)
  }

  override lets(code: FaultCode, ctx: MessageContext): boolean {
    const real = this.#reference.get(ctx)
    return !(real instanceof DefinedEndpoint) || real.lets(code, ctx)
  }

  attempt(ctx: MessageContext): Promise<MessageContext | undefined> {
    try {
      const real = this.#reference.get(ctx)
      this.properties.apply?.(ctx)
      return real instanceof DefinedEndpoint ? real.attempt(ctx) : real.call(ctx)
    } catch (thrown) {
      return Promise.reject(Fault.from(thrown))
    }
  }

  /** The fault handler of the endpoint it stands for comes first, then its own. */
  protected override send(ctx: MessageContext): Promise<MessageContext | undefined> {
    try {
      this.properties.apply?.(ctx)
      return this.#reference.get(ctx).call(ctx)
    } catch (thrown) {
      return Promise.reject(Fault.from(thrown))
    }
  }

  async callEach(ctx: MessageContext, receive: (answer: MessageContext) => unknown): Promise<void> {
    const real = this.#reference.get(ctx)
    if (real.callEach !== undefined) {
      this.properties.apply?.(ctx)
      await real.callEach(ctx, receive)
      return
    }
    const answer = await this.call(ctx)
    if (answer !== undefined && answer !== ctx) await receive(answer)
  }
}
