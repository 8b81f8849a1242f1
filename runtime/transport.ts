import type { X509Certificate } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { Headers } from './headers.ts'
import type { Message } from './message.ts'

/** What leaves: a request towards a back end or an answer towards a client, as bytes. */
export interface Outgoing {
  readonly headers: Headers
  /** Undefined: no body at all. Bytes are sent with Content-Length, a stream chunked unless `headers` give a length. */
  readonly body: Buffer | Readable | undefined
}

export interface OutgoingRequest extends Outgoing {
  readonly method: string
  readonly url: string
  /** Time until the head of the answer must be there, milliseconds. */
  readonly timeout: number
  readonly httpVersion?: '1.0' | undefined
  readonly keepAlive?: boolean | undefined
  /** The message itself named the address: it is called only where `egress.allow` lets it, checked after name resolution too. */
  readonly namedByMessage?: boolean | undefined
  /** The request line carries the whole URL (POST_TO_URI). */
  readonly absolute?: boolean | undefined
}

export interface OutgoingReply extends Outgoing {
  readonly status: number
  readonly reason?: string | undefined
  readonly keepAlive?: boolean | undefined
}

export interface IncomingReply {
  readonly status: number
  readonly reason: string
  readonly message: Message
}

/** One request as a listener hands it to the bus. */
export interface Arrival {
  /** `http`, `https` or `local`. */
  readonly transport: string
  readonly method: string
  /** Path and query as the client wrote them. */
  readonly target: string
  readonly httpVersion: string
  readonly message: Message
  readonly remoteAddress: string
  readonly localAddress: string
  readonly localPort: number
  /** The inbound endpoint it came through, undefined for the standard listeners. */
  readonly inbound?: string | undefined
  /** Of a client that proved to own it, when an authority that the bus trusts vouches for it. */
  peerCertificate(): X509Certificate | undefined
  /** Writes the answer; called once. Settles when the answer is handed over or the client is gone. Never throws. */
  reply(answer: OutgoingReply): void | Promise<void>
  /** Ends the connection without an answer (or cuts an answer begun). */
  abort(): void
  /** Calls back when the client goes away before its answer is complete. */
  onClose(gone: () => void): void
}

/** The receiving half of a transport. */
export interface Listener extends AsyncDisposable {
  readonly url: string
}

/** The sending half of a transport. Throws a Fault with the codes of the language reference 1.6. */
export interface Sender {
  readonly schemes: readonly string[]
  /** `cancelled` registers what to do when the exchange ends before the answer is there. */
  send(request: OutgoingRequest, cancelled: (stop: () => void) => void): Promise<IncomingReply>
}
