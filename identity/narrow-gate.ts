import type { Deadlines } from 'viaduct'

const LONGEST_QUEUE = 500
/** Whoever has waited so long is refused, milliseconds: his client is gone, or soon will be. */
const PATIENCE = 10_000

interface Waiting {
  readonly enter: () => void
}

/** Lets a few through at a time; the others wait in line, and what would wait too long is refused. */
export class NarrowGate {
  readonly #deadlines: Deadlines
  readonly #abreast: number
  readonly #waiting = new Set<Waiting>()
  #inside = 0

  constructor(deadlines: Deadlines, abreast: number) {
    this.#deadlines = deadlines
    this.#abreast = abreast
  }

  /** Rejects when too many wait already, or when the turn does not come in time. */
  async pass<T>(work: () => Promise<T>): Promise<T> {
    if (this.#inside < this.#abreast) this.#inside++
    else await this.#turn()
    try {
      return await work()
    } finally {
      const [next] = this.#waiting
      if (next === undefined) this.#inside--
      else next.enter()
    }
  }

  #turn(): Promise<void> {
    if (this.#waiting.size >= LONGEST_QUEUE) return Promise.reject(tooMany())
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        enter: () => {
          deadline.cancel()
          this.#waiting.delete(waiting)
          resolve()
        },
      }
      const deadline = this.#deadlines.after(PATIENCE, () => {
        this.#waiting.delete(waiting)
        reject(tooMany())
      })
      this.#waiting.add(waiting)
    })
  }
}

const tooMany = (): Error => new Error('too many passwords wait to be checked')
