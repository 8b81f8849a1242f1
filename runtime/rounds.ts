import { sleep } from './time.ts'

/** After a failure, and when nobody says when to look again, milliseconds. */
const LOOK = 5_000

export interface RoundsOptions {
  /** Does what is due and gives the milliseconds until more is; undefined when it does not know. */
  readonly round: (closed: AbortSignal) => Promise<number | undefined>
  /** Told once when rounds begin to fail. */
  readonly failed: (reason: string) => void
}

/** Work in the background that goes on as long as somebody uses it: a round after the other, with rests that end early. */
export class Rounds {
  readonly #options: RoundsOptions
  #users = 0
  #closed = new AbortController()
  #wake: AbortController | undefined
  #noticed = false
  #running: Promise<void> | undefined

  constructor(options: RoundsOptions) {
    this.#options = options
  }

  /** A user comes. Without `idle` the first round begins at once, with it at the first notice. */
  use(idle = false): void {
    if (this.#users++ > 0) return
    this.#closed = new AbortController()
    if (!idle) this.notice()
  }

  /** A user goes; with the last one the round under way is finished and no other begins. */
  async release(): Promise<void> {
    if (--this.#users > 0) return
    this.#closed.abort(new Error('closed'))
    await this.#running
    this.#running = undefined
  }

  /** Whether somebody uses it. */
  get used(): boolean {
    return this.#users > 0
  }

  /** There may be something to do now. */
  notice(): void {
    this.#noticed = true
    this.#wake?.abort(new Error('woken'))
    if (this.#users > 0) this.#running ??= this.#run(this.#closed.signal)
  }

  async #run(closed: AbortSignal): Promise<void> {
    let failing = false
    while (!closed.aborted) {
      this.#noticed = false
      let pause: number | undefined
      try {
        pause = await this.#options.round(closed)
        failing = false
      } catch (failure) {
        if (!failing) this.#options.failed(failure instanceof Error ? failure.message : 'unknown')
        failing = true
      }
      await this.#rest(Math.min(pause ?? LOOK, LOOK), closed)
    }
  }

  async #rest(milliseconds: number, closed: AbortSignal): Promise<void> {
    if (milliseconds <= 0 || this.#noticed) return
    this.#wake = new AbortController()
    await sleep(milliseconds, AbortSignal.any([closed, this.#wake.signal])).catch(() => {})
  }
}
