import type { ReplayStore } from '../verify-plan.ts'

/**
 * What was received, for as long as it could be accepted again. Holds at most `size` keys; when it is full, what would expire
 * first goes first, so that a flood shortens the memory and never stops the service. One per deployment, by name.
 */
export class ReplayCache implements ReplayStore {
  readonly #keys = new Map<string, number>()
  readonly #size: number
  #sweepAt = 0

  constructor(size = 100_000) {
    this.#size = size
  }

  get size(): number {
    return this.#keys.size
  }

  remember(key: string, expires: number, now: number): boolean {
    const known = this.#keys.get(key)
    if (known !== undefined && known > now) return false
    if (known === undefined && this.#keys.size >= this.#size) this.#makeRoom(now)
    this.#keys.delete(key)
    this.#keys.set(key, expires)
    return true
  }

  /** Keys mostly expire in the order they came; a sweep that finds all alive is not repeated for the next keys. */
  #makeRoom(now: number): void {
    if (now >= this.#sweepAt) {
      let soonest = Infinity
      for (const [key, expires] of this.#keys) {
        if (expires <= now) this.#keys.delete(key)
        else soonest = Math.min(soonest, expires)
      }
      this.#sweepAt = soonest
    }
    for (const [oldest] of this.#keys) {
      if (this.#keys.size < this.#size) break
      this.#keys.delete(oldest)
    }
  }
}
