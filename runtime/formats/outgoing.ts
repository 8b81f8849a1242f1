import type { MessageContext } from '../context.ts'
import { Headers } from '../headers.ts'
import type { AddressingVersion } from '../soap/ws-addressing.ts'
import type { OutgoingReply, OutgoingRequest } from '../transport.ts'

/** Where and how an endpoint sends. */
export interface RequestTarget {
  readonly url: string
  /** Of an http endpoint; else HTTP_METHOD decides. */
  readonly method?: string | undefined
  readonly format?: 'soap11' | 'soap12' | 'pox' | 'get' | 'rest' | undefined
  readonly optimize?: 'mtom' | 'swa' | undefined
  /** Charset of the endpoint. */
  readonly encoding?: string | undefined
  readonly addressing?: AddressingVersion | undefined
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout?: number | undefined
}

/** The message as an answer to the client. A promise only when the body has to be read first. */
export function writeReply(ctx: MessageContext): OutgoingReply | Promise<OutgoingReply> {
  return { status: ctx.message.status ?? 200, headers: new Headers(), body: ctx.message.takeRaw() }
}

/** The message as a request to a back end. A promise only when the body has to be read first. */
export function writeRequest(ctx: MessageContext, target: RequestTarget): OutgoingRequest | Promise<OutgoingRequest> {
  const { url, timeout = ctx.services.settings.timeouts.endpoint } = target
  return { method: 'POST', url, headers: ctx.message.headers, body: ctx.message.takeRaw(), timeout }
}
