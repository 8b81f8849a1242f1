import { hash } from 'node:crypto'
import { SecurityFailure } from '../security-failure.ts'
import type { ReplayStore } from '../verify-plan.ts'

/** How soon after a sweep that made no room the next one may be, milliseconds. */
const PAUSE = 1000

/**
 * What was received, for as long as it could be accepted again. Holds at most `size` keys, each at some 100 bytes; when it is
 * full of keys that have not expired, nothing new is accepted: what was forgotten early could be sent again. One per service, so
 * that a flood at one closes no other.
 */
export class ReplayCache implements ReplayStore {
  readonly #keys = new Map<string, number>()
  readonly #size: number
  #sweepAt = 0

  constructor(size: number) {
    this.#size = size
  }

  get size(): number {
    return this.#keys.size
  }

  remember(key: string, expires: number, now: number): boolean {
    const name = hash('sha256', key, 'base64')
    const known = this.#keys.get(name)
    if (known !== undefined && known > now) return false
    this.#keys.delete(name)
    this.#dropFirst(now)
    if (this.#keys.size >= this.#size) this.#sweep(now)
    if (this.#keys.size >= this.#size)
      throw new SecurityFailure('limit-exceeded', `${this.#size} messages are remembered (security.replayEntries)`)
    this.#keys.set(name, expires)
    return true
  }

  /** Keys mostly expire in the order they came. */
  #dropFirst(now: number): void {
    for (const [key, expires] of this.#keys) {
      if (expires > now) return
      this.#keys.delete(key)
    }
  }

  #sweep(now: number): void {
    if (now < this.#sweepAt) return
    for (const [key, expires] of this.#keys) if (expires <= now) this.#keys.delete(key)
    this.#sweepAt = now + PAUSE
  }
}
