import { type Endpoint, Fault, type Linker, type MessageContext } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { LeafEndpoint } from '../leaf-endpoint.ts'
import { PLAIN_OPTIONS } from '../plain-options.ts'
import { withRestPostfix } from '../rest-postfix.ts'
import { Suspension } from '../suspension.ts'

/** Endpoints made from addresses that an expression gives; the ones used least lately are forgotten. */
export class RecipientPool {
  readonly #kept = new Map<string, Endpoint>()
  readonly #most: number
  readonly #definition: Definition
  readonly #linker: Linker

  constructor(most: number, definition: Definition, linker: Linker) {
    this.#most = most
    this.#definition = definition
    this.#linker = linker
  }

  /** The endpoint for an address. Throws a Fault when it is no HTTP address. */
  get(address: string): Endpoint {
    const kept = this.#kept.get(address)
    const endpoint = kept ?? this.#create(address)
    this.#kept.delete(address)
    this.#kept.set(address, endpoint)
    const [oldest] = this.#kept.keys()
    if (oldest !== undefined && this.#kept.size > this.#most) this.#kept.delete(oldest)
    return endpoint
  }

  #create(address: string): Endpoint {
    if (!/^(?:https?|local):/i.test(address))
      throw new Fault(101500, `${this.#definition.name}: "${address.slice(0, 100)}" is no address to send to`)
    const definition = { ...this.#definition, name: address, onError: undefined }
    const url = (ctx: MessageContext): string => withRestPostfix(address, ctx)
    return new LeafEndpoint(
      definition,
      { notReady: 303001, url },
      PLAIN_OPTIONS,
      new Suspension(PLAIN_OPTIONS.policy),
      this.#linker,
    )
  }
}
