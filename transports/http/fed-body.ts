import { Readable } from 'node:stream'

/**
 * A body that is too large, or too slow, to be kept, fed by the connection it comes from, which is read only as fast as this is.
 * Unlike Node's own stream it can be given up without closing that connection, so that an answer can still be written.
 */
export class FedBody extends Readable {
  readonly #more: () => void
  readonly #abandoned: () => void
  #whole = false

  /** `more` is called when the reader wants to go on, `abandoned` when it does not want the rest. */
  constructor(more: () => void, abandoned: () => void) {
    super()
    this.#more = more
    this.#abandoned = abandoned
    // A reader that comes late must not turn a peer that went away into an uncaught error.
    this.on('error', () => {})
  }

  /** The last byte has come. */
  complete(): void {
    this.#whole = true
    this.push(null)
  }

  override _read(): void {
    this.#more()
  }

  override _destroy(error: Error | null, callback: (error?: Error | null) => void): void {
    if (!this.#whole) this.#abandoned()
    callback(error)
  }
}
