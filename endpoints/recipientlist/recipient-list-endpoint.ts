import { type Endpoint, Fault, type MessageContext } from 'viaduct'
import { DefinedEndpoint, type Definition } from '../defined-endpoint.ts'
import { tryMember } from '../group-endpoint.ts'

/** Where the recipients of one message come from. */
export type Recipients = (ctx: MessageContext) => readonly Endpoint[]

/**
 * Sends a copy to every recipient (language reference 3.4). Each answer is handed on by itself; recipients that fail are
 * logged, unless nobody could be reached. The copies carry `messageSequence` = `place/number of recipients`.
 */
export class RecipientListEndpoint extends DefinedEndpoint {
  readonly #recipients: Recipients

  constructor(definition: Definition, recipients: Recipients) {
    super(definition)
    this.#recipients = recipients
  }

  ready(ctx: MessageContext): boolean {
    return this.#recipients(ctx).some((recipient) => recipient.ready(ctx))
  }

  /** Resolves to the first answer in the order of the recipients; the others are dropped. */
  async attempt(ctx: MessageContext): Promise<MessageContext | undefined> {
    let first: MessageContext | undefined
    await this.#sendToAll(ctx, (answer) => (first ??= answer))
    return first
  }

  async callEach(ctx: MessageContext, receive: (answer: MessageContext) => unknown): Promise<void> {
    await this.#sendToAll(ctx, receive)
  }

  async #sendToAll(ctx: MessageContext, receive: (answer: MessageContext) => unknown): Promise<void> {
    await ctx.build()
    const recipients = this.#recipients(ctx)
    const faults: Fault[] = []
    let place = 0
    const sendings = recipients.map(async (recipient) => {
      if (!recipient.ready(ctx)) return
      const copy = ctx.fork()
      copy.properties.set('default', 'messageSequence', `${place++}/${recipients.length}`)
      this.properties.apply?.(copy)
      try {
        const answer = await tryMember(recipient, copy)
        if (answer !== undefined && answer !== copy) await receive(answer)
      } catch (thrown) {
        const fault = Fault.from(thrown)
        ctx.log(
          'WARN',
          'endpoint',
          `${this.name}: the recipient ${recipient.name} failed with ${fault.code}: ${fault.message}`,
        )
        faults.push(fault)
      }
    })
    await Promise.all(sendings)
    const [cause] = faults
    if (cause !== undefined && faults.length === place) throw cause
    if (place === 0) throw new Fault(303000, `${this.name}: no recipient can be used now`)
  }
}
