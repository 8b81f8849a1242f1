import { type Endpoint, Fault, type FaultCode, type MessageContext } from 'viaduct'
import { DefinedEndpoint } from './defined-endpoint.ts'

/** A guard against configurations whose members are ready again at once for ever. */
const MOST_ATTEMPTS = 100

/** One message on its way through the members of a group. */
export interface Attempts {
  /** Members that have failed for this message and are not to be tried again. */
  readonly excluded: ReadonlySet<Endpoint>
  readonly count: number
}

/** An endpoint made of others, of which one has to answer: goes on to the next when one fails. */
export abstract class GroupEndpoint extends DefinedEndpoint {
  abstract readonly members: readonly Endpoint[]
  /** Whether another member gets the message after one has failed. */
  protected abstract readonly failsOver: boolean

  /** The member to try; undefined when none can be used. */
  protected abstract next(ctx: MessageContext, attempts: Attempts): Endpoint | undefined

  ready(ctx: MessageContext): boolean {
    return this.members.some((member) => member.ready(ctx))
  }

  async attempt(ctx: MessageContext): Promise<MessageContext | undefined> {
    this.properties.apply?.(ctx)
    if (!this.failsOver) return this.#only(ctx)
    // A message that may be sent again cannot stream.
    await ctx.build()
    const excluded = new Set<Endpoint>()
    let last: Fault | undefined
    for (let count = 0; count < MOST_ATTEMPTS; count++) {
      const member = this.next(ctx, { excluded, count })
      if (member === undefined) break
      const copy = ctx.fork()
      try {
        return await this.#chosen(ctx, copy, member, await tryMember(member, copy))
      } catch (thrown) {
        last = Fault.from(thrown)
        if (ctx.exchange.gone || !concernsEndpoint(last.code)) throw last
        if (member instanceof DefinedEndpoint && !member.lets(last.code, ctx)) throw this.noneReady(last)
        if (!(member instanceof DefinedEndpoint && member.again(ctx))) excluded.add(member)
        ctx.log('WARN', 'endpoint', `${this.name}: the member ${member.name} failed with ${last.code}: ${last.message}`)
      }
    }
    throw this.noneReady(last)
  }

  async #only(ctx: MessageContext): Promise<MessageContext | undefined> {
    const member = this.next(ctx, { excluded: new Set(), count: 0 })
    if (member === undefined) throw this.noneReady(undefined)
    return this.#chosen(ctx, ctx, member, await tryMember(member, ctx))
  }

  async #chosen(
    ctx: MessageContext,
    sent: MessageContext,
    member: Endpoint,
    answer: MessageContext | undefined,
  ): Promise<MessageContext | undefined> {
    // A member that resolves to the message it was given has dealt with a failure itself.
    if (answer === sent) return ctx
    await this.answered(member, ctx, answer)
    return answer
  }

  /** Told which member has answered. */
  protected answered(
    _member: Endpoint,
    _ctx: MessageContext,
    _answer: MessageContext | undefined,
  ): void | Promise<void> {}

  protected noneReady(cause: Fault | undefined): Fault {
    const text =
      cause === undefined
        ? 'no member can be used now'
        : `no member could be reached; the last one failed with ${cause.code}: ${cause.message}`
    return new Fault(303000, `${this.name}: ${text}`, cause === undefined ? {} : { cause })
  }
}

export const tryMember = (member: Endpoint, ctx: MessageContext): Promise<MessageContext | undefined> =>
  member instanceof DefinedEndpoint ? member.attempt(ctx) : member.call(ctx)

/** Faults of the message, of the client or of the bus would be the same at any other member. */
const concernsEndpoint = (code: FaultCode): boolean =>
  typeof code === 'number' && code !== 0 && code !== 601000 && code !== 101000 && code !== 101001
