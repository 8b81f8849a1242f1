import { AsyncLocalStorage } from 'node:async_hooks'
import { Readable } from 'node:stream'
import {
  type Arrival,
  type Deadline,
  type Deadlines,
  Fault,
  Headers,
  type IncomingReply,
  Message,
  type OutgoingReply,
  type OutgoingRequest,
  type Sender,
} from 'viaduct'

export interface LocalOptions {
  readonly deadlines: Deadlines
  /** Runs a message that this bus sends to itself. */
  dispatch(arrival: Arrival): void
}

/** How often a message may come back to its own bus. */
const MOST_HOPS = 16

/**
 * Sends to services of the same bus without a socket: `local://Proxy`, `local://services/Proxy`, `local:///services/Proxy`, any path
 * after three slashes. A message that comes back more than 16 times ends in a fault; the count travels with the execution, so that no
 * field of the message has to carry it and none can forge it.
 */
export function createLocalSender({ deadlines, ...options }: LocalOptions): Sender {
  const depth = new AsyncLocalStorage<number>()
  return {
    schemes: ['local'],
    send(request, cancelled) {
      const hops = (depth.getStore() ?? 0) + 1
      return new Promise((resolve, reject) => {
        if (hops > MOST_HOPS) throw new Fault(101500, 'the message has come back to this bus too often')
        const arrival = new LocalArrival(request, deadlines, resolve, reject)
        cancelled(() => arrival.close(new Fault('client-closed', 'the client closed its connection')))
        depth.run(hops, () => options.dispatch(arrival))
      })
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
  readonly #deadline: Deadline
  readonly #answer: (reply: IncomingReply) => void
  readonly #fail: (fault: Fault) => void
  #over = false
  #gone: (() => void) | undefined

  constructor(
    request: OutgoingRequest,
    deadlines: Deadlines,
    answer: (reply: IncomingReply) => void,
    fail: (fault: Fault) => void,
  ) {
    this.method = request.method
    this.target = targetOf(request.url)
    this.message = messageOf(request.body, request.headers.clone())
    this.#answer = answer
    this.#fail = fail
    this.#deadline = deadlines.after(request.timeout, () => this.close(new Fault(101504, 'Send timeout')))
  }

  peerCertificate(): undefined {
    return undefined
  }

  reply({ status, reason = '', headers, body }: OutgoingReply): void {
    if (this.#end()) this.#answer({ status, reason, message: messageOf(body, headers.clone()) })
    else if (body instanceof Readable) body.destroy()
  }

  abort(): void {
    if (this.#end()) this.#fail(new Fault(101505, 'the service ended without an answer'))
  }

  onClose(gone: () => void): void {
    this.#gone = gone
  }

  /** Nobody waits for the answer any more. */
  close(fault: Fault): void {
    if (!this.#end()) return
    this.#fail(fault)
    this.#gone?.()
  }

  #end(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#deadline.cancel()
    return true
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
