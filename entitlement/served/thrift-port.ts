import { once } from 'node:events'
import { createServer, type Server, type TLSSocket, type TlsOptions } from 'node:tls'
import type { AddressInfo } from 'node:net'
import type { Deadline, Deadlines, Logger } from 'viaduct'
import { writeBinary } from '../thrift/binary-protocol.ts'
import { MessageBuffer } from '../thrift/message-buffer.ts'
import { ThriftError } from '../thrift/thrift-value.ts'
import type { ThriftHandler } from './thrift-service.ts'

export interface ThriftPortOptions {
  readonly host: string
  readonly port: number
  readonly tls: TlsOptions
  /** Bytes of a message. */
  readonly limit: number
  readonly deadlines: Deadlines
  readonly log: Logger
}

/** Each may keep a message that is not whole yet, from somebody who has not logged in: what they keep together has a bound. */
export const MOST_CONNECTIONS = 250

/** Milliseconds without a whole message after which a connection is closed, as ClientTimeout of Identity Server. */
const IDLE = 30_000

/**
 * The port of the thrift service: TLS, the binary protocol without frames. It stays open over reloads and answers by the newest
 * deployment; when nobody uses it any more it closes.
 */
export class ThriftPort {
  readonly #options: ThriftPortOptions
  readonly #sockets = new Set<TLSSocket>()
  #server: Server | undefined
  #handler: ThriftHandler | undefined
  #uses = 0

  constructor(options: ThriftPortOptions) {
    this.#options = options
  }

  /** The port that it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port
  }

  async open(handler: ThriftHandler): Promise<void> {
    this.#uses++
    this.#handler = handler
    if (this.#server !== undefined) return
    const { host, port, tls, log } = this.#options
    const server = createServer({ ...tls, minVersion: 'TLSv1.2', handshakeTimeout: 5_000 }, (socket) =>
      this.#serve(socket),
    )
    server.maxConnections = MOST_CONNECTIONS
    server.on('tlsClientError', () => {})
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, host, resolve)
    })
    this.#server = server
    log.log('INFO', 'entitlement', `thrift decisions on ${host}:${this.port}`)
  }

  async close(): Promise<void> {
    const server = this.#server
    if (--this.#uses > 0 || server === undefined) return
    this.#server = undefined
    for (const socket of this.#sockets) socket.destroy()
    await new Promise((resolve) => server.close(resolve))
  }

  #serve(socket: TLSSocket): void {
    this.#sockets.add(socket)
    const { limit, deadlines } = this.#options
    const gone = new AbortController()
    const buffer = new MessageBuffer(limit)
    const idle = (): Deadline => deadlines.after(IDLE, () => socket.destroy())
    let deadline = idle()
    let answering = false
    const next = async (): Promise<void> => {
      if (answering) return
      answering = true
      try {
        for (let call = buffer.next(); call !== undefined && this.#handler !== undefined; call = buffer.next()) {
          const answer = await this.#handler(call, gone.signal)
          // Who asks and does not read the answers is not answered any further: it would be kept for him in memory.
          const taken = call.kind === 'oneway' || socket.write(writeBinary(answer))
          if (!taken) await once(socket, 'drain', { signal: gone.signal })
          deadline.cancel()
          deadline = idle()
        }
      } catch (thrown) {
        if (!gone.signal.aborted) this.#failed(thrown, socket)
      }
      answering = false
      socket.resume()
    }
    socket.on('data', (piece: Buffer) => {
      buffer.add(piece)
      // What is sent ahead waits with who sent it. Up to one message is read on, because only who reads sees a client leave.
      if (answering && buffer.length > limit) socket.pause()
      void next()
    })
    socket.on('error', () => socket.destroy())
    socket.once('close', () => {
      deadline.cancel()
      gone.abort(new Error('the client closed its connection'))
      this.#sockets.delete(socket)
    })
  }

  #failed(thrown: unknown, socket: TLSSocket): void {
    socket.destroy()
    if (thrown instanceof ThriftError) return
    const reason = thrown instanceof Error ? thrown.message : 'unknown'
    this.#options.log.log('ERROR', 'entitlement', `a thrift question failed: ${reason}`)
  }
}
