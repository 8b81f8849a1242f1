import { Fault } from './fault.ts'

/**
 * Bytes of bodies that are in memory at once, over all messages of a bus (limits.bodies). Counted is what is read for a mediator
 * that looks into it; bodies of up to 64 KB arrive in memory, and limits.requestsInFlight bounds those.
 */
export class BodyBudget {
  readonly limit: number
  #used = 0
  #refused = false

  constructor(limit: number) {
    this.limit = limit
  }

  get used(): number {
    return this.#used
  }

  /** A body has been refused since which too little has been given back. */
  get exceeded(): boolean {
    return this.#refused
  }

  /** Counts so many more bytes. Throws Fault `bodies-full` when they are too many. */
  take(bytes: number): void {
    if (this.#used + bytes > this.limit) {
      this.#refused = true
      throw new Fault(
        'bodies-full',
        'the bodies of the messages under way are together larger than limits.bodies allows',
      )
    }
    this.#used += bytes
  }

  give(bytes: number): void {
    this.#used -= bytes
    if (this.#used < this.limit * RELIEF) this.#refused = false
  }
}

/** Below this share of the limit bodies are taken again for certain. */
const RELIEF = 0.6
