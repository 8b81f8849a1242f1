import { type MessageContext, words } from 'viaduct'

/** What a script reads and sets of the way of its message. */
export class MessageAddresses {
  readonly #ctx: MessageContext

  constructor(ctx: MessageContext) {
    this.#ctx = ctx
  }

  getSoapAction(): string | null {
    return this.#ctx.addressing.action ?? null
  }

  getWSAAction(): string | null {
    return this.getSoapAction()
  }

  setWSAAction(action: unknown): void {
    this.#ctx.addressing.action = addressOf(action)
  }

  setSoapAction(action: unknown): void {
    this.setWSAAction(action)
  }

  getTo(): string | null {
    return this.#ctx.addressing.to ?? null
  }

  setTo(to: unknown): void {
    this.#ctx.addressing.to = addressOf(to)
  }

  getReplyTo(): string | null {
    return this.#ctx.addressing.replyTo ?? null
  }

  setReplyTo(replyTo: unknown): void {
    this.#ctx.addressing.replyTo = addressOf(replyTo)
  }

  getFaultTo(): string | null {
    return this.#ctx.addressing.faultTo ?? null
  }

  setFaultTo(faultTo: unknown): void {
    this.#ctx.addressing.faultTo = addressOf(faultTo)
  }

  getFrom(): string | null {
    return this.#ctx.addressing.from ?? null
  }

  setFrom(from: unknown): void {
    this.#ctx.addressing.from = addressOf(from)
  }
}

const addressOf = (value: unknown): string | undefined =>
  value === null || value === undefined ? undefined : words(value)
