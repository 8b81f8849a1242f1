import { type Arrived, type Branch, Fault, type MessageContext } from 'viaduct'

/** When a bucket is full: 0 is no condition. */
export interface Counts {
  /** Parts that the split has made. */
  readonly total: number
  readonly least: number
  readonly most: number
}

/** More messages than one aggregate sensibly gathers. */
const MOST_MESSAGES = 100_000

/** Messages that belong together, until they are complete. */
export class Bucket {
  readonly #enough: number
  readonly #onClose: (() => void)[] = []
  #messages: MessageContext[] = []
  #closed = false

  constructor({ total, least, most }: Counts) {
    const conditions = [total, least, most].filter((count) => count > 0)
    this.#enough = Math.min(MOST_MESSAGES + 1, ...conditions)
  }

  get size(): number {
    return this.#messages.length
  }

  get complete(): boolean {
    return this.size >= this.#enough
  }

  /** What arrives now comes too late. */
  get closed(): boolean {
    return this.#closed
  }

  add(ctx: MessageContext): void {
    if (this.size >= MOST_MESSAGES) throw new Fault(0, `aggregate: more than ${MOST_MESSAGES} messages`)
    this.#messages.push(ctx)
  }

  /** Ends the gathering: the messages in the order in which they came. */
  close(): readonly MessageContext[] {
    const messages = this.#messages
    this.#messages = []
    this.#closed = true
    for (const closed of this.#onClose) closed()
    return messages
  }

  onClose(closed: () => void): void {
    this.#onClose.push(closed)
  }

  /** The branch of the first message: goes on with what is there after so many milliseconds, or ends when it was complete before. */
  expire(milliseconds: number, complete: () => Branch): Branch {
    const [first] = this.#messages
    if (first === undefined) throw new Error('an empty bucket does not expire')
    return new Promise<Arrived>((resolve) => {
      const deadline = first.services.deadlines.after(milliseconds, () => {
        try {
          resolve(complete())
        } catch (thrown) {
          resolve({ ctx: first, flow: Fault.from(thrown) })
        }
      })
      this.onClose(() => {
        deadline.cancel()
        // When the deadline itself closed the bucket, what `complete` gives comes first.
        queueMicrotask(() => resolve({ ctx: first, flow: 'stop' }))
      })
    })
  }
}
