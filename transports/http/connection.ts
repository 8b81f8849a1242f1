import { STATUS_CODES } from 'node:http'
import type { Socket } from 'node:net'
import type { HttpArrival } from './arrival.ts'
import type { Reception } from './reception.ts'
import type { HttpRequest } from './request.ts'

/** How long a connection is still read after its last answer, so that the answer is not lost to a reset. */
const LINGER = 500

const connectionKey = Symbol('connection')

interface Connected extends Socket {
  [connectionKey]?: Connection
}

export const connectionOf = (socket: Socket): Connection | undefined => (socket as Connected)[connectionKey]

/** One connection of a client: what is under way on it, and when it has been still for too long. */
export class Connection {
  readonly socket: Socket
  readonly reception: Reception
  /** Addresses are asked for with the first request: a connection that says nothing shall cost nothing. */
  remoteAddress = ''
  localAddress = ''
  localPort = 0
  /** Requests without a complete answer, in the order they came. */
  readonly open: HttpArrival[] = []
  /** The request whose body is still coming. It may have been answered already. */
  receiving: HttpRequest | undefined = undefined
  /** Bytes that come from now on are no request. */
  closing = false
  /** A Host value that passed the check, so that it is not checked again for every request. */
  knownHost = ''
  #quiet = 0
  #bytesRead = 0
  #stuck = 0
  #bytesOut = 0
  #ending = false

  constructor(socket: Socket, reception: Reception) {
    this.socket = socket
    this.reception = reception
    ;(socket as Connected)[connectionKey] = this
    socket.on('close', () => this.#closed())
  }

  add(arrival: HttpArrival): void {
    this.open.push(arrival)
    this.#quiet = 0
    if (this.localPort > 0) return
    this.remoteAddress = this.socket.remoteAddress ?? ''
    this.localAddress = this.socket.localAddress ?? ''
    this.localPort = this.socket.localPort ?? 0
  }

  remove(arrival: HttpArrival): void {
    if (this.open[0] === arrival) this.open.shift()
    else {
      const at = this.open.indexOf(arrival)
      if (at >= 0) this.open.splice(at, 1)
    }
    this.#quiet = 0
  }

  /**
   * Looks once a second at what moves, so that no request needs a timer: a client that does not read its answer, one that
   * does not send what it announced, one that has nothing to say.
   */
  inspect(now: number): void {
    const { keepAliveLooks, readerLooks } = this.reception.limits
    const { socket } = this
    const pending = socket.writableLength
    if (pending > 0) {
      const out = socket.bytesWritten - pending
      this.#stuck = out === this.#bytesOut ? this.#stuck + 1 : 0
      this.#bytesOut = out
      if (this.#stuck >= readerLooks) socket.destroy()
      return
    }
    this.#stuck = 0
    this.receiving?.inspect(now)
    if (this.open.length > 0 || this.receiving !== undefined) return
    const { bytesRead } = socket
    this.#quiet = bytesRead === this.#bytesRead ? this.#quiet + 1 : 0
    this.#bytesRead = bytesRead
    if (this.#quiet > keepAliveLooks) socket.destroy()
  }

  /**
   * The parser or a timer gave up on what comes from the client. What is owed to earlier requests is answered first; an error
   * in the place of their answer would say that they were not executed.
   */
  broken(status: number): void {
    const { socket, receiving } = this
    if (this.#ending) return
    if (socket.destroyed || !socket.writable) {
      socket.destroy()
      return
    }
    const silent = this.closing
    this.closing = true
    const begun = receiving?.begun === true
    receiving?.lost()
    const owed = this.open.at(-1)
    if (owed !== undefined) {
      this.#ending = true
      owed.closeAfter()
    } else if (begun) socket.destroy()
    else if (silent || socket.bytesRead === 0) socket.destroySoon()
    else this.#say(status)
  }

  /** Ends the connection after the answer that is being written, although the client may still be sending. */
  linger(): void {
    const { socket } = this
    this.closing = true
    // Node calls this when the last answer is out; closing at once would reset the connection under the unread answer.
    socket.destroySoon = () => {
      this.#ending = true
      socket.end()
      setTimeout(() => socket.destroy(), LINGER).unref()
    }
  }

  #say(status: number): void {
    this.#ending = true
    const { socket } = this
    socket.end(
      `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      () => socket.destroy(),
    )
  }

  #closed(): void {
    this.reception.connections.delete(this)
    this.receiving?.lost()
    while (this.open.length > 0) this.open[0]?.lost()
  }
}
