import type { Platform } from './platform.ts'

/** More names and addresses than are attacked at once; beyond, the oldest is forgotten. */
const MOST = 20_000

interface Count {
  wrong: number
  /** When the first of them was, monotonic milliseconds. */
  readonly since: number
}

/**
 * Counts wrong passwords and other proofs that failed. Whoever had `most` of them within `window` (milliseconds) is refused until
 * the window is over. Names that do not exist are counted like others; memory is bounded.
 */
export class FailedAttempts {
  readonly #platform: Platform
  readonly #most: number
  readonly #window: number
  readonly #counts = new Map<string, Count>()

  constructor(platform: Platform, most: number, window: number) {
    this.#platform = platform
    this.#most = most
    this.#window = window
  }

  /** How long `who` is refused from now, milliseconds; 0 when he may try. */
  refusedFor(who: string): number {
    const count = this.#living(who)
    return count === undefined || count.wrong < this.#most ? 0 : count.since + this.#window - this.#platform.monotonic()
  }

  /** Counts one; true when it was the one too many. */
  failed(who: string): boolean {
    const count = this.#living(who) ?? { wrong: 0, since: this.#platform.monotonic() }
    count.wrong++
    this.#counts.delete(who)
    this.#counts.set(who, count)
    const [oldest] = this.#counts.keys()
    if (this.#counts.size > MOST && oldest !== undefined) this.#counts.delete(oldest)
    return count.wrong === this.#most
  }

  succeeded(who: string): void {
    this.#counts.delete(who)
  }

  #living(who: string): Count | undefined {
    const count = this.#counts.get(who)
    if (count === undefined || this.#platform.monotonic() < count.since + this.#window) return count
    this.#counts.delete(who)
    return undefined
  }
}
