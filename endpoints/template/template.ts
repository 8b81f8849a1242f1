import {
  type Endpoint,
  type EndpointTemplate,
  Fault,
  type FaultCode,
  type Linker,
  type MessageContext,
  type Reference,
} from 'viaduct'
import { DefinedEndpoint, type Definition } from '../defined-endpoint.ts'

/** An instance of an endpoint template (language reference 3.10); made once, when the configuration is linked. */
export class TemplateEndpoint extends DefinedEndpoint {
  readonly #template: Reference<EndpointTemplate>
  readonly #values: ReadonlyMap<string, string>
  readonly #linker: Linker
  #instance: Endpoint | undefined

  constructor(
    definition: Definition,
    template: Reference<EndpointTemplate>,
    values: ReadonlyMap<string, string>,
    linker: Linker,
  ) {
    super(definition)
    this.#template = template
    this.#values = values
    this.#linker = linker
    if (!template.dynamic) linker.onLinked(() => this.#instantiate())
  }

  ready(ctx: MessageContext): boolean {
    return this.#real(ctx).ready(ctx)
  }

  override again(ctx: MessageContext): boolean {
    const real = this.#real(ctx)
    return real instanceof DefinedEndpoint && real.again(ctx)
  }

  override lets(code: FaultCode, ctx: MessageContext): boolean {
    const real = this.#real(ctx)
    return !(real instanceof DefinedEndpoint) || real.lets(code, ctx)
  }

  attempt(ctx: MessageContext): Promise<MessageContext | undefined> {
    try {
      const real = this.#real(ctx)
      this.properties.apply?.(ctx)
      return real instanceof DefinedEndpoint ? real.attempt(ctx) : real.call(ctx)
    } catch (thrown) {
      return Promise.reject(Fault.from(thrown))
    }
  }

  /** A template that is missing or wrong has been reported by then; what is left is the fault for each message. */
  #instantiate(): void {
    try {
      this.#real(undefined as never)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
    }
  }

  /** A static reference needs no message. */
  #real(ctx: MessageContext): Endpoint {
    return (this.#instance ??= this.#template.get(ctx).instantiate(this.#values, this.#linker))
  }
}
