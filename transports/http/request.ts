import { IncomingMessage, type ServerResponse } from 'node:http'
import { Fault, Headers, Message } from 'viaduct'
import { HttpArrival } from './arrival.ts'
import type { Connection } from './connection.ts'
import { withoutFields } from './fields.ts'
import { Pieces } from './pieces.ts'
import { FedBody } from './fed-body.ts'
import type { Vetted } from './vetting.ts'

/**
 * Bodies up to this size are kept in memory before the message starts; larger ones stream through from there on. A client that
 * announces much and sends little so holds no connection to a back end.
 */
const KEPT = 65_536

/** A body has to make this much progress within the idle limit, or a client could hold a connection with one byte a minute. */
const LEAST_PROGRESS = 1024

/** What chunk sizes and extensions may cost beyond the data itself. */
const CHUNK_OVERHEAD = 24

/** How long and how much of a body is still read after its request has been answered. */
const LEFTOVER_LOOKS = 5
const LEFTOVER_BYTES = 64 * 1024 * 1024

/** `keep`: collecting; `pass`: handing on to a reader; `drop`: nobody wants it. */
type Intake = 'keep' | 'pass' | 'drop'

/**
 * A request while it comes in. Node's parser hands every piece of the body to `push`, so there is no stream between the
 * parser and the message: a small body costs no listener and no turn of the event loop.
 */
export class HttpRequest extends IncomingMessage implements Vetted {
  length = -1
  chunked = false
  last = false
  named: ReadonlySet<string> | undefined = undefined
  expectsContinue = false
  host = ''
  target = ''
  #connection: Connection | undefined = undefined
  #response: ServerResponse | undefined = undefined
  #arrival: HttpArrival | undefined = undefined
  #intake: Intake = 'drop'
  #pieces: Pieces | undefined = undefined
  #body: FedBody | undefined = undefined
  #received = 0
  #wireStart = 0
  #markedBytes = 0
  #markedTime = 0
  #leftoverLooks = 0
  #keptLooks = 0
  #waited = false

  /** Takes a request that passed vetting; it starts on its way as soon as enough of it is there. */
  accept(connection: Connection, response: ServerResponse): void {
    this.#connection = connection
    this.#response = response
    if (!this.chunked && this.length <= 0) {
      this.#start(Message.empty(this.#fields()))
      return
    }
    this.#wireStart = this.socket.bytesRead
    connection.receiving = this
    this.#intake = 'keep'
  }

  /** The answer has begun to leave, so that no other can be given. */
  get begun(): boolean {
    return this.#response?.headersSent === true
  }

