import type { Endpoint, MessageContext } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { type Attempts, GroupEndpoint } from '../group-endpoint.ts'
import type { Algorithm } from './algorithm.ts'

/** Members among which an algorithm spreads the messages (language reference 3.4). */
export class LoadbalanceEndpoint extends GroupEndpoint {
  readonly members: readonly Endpoint[]
  protected readonly failsOver: boolean
  readonly #algorithm: Algorithm

  constructor(definition: Definition, members: readonly Endpoint[], algorithm: Algorithm, failover: boolean) {
    super(definition)
    this.members = members
    this.failsOver = failover
    this.#algorithm = algorithm
  }

  protected next(ctx: MessageContext, { excluded }: Attempts): Endpoint | undefined {
    return this.#algorithm.next((member) => !excluded.has(member) && member.ready(ctx))
  }
}
