import type { AcceptedTicket } from './accept-ticket.ts'

const MOST_SESSIONS = 10_000

/**
 * Tickets that were accepted, by the SHA-1 of their AP-REQ in base64: messages after the first one may refer to it. Bounded, the
 * oldest goes first; one per bus, in its state.
 */
export class KerberosSessions {
  readonly #sessions = new Map<string, AcceptedTicket>()

  add(sha1: string, ticket: AcceptedTicket): void {
    this.#sessions.delete(sha1)
    this.#sessions.set(sha1, ticket)
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size > MOST_SESSIONS && oldest !== undefined) this.#sessions.delete(oldest)
  }

  /** Undefined when the ticket is not known or has ended. */
  find(sha1: string, now: number): AcceptedTicket | undefined {
    const ticket = this.#sessions.get(sha1)
    return ticket !== undefined && now < ticket.ends ? ticket : undefined
  }
}
