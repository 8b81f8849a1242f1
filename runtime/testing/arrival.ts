import type { X509Certificate } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Headers } from '../headers.ts'
import { Message } from '../message.ts'
import type { Arrival, OutgoingReply } from '../transport.ts'

export interface ArrivalOptions {
  readonly method?: string
  /** Path and query. */
  readonly target?: string
  readonly transport?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly body?: string | Buffer
  /** The body is a stream that nobody has read yet, as it is on the wire; else it is in memory. */
  readonly streamed?: boolean
  readonly localPort?: number
  /** The inbound endpoint it came through. */
  readonly inbound?: string
}

/** An answer as the client sees it, its body read to the end. */
export interface MemoryReply {
  readonly status: number
  readonly headers: Headers
  readonly body: Buffer
  readonly text: string
}

/** An arrival without a socket: what is replied is kept. */
export class MemoryArrival implements Arrival {
  readonly transport: string
  readonly method: string
  readonly target: string
  readonly httpVersion = '1.1'
  readonly message: Message
  readonly remoteAddress = '127.0.0.1'
  readonly localAddress = '127.0.0.1'
  readonly localPort: number
  readonly inbound: string | undefined
  /** Every call of `reply`, as it was given. The bus must make exactly one. */
  readonly replies: OutgoingReply[] = []
  /** The answer, once it is there. */
  readonly answered: Promise<MemoryReply>
  aborted = false
  readonly #gone: (() => void)[] = []
  readonly #answer: (reply: MemoryReply) => void

  constructor(
    message: Message,
    { method = 'POST', target = '/services/Test', transport = 'http', localPort = 8280, inbound }: ArrivalOptions,
  ) {
    this.message = message
    this.method = method
    this.target = target
    this.transport = transport
    this.localPort = localPort
    this.inbound = inbound
    const { promise, resolve } = Promise.withResolvers<MemoryReply>()
    this.answered = promise
    this.#answer = resolve
  }

  peerCertificate(): X509Certificate | undefined {
    return undefined
  }

  reply(answer: OutgoingReply): void | Promise<void> {
    this.replies.push(answer)
    const { status, headers, body } = answer
    const finish = (bytes: Buffer) => this.#answer({ status, headers, body: bytes, text: bytes.toString('utf8') })
    if (body instanceof Readable) return buffer(body).then(finish, () => this.abort())
    finish(body ?? Buffer.alloc(0))
    return undefined
  }

  abort(): void {
    this.aborted = true
  }

  onClose(gone: () => void): void {
    this.#gone.push(gone)
  }

  /** The client goes away. */
  close(): void {
    for (const gone of this.#gone) gone()
  }
}

/** One request from nowhere: POST of an XML body unless told otherwise. */
export function createArrival(options: ArrivalOptions = {}): MemoryArrival {
  const { body, headers = {} } = options
  const fields = Headers.of(headers)
  if (body === undefined) return new MemoryArrival(Message.empty(fields), options)
  if (!fields.has('content-type')) fields.set('Content-Type', options.contentType ?? 'text/xml')
  const bytes = Buffer.from(body)
  const message =
    options.streamed === true
      ? Message.ofStream(Readable.from([bytes]), fields, bytes.length)
      : Message.ofBytes(bytes, fields)
  return new MemoryArrival(message, options)
}
