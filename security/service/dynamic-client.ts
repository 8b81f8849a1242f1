import {
  type ClientSecurity,
  type ClientSecurityRequest,
  compileValue,
  type DynamicValue,
  Fault,
  InvalidValue,
  type Linker,
  type MessageContext,
  type SecuredCall,
} from 'viaduct'

/** Keys that one expression may lead to before what was compiled for them is forgotten. */
const MOST_POLICIES = 100

type Keys = Pick<ClientSecurityRequest, 'outbound' | 'inbound'>

/** Calls whose policy an expression names: compiled when a message asks for it first. */
export class DynamicClient implements ClientSecurity {
  readonly #values: { readonly outbound: DynamicValue | undefined; readonly inbound: DynamicValue | undefined }
  readonly #compile: (keys: Keys) => ClientSecurity | undefined
  readonly #compiled = new Map<string, ClientSecurity | undefined>()

  private constructor(
    values: { outbound: DynamicValue | undefined; inbound: DynamicValue | undefined },
    compile: (keys: Keys) => ClientSecurity | undefined,
  ) {
    this.#values = values
    this.#compile = compile
  }

  /** Undefined when an expression is wrong, which is reported. */
  static of(
    request: ClientSecurityRequest,
    linker: Linker,
    compile: (keys: Keys) => ClientSecurity | undefined,
  ): DynamicClient | undefined {
    const { element, at, outbound, inbound } = request
    try {
      const value = (text: string | undefined) =>
        text === undefined ? undefined : compileValue(text, { element, at, linker })
      return new DynamicClient({ outbound: value(outbound), inbound: value(inbound) }, compile)
    } catch (error) {
      if (!(error instanceof InvalidValue)) throw error
      linker.report(error.code, at, error.message)
      return undefined
    }
  }

  begin(ctx: MessageContext, url: string): SecuredCall | Promise<SecuredCall> {
    const { outbound, inbound } = this.#values
    const keys = { outbound: outbound?.string(ctx), inbound: inbound?.string(ctx) }
    const name = JSON.stringify(keys)
    if (!this.#compiled.has(name)) {
      if (this.#compiled.size >= MOST_POLICIES) this.#compiled.clear()
      this.#compiled.set(name, this.#compile(keys))
    }
    const client = this.#compiled.get(name)
    if (client === undefined)
      throw new Fault('security-failed', `the policy "${keys.outbound ?? keys.inbound ?? ''}" cannot be used`)
    return client.begin(ctx, url)
  }
}
