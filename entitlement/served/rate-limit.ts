import type { Platform } from 'viaduct'

/** Callers whose questions are counted at the same time. */
const MOST_CALLERS = 10_000

interface Bucket {
  tokens: number
  since: number
}

/** Lets each caller ask so many times in a second, a second's worth at once. */
export class RateLimit {
  readonly #platform: Platform
  readonly #perSecond: number
  readonly #buckets = new Map<string, Bucket>()

  /** 0: no limit. */
  constructor(platform: Platform, perSecond: number) {
    this.#platform = platform
    this.#perSecond = perSecond
  }

  take(caller: string): boolean {
    if (this.#perSecond === 0) return true
    const now = this.#platform.monotonic()
    const { tokens, since } = this.#buckets.get(caller) ?? { tokens: this.#perSecond, since: now }
    const filled = Math.min(this.#perSecond, tokens + ((now - since) * this.#perSecond) / 1000)
    const allowed = filled >= 1
    this.#buckets.delete(caller)
    this.#buckets.set(caller, { tokens: allowed ? filled - 1 : filled, since: now })
    for (const oldest of this.#buckets.keys()) {
      if (this.#buckets.size <= MOST_CALLERS) break
      this.#buckets.delete(oldest)
    }
    return allowed
  }
}