  /** Called by Node for every piece of the body, and with null at its end. */
  override push(chunk: Buffer | null): boolean {
    if (chunk === null) {
      this.#whole()
      return false
    }
    this.#received += chunk.length
    if (this.#intake === 'drop') return true
    if (this.#excessive()) return true
    if (this.#intake === 'pass') return this.#body?.push(chunk) ?? true
    const pieces = (this.#pieces ??= new Pieces())
    pieces.add(chunk)
    if (pieces.size > KEPT) this.#pass()
    return true
  }

  /** Called once a second while the body is coming. */
  inspect(now: number): void {
    const connection = this.#connection
    if (connection === undefined) return
    const { limits } = connection.reception
    switch (this.#intake) {
      case 'drop':
        if (++this.#leftoverLooks > LEFTOVER_LOOKS || this.#received > LEFTOVER_BYTES) this.socket.destroy()
        return
      case 'keep':
        if (++this.#keptLooks > limits.buildLooks || this.#standsStill(now, limits.bodyIdle)) connection.broken(408)
        return
      case 'pass':
        if (this.#isForgotten()) this.answered(false)
        else if (this.#standsStill(now, limits.bodyIdle)) connection.broken(408)
    }
  }

  /** Mediation may go on behind the answer, but nobody has begun to read. */
  #isForgotten(): boolean {
    const body = this.#body
    return body !== undefined && this.#waited && !isBeingRead(body) && ++this.#leftoverLooks > LEFTOVER_LOOKS
  }

  /** Too little has come for too long, and not because the reader is slow. */
  #standsStill(now: number, limit: number): boolean {
    const body = this.#body
    const paused = body !== undefined && body.readableLength >= body.readableHighWaterMark
    if (!paused && this.#markedTime !== 0 && this.#received - this.#markedBytes < LEAST_PROGRESS)
      return now - this.#markedTime > limit
    this.#markedTime = now
    this.#markedBytes = this.#received
    return false
  }

  /**
   * The answer is out. What is left of the body is thrown away, unless it is being read, or may still be: `accepted` says that
   * mediation goes on behind the answer.
   */
  answered(accepted: boolean): void {
    const body = this.#body
    if (body === undefined) this.dismiss()
    else if (accepted) this.#waited = true
    else if (!isBeingRead(body))
      body.destroy(new Fault(101001, 'the request has been answered before its body was read'))
  }

  /** Nobody wants the rest of the body. */
  dismiss(): void {
    this.#intake = 'drop'
    this.#pieces = undefined
    this.#body = undefined
    this.#arrival = undefined
  }

  /** The rest will never come. */
  lost(): void {
    const arrival = this.#arrival
    const body = this.#body
    const connection = this.#connection
    if (connection?.receiving === this) connection.receiving = undefined
    if (this.#intake === 'keep') connection?.reception.overload.leave()
    this.dismiss()
    body?.destroy(new Fault(101001, 'the client closed its connection inside the body of its request'))
    arrival?.lost()
  }

  #whole(): void {
    if (this.#connection?.receiving === this) this.#connection.receiving = undefined
    if (this.#intake === 'keep') {
      const bytes = this.#pieces?.join()
      this.dismiss()
      this.#start(bytes === undefined ? Message.empty(this.#fields()) : Message.ofBytes(bytes, this.#fields()))
    } else if (this.#intake === 'pass') {
      this.#body?.complete()
      this.dismiss()
    }
  }

  /** Starts with what has come so far; the rest goes to whoever reads the body. */
  #pass(): void {
    const body = new FedBody(
      () => this._read(0),
      () => this.dismiss(),
    )
    this.#body = body
    this.#intake = 'pass'
    body.push(this.#pieces?.join())
    this.#pieces = undefined
    this.#arrival = this.#start(Message.ofStream(body, this.#fields(), this.length < 0 ? undefined : this.length))
  }

  #start(message: Message): HttpArrival | undefined {
    const connection = this.#connection
    const response = this.#response
    if (connection === undefined || response === undefined) return undefined
    const arrival = new HttpArrival(connection, this, response, message)
    connection.add(arrival)
    const { reception } = connection
    try {
      reception.dispatch(arrival)
    } catch (failure) {
      reception.log.log(
        'ERROR',
        'http',
        `dispatching failed: ${failure instanceof Error ? failure.message : 'unknown'}`,
      )
      void arrival.reply({ status: 500, headers: new Headers(), body: undefined })
    }
    return arrival
  }

  #fields(): Headers {
    return new Headers(this.named === undefined ? this.rawHeaders : withoutFields(this.rawHeaders, this.named))
  }

  /** Ends a body that is larger than allowed, in itself or by the chunk framing around it. */
  #excessive(): boolean {
    const connection = this.#connection
    if (connection === undefined) return true
    if (this.#received > connection.reception.limits.body) {
      connection.broken(413)
      return true
    }
    if (!this.chunked) return false
    const wire = this.socket.bytesRead - this.#wireStart
    if (wire < 131_072 || wire < CHUNK_OVERHEAD * (this.#received + 1024)) return false
    connection.broken(400)
    return true
  }
}

const isBeingRead = (body: FedBody): boolean => body.readableFlowing !== null

const NO_EXPECTATION = {}

Object.defineProperties(HttpRequest.prototype, {
  // Node's server asks for `expect` and nothing else; its dictionary of all fields would be made for every request and never read.
  headers: {
    get(this: HttpRequest): { expect?: string | undefined } {
      const { rawHeaders } = this
      for (let i = 0; i < rawHeaders.length; i += 2) {
        const name = rawHeaders[i]
        if (name?.length === 6 && name.toLowerCase() === 'expect') return { expect: rawHeaders[i + 1] }
      }
      return NO_EXPECTATION
    },
  },
  // Nothing is ever read from here, so the end of the body is the end of the stream; Node lets go of the request then.
  readableEnded: {
    get(this: HttpRequest): boolean {
      return this.complete
    },
  },
  // Node would read and throw away what nobody reads; `push` has done that.
  _dump: { value: () => {} },
})
