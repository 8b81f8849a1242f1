import type { Readable } from 'node:stream'
import { TLSSocket } from 'node:tls'
import type { HttpArrival } from './arrival.ts'

/**
 * Writes a stream to a client as fast as both sides go. An answer whose stream ends early never looks complete: the connection
 * is cut. The head leaves together with the first piece; when the first piece is not at hand, on its own.
 */
export class Pour {
  readonly finished: Promise<void>
  readonly #arrival: HttpArrival
  readonly #body: Readable
  readonly #length: number | undefined
  readonly #writeHead: () => boolean
  readonly #onDrain = (): void => void this.#body.resume()
  #finish: () => void = () => {}
  #sent = 0
  #headWritten = false
  #over = false

  /** `length` is what the head announces; more is not sent, less is an answer that was cut. `writeHead` says whether it could. */
  constructor(arrival: HttpArrival, body: Readable, length: number | undefined, writeHead: () => boolean) {
    this.#arrival = arrival
    this.#body = body
    this.#length = length
    this.#writeHead = writeHead
    this.finished = new Promise((resolve) => (this.#finish = resolve))
    arrival.pour = this
    body.on('data', (chunk: Buffer) => this.#write(chunk))
    body.on('end', () => this.#end())
    body.on('error', () => this.#cut())
    body.on('close', () => this.#cut())
    arrival.response.on('drain', this.#onDrain)
    setImmediate(() => this.#flushHead())
    if (body.destroyed) this.#cut()
  }

  /** The client is gone. */
  stop(): void {
    if (this.#over) return
    this.#close()
    this.#body.destroy()
  }

  #write(chunk: Buffer): void {
    if (this.#over || !this.#head()) return
    this.#sent += chunk.length
    if (this.#length !== undefined && this.#sent > this.#length) {
      this.#cut()
      return
    }
    if (!this.#arrival.response.write(chunk)) this.#body.pause()
  }

  #end(): void {
    if (this.#over) return
    if (this.#length !== undefined && this.#sent < this.#length) {
      this.#cut()
      return
    }
    if (!this.#head()) return
    this.#arrival.response.end()
    this.#close()
  }

  #cut(): void {
    if (this.#over) return
    const { response, connection } = this.#arrival
    const { socket } = connection
    this.#close()
    this.#body.destroy()
    if (!this.#headWritten) {
      response.writeHead(502, ['Content-Length', '0', 'Connection', 'close'])
      response.end()
      return
    }
    // Without length and chunks the end of the connection is the end of the answer, so it has to be a reset.
    if (response.chunkedEncoding || this.#length !== undefined || socket instanceof TLSSocket) socket.destroy()
    else socket.resetAndDestroy()
  }

  #flushHead(): void {
    if (!this.#over && !this.#headWritten && this.#head()) this.#arrival.response.flushHeaders()
  }

  #head(): boolean {
    if (this.#headWritten) return true
    this.#headWritten = true
    if (this.#writeHead()) return true
    this.stop()
    return false
  }

  #close(): void {
    this.#over = true
    this.#arrival.response.off('drain', this.#onDrain)
    this.#arrival.pour = undefined
    this.#finish()
  }
}
