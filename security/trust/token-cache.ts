import type { ReceivedToken } from './trust-client.ts'

/** Tokens in use must not end on their way to the service. */
const MARGIN = 30_000
const MOST_TOKENS = 1000

interface Kept {
  readonly token: Promise<ReceivedToken>
  /** Known once the token came. */
  expires: number
}

/**
 * Tokens that were fetched from token services, by whatever tells them apart (service, policy, user). One request is made for
 * each, however many messages wait for it; failures are not kept. Bounded: the one not used for longest goes first.
 */
export class TokenCache {
  readonly #tokens = new Map<string, Kept>()
  /** Milliseconds that a token without an end is kept. */
  readonly #lifetime: number

  constructor(lifetime = 300_000) {
    this.#lifetime = lifetime
  }

  get size(): number {
    return this.#tokens.size
  }

  get(name: string, now: number, fetch: () => Promise<ReceivedToken>): Promise<ReceivedToken> {
    const kept = this.#tokens.get(name)
    this.#tokens.delete(name)
    const entry = kept !== undefined && now < kept.expires - MARGIN ? kept : this.#fetched(name, now, fetch)
    this.#tokens.set(name, entry)
    while (this.#tokens.size > MOST_TOKENS) this.#removeOldest()
    return entry.token
  }

  /** Forgets a token that the service did not accept. */
  remove(name: string): void {
    this.#tokens.delete(name)
  }

  #fetched(name: string, now: number, fetch: () => Promise<ReceivedToken>): Kept {
    const token = fetch()
    const entry: Kept = { token, expires: Number.POSITIVE_INFINITY }
    token.then(
      ({ expires }) => {
        entry.expires = expires ?? now + this.#lifetime
      },
      () => {
        if (this.#tokens.get(name) === entry) this.#tokens.delete(name)
      },
    )
    return entry
  }

  #removeOldest(): void {
    const [oldest] = this.#tokens.keys()
    if (oldest !== undefined) this.#tokens.delete(oldest)
  }
}
