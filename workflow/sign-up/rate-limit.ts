import type { Platform } from 'viaduct'

const HOUR = 3_600_000
/** More addresses than ask in an hour; beyond, the oldest is forgotten. */
const MOST = 20_000

/** Lets each address do something so many times in an hour. */
export class RateLimit {
  readonly #platform: Platform
  readonly #most: number
  readonly #taken = new Map<string, number[]>()

  constructor(platform: Platform, most: number) {
    this.#platform = platform
    this.#most = most
  }

  /** Counts one more; false when it is too many, and then it does not count. */
  take(address: string): boolean {
    const now = this.#platform.monotonic()
    const recent = (this.#taken.get(address) ?? []).filter((time) => now - time < HOUR)
    this.#taken.delete(address)
    const [oldest] = this.#taken.keys()
    if (this.#taken.size >= MOST && oldest !== undefined) this.#taken.delete(oldest)
    const allowed = recent.length < this.#most
    this.#taken.set(address, allowed ? [...recent, now] : recent)
    return allowed
  }
}
