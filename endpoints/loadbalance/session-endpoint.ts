import { type Endpoint, Fault, type MessageContext } from 'viaduct'
import type { Definition } from '../defined-endpoint.ts'
import { tryMember } from '../group-endpoint.ts'
import type { Algorithm } from './algorithm.ts'
import { LoadbalanceEndpoint } from './loadbalance-endpoint.ts'
import type { SessionKind } from './session-kind.ts'
import type { Sessions } from './sessions.ts'

export interface SessionParts {
  readonly kind: SessionKind
  readonly sessions: Sessions
  /** Milliseconds without a message after which a session is forgotten. */
  readonly timeout: number
}

/**
 * A load-balance endpoint whose clients stay with the member that answered their first message. Only that first message can
 * go to another member: a session that has begun fails with its member (309001, 309003).
 */
export class SessionEndpoint extends LoadbalanceEndpoint {
  readonly #parts: SessionParts

  constructor(
    definition: Definition,
    members: readonly Endpoint[],
    algorithm: Algorithm,
    failover: boolean,
    parts: SessionParts,
  ) {
    super(definition, members, algorithm, failover)
    this.#parts = parts
  }

  override async attempt(ctx: MessageContext): Promise<MessageContext | undefined> {
    const { kind, sessions, timeout } = this.#parts
    const { platform } = ctx.services
    if (kind.contentAware) await ctx.build()
    const id = kind.requested(ctx)
    const index = id === undefined ? undefined : sessions.find(id, platform.monotonic(), timeout)
    const owner = index === undefined ? undefined : this.members[index]
    return owner === undefined ? super.attempt(ctx) : this.#continue(ctx, owner)
  }

  async #continue(ctx: MessageContext, owner: Endpoint): Promise<MessageContext | undefined> {
    if (!owner.ready(ctx)) throw new Fault(309001, `${this.name}: the member that has the session cannot be used now`)
    this.properties.apply?.(ctx)
    try {
      return await tryMember(owner, ctx)
    } catch (thrown) {
      const cause = Fault.from(thrown)
      if (ctx.exchange.gone) throw cause
      throw new Fault(
        309003,
        `${this.name}: the member that has the session failed with ${cause.code}: ${cause.message}`,
        { cause },
      )
    }
  }

  protected override async answered(
    member: Endpoint,
    ctx: MessageContext,
    answer: MessageContext | undefined,
  ): Promise<void> {
    if (answer === undefined) return
    const { kind, sessions, timeout } = this.#parts
    const id = await kind.begun(ctx, answer)
    if (id !== undefined) sessions.bind(id, this.members.indexOf(member), ctx.services.platform.monotonic(), timeout)
  }
}
