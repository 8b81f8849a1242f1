import type { X509Certificate } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Arrival, Message, OutgoingReply } from 'viaduct'
import type { Connection } from './connection.ts'
import type { Pour } from './pour.ts'
import { giveUp, writeReply } from './reply.ts'
import type { HttpRequest } from './request.ts'

/** A request that is on its way through the bus, and the place its answer goes to. */
export class HttpArrival implements Arrival {
  readonly transport: string
  readonly method: string
  readonly target: string
  readonly httpVersion: string
  readonly message: Message
  readonly connection: Connection
  readonly request: HttpRequest
  readonly response: ServerResponse
  /** The stream that is being written to the client. */
  pour: Pour | undefined = undefined
  #stage: 'open' | 'replying' | 'over' = 'open'
  #lost = false
  #accepted = false
  #gone: (() => void) | undefined = undefined

  constructor(connection: Connection, request: HttpRequest, response: ServerResponse, message: Message) {
    this.transport = connection.reception.scheme
    this.method = request.method ?? 'GET'
    this.target = request.target
    this.httpVersion = request.httpVersion
    this.message = message
    this.connection = connection
    this.request = request
    this.response = response
  }

  get remoteAddress(): string {
    return this.connection.remoteAddress
  }

  get localAddress(): string {
    return this.connection.localAddress
  }

  get localPort(): number {
    return this.connection.localPort
  }

  get inbound(): string | undefined {
    return this.connection.reception.inbound
  }

  peerCertificate(): X509Certificate | undefined {
    const { socket } = this.connection
    return socket instanceof TLSSocket && socket.authorized ? socket.getPeerX509Certificate() : undefined
  }

  reply(answer: OutgoingReply): void | Promise<void> {
    if (this.#stage !== 'open') {
      giveUp(answer.body)
      return undefined
    }
    this.#stage = 'replying'
    this.#accepted = answer.status === 202 && answer.body === undefined
    const written = writeReply(this, answer)
    if (written !== undefined) return written.then(() => this.#over())
    this.#over()
    return undefined
  }

  abort(): void {
    const { socket } = this.connection
    if (socket instanceof TLSSocket) socket.destroy()
    else socket.resetAndDestroy()
  }

  onClose(gone: () => void): void {
    if (this.#lost) gone()
    else this.#gone = gone
  }

  /** Closes the connection as soon as the answer is out. */
  closeAfter(): void {
    this.response.shouldKeepAlive = false
    this.response.once('finish', () => this.connection.socket.destroySoon())
  }

  /** The client is gone, or what it sent cannot be answered any more. */
  lost(): void {
    if (this.#stage === 'over') return
    this.#lost = true
    this.#over()
    this.pour?.stop()
    const gone = this.#gone
    this.#gone = undefined
    gone?.()
  }

  #over(): void {
    if (this.#stage === 'over') return
    this.#stage = 'over'
    this.connection.remove(this)
    this.connection.reception.overload.leave()
    this.request.answered(this.#accepted && !this.#lost)
  }
}
