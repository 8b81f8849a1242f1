import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'

/** One request as it came over the wire. */
export interface RawRequest {
  readonly head: string
  readonly body: string
  /** Counts requests on the same connection, from 1. */
  readonly number: number
  readonly socket: Socket
}

/** A back end that answers with the bytes a test says. */
export class RawBackend implements AsyncDisposable {
  readonly requests: RawRequest[] = []
  connections = 0
  /** Connections that were ended from the other side before an answer. */
  aborted = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  private constructor(answer: (request: RawRequest) => void) {
    this.#server = createServer((socket) => this.#accept(socket, answer))
  }

  static async open(answer: string | ((request: RawRequest) => void)): Promise<RawBackend> {
    const backend = new RawBackend(
      typeof answer === 'string' ? ({ socket }) => void socket.write(answer, 'latin1') : answer,
    )
    backend.#server.listen(0, '127.0.0.1')
    await once(backend.#server, 'listening')
    return backend
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`
  }

  get open(): number {
    return this.#sockets.size
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    this.#server.close()
    await once(this.#server, 'close')
  }

  #accept(socket: Socket, answer: (request: RawRequest) => void): void {
    this.connections++
    this.#sockets.add(socket)
    let pending = ''
    let number = 0
    socket.setEncoding('latin1')
    socket.on('data', (text: string) => {
      pending += text
      for (let taken = take(pending); taken !== undefined; taken = take(pending)) {
        pending = taken.rest
        const request = { head: taken.head, body: taken.body, number: ++number, socket }
        this.requests.push(request)
        answer(request)
      }
    })
    socket.on('error', () => {})
    socket.on('close', () => {
      this.#sockets.delete(socket)
      this.aborted++
    })
  }
}

/** Takes one complete request off the front. */
function take(text: string): { head: string; body: string; rest: string } | undefined {
  const end = text.indexOf('\r\n\r\n')
  if (end < 0) return undefined
  const head = text.slice(0, end)
  const from = end + 4
  if (/^transfer-encoding: *chunked/im.test(head)) {
    const last = text.indexOf('0\r\n\r\n', from)
    if (last < 0) return undefined
    const body = text.slice(from, last).replaceAll(/[\da-f]+\r\n([^]*?)\r\n/g, '$1')
    return { head, body, rest: text.slice(last + 5) }
  }
  const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
  if (text.length < from + length) return undefined
  return { head, body: text.slice(from, from + length), rest: text.slice(from + length) }
}

/** An answer with a length. */
export const answerOf = (body: string, fields: readonly string[] = [], status = '200 OK'): string =>
  `${[`HTTP/1.1 ${status}`, ...fields, `Content-Length: ${body.length}`].join('\r\n')}\r\n\r\n${body}`
