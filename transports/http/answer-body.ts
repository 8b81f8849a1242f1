import { Readable } from 'node:stream'

/** The body of an answer that is too large, or too slow, to be kept; the back end is read only as fast as this is. */
export class AnswerBody extends Readable {
  readonly #resume: () => void
  readonly #abandoned: () => void
  #whole = false

  /** `resume` is called when the reader wants to go on, `abandoned` when it does not want the rest. */
  constructor(resume: () => void, abandoned: () => void) {
    super()
    this.#resume = resume
    this.#abandoned = abandoned
    // A back end that fails before the reader comes must not become an uncaught error.
    this.on('error', () => {})
  }

  complete(): void {
    this.#whole = true
    this.push(null)
  }

  override _read(): void {
    this.#resume()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#whole) this.#abandoned()
    callback(error)
  }
}
