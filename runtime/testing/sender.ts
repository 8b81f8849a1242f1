import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { Fault } from '../fault.ts'
import { Headers } from '../headers.ts'
import { Message } from '../message.ts'
import type { IncomingReply, OutgoingRequest, Sender } from '../transport.ts'

/** A request as a back end sees it, its body read to the end. */
export interface SentRequest extends Omit<OutgoingRequest, 'body'> {
  readonly text: string
}

export interface MemoryAnswer {
  readonly status?: number
  readonly reason?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly contentType?: string
  readonly body?: string
  /** The body has not been read yet, as on the wire. */
  readonly streamed?: boolean
}

/** What a back end does with a request: an answer, or a Fault for what goes wrong on the way. */
export type Backend = (request: SentRequest) => MemoryAnswer | Fault | Promise<MemoryAnswer | Fault>

/** A sender without a socket: requests are kept, answers come from a function. */
export class MemorySender implements Sender {
  readonly schemes: readonly string[]
  readonly requests: SentRequest[] = []
  /** How often a sending was given up because its exchange was over. */
  stopped = 0
  readonly #backend: Backend

  constructor(backend: Backend = () => ({}), schemes: readonly string[] = ['http', 'https']) {
    this.#backend = backend
    this.schemes = schemes
  }

  async send({ body, ...request }: OutgoingRequest, cancelled: (stop: () => void) => void): Promise<IncomingReply> {
    cancelled(() => this.stopped++)
    const bytes = body instanceof Readable ? await buffer(body) : body
    const sent = { ...request, text: bytes?.toString('utf8') ?? '' }
    this.requests.push(sent)
    const answer = await this.#backend(sent)
    if (answer instanceof Fault) throw answer
    const { status = 200, reason = '', headers = {}, contentType = 'text/xml', body: text, streamed = false } = answer
    return { status, reason, message: messageOf(text, Headers.of(headers), contentType, streamed) }
  }
}

function messageOf(text: string | undefined, headers: Headers, contentType: string, streamed: boolean): Message {
  if (text === undefined) return Message.empty(headers)
  if (!headers.has('content-type')) headers.set('Content-Type', contentType)
  const bytes = Buffer.from(text)
  return streamed ? Message.ofStream(Readable.from([bytes]), headers, bytes.length) : Message.ofBytes(bytes, headers)
}

/** Senders by scheme, as the services of a bus hold them. */
export const sendersOf = (...senders: readonly Sender[]): ReadonlyMap<string, Sender> =>
  new Map(senders.flatMap((sender) => sender.schemes.map((scheme) => [scheme, sender])))
