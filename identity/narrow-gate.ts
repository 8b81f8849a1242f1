/** So many hashes at once: one fewer than the threads that files and names need as well. */
const ABREAST = 2
const LONGEST_QUEUE = 500

/** Lets a few through at a time; the others wait in line, and what would wait too long is refused. */
export class NarrowGate {
  readonly #waiting: (() => void)[] = []
  #inside = 0

  /** Rejects at once when too many wait already. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside >= ABREAST) {
      if (this.#waiting.length >= LONGEST_QUEUE) throw new Error('too many passwords wait to be checked')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#inside++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#inside--
      else next()
    }
  }
}
