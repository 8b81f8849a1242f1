import { Readable } from 'node:stream'
import {
  type Arrival,
  Fault,
  Headers,
  type IncomingReply,
  Message,
  type OutgoingReply,
  type OutgoingRequest,
  type Sender,
} from 'viaduct'

export interface LocalOptions {
  /** Runs a message that this bus sends to itself. */
  dispatch(arrival: Arrival): void
}

/** How often a message may come back to its own bus. */
const MOST_HOPS = 16
const HOPS = 'X-Viaduct-Hops'

/** Sends to proxies of the same bus without a socket: `local://Proxy`, `local:///services/Proxy`. */
export function createLocalSender({ dispatch }: LocalOptions): Sender {
  return {
    schemes: ['local'],
    send(request, cancelled) {
      const hops = Number(request.headers.get(HOPS) ?? 0) + 1
      if (!(hops <= MOST_HOPS)) throw new Fault(101500, 'the message has come back to this bus too often')
      return new Promise((resolve, reject) => dispatch(new LocalArrival(request, hops, cancelled, resolve, reject)))
    },
  }
}

class LocalArrival implements Arrival {
  readonly transport = 'local'
  readonly httpVersion = '1.1'
  readonly remoteAddress = '127.0.0.1'
  readonly localAddress = '127.0.0.1'
  readonly localPort = 0
  readonly method: string
  readonly target: string
  readonly message: Message
  readonly #cancelled: (stop: () => void) => void
  readonly #answer: (reply: IncomingReply) => void
  readonly #fail: (fault: Fault) => void

  constructor(
    request: OutgoingRequest,
    hops: number,
    cancelled: (stop: () => void) => void,
    answer: (reply: IncomingReply) => void,
    fail: (fault: Fault) => void,
  ) {
    this.method = request.method
    this.target = targetOf(request.url)
    const headers = request.headers.clone()
    headers.set(HOPS, String(hops))
    this.message = messageOf(request.body, headers)
    this.#cancelled = cancelled
    this.#answer = answer
    this.#fail = fail
  }

  peerCertificate(): undefined {
    return undefined
  }

  reply({ status, reason = '', headers, body }: OutgoingReply): void {
    this.#answer({ status, reason, message: messageOf(body, headers.clone()) })
  }

  abort(): void {
    this.#fail(new Fault(101505, 'the proxy ended without an answer'))
  }

  onClose(gone: () => void): void {
    this.#cancelled(gone)
  }
}

/** `local:///path` is a path; of `local://X` and `local://services/X` X is the service. */
function targetOf(url: string): string {
  const path = url.slice('local://'.length)
  if (path.startsWith('/')) return path
  return path.startsWith('services/') ? `/${path}` : `/services/${path}`
}

function messageOf(body: Buffer | Readable | undefined, headers: Headers): Message {
  if (body === undefined) return Message.empty(headers)
  return body instanceof Readable ? Message.ofStream(body, headers) : Message.ofBytes(body, headers)
}
