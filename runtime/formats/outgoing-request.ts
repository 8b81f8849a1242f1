import { Readable } from 'node:stream'
import type { MessageContext } from '../context.ts'
import { CORRELATION_HEADER, TRACE_HEADER } from '../correlation.ts'
import { Headers } from '../headers.ts'
import type { Message } from '../message.ts'
import type { Seal } from '../message-security.ts'
import { bodyChild } from '../soap/envelope.ts'
import { printableAction } from '../soap/addressing.ts'
import {
  addressingBlocks,
  type AddressingHeaders,
  type AddressingVersion,
  ANONYMOUS,
  writeAddressing,
} from '../soap/ws-addressing.ts'
import type { OutgoingRequest } from '../transport.ts'
import { excessFields } from './excess-fields.ts'
import { forwarded, putType } from './forward.ts'
import {
  type Axis2Values,
  DISABLE_ADDRESSING,
  DISABLE_CHUNKING,
  FORCE_HTTP_1_0,
  FORCE_HTTP_CONTENT_LENGTH,
  FULL_URI,
  HTTP_METHOD,
  MESSAGE_TYPE,
  NO_ENTITY_BODY,
  NO_KEEPALIVE,
  POST_TO_URI,
  REQUEST_HOST_HEADER,
  valueOf,
} from './http-properties.ts'
import { xmlToForm } from './form.ts'
import { formatOf } from './media-type.ts'
import { type BodyWishes, type OutgoingBody, outgoingBody } from './outgoing-body.ts'
import type { EndpointFormat } from './outgoing-format.ts'

/** Where and how an endpoint sends. */
export interface RequestTarget {
  readonly url: string
  /** Of an http endpoint; else HTTP_METHOD decides. */
  readonly method?: string | undefined
  readonly format?: EndpointFormat | undefined
  readonly optimize?: 'mtom' | 'swa' | undefined
  /** Charset of the endpoint. */
  readonly encoding?: string | undefined
  readonly addressing?: AddressingVersion | undefined
  /** Secures the envelope once it is complete. */
  readonly seal?: Seal | undefined
  /** Milliseconds until the head of the answer must be there. */
  readonly timeout?: number | undefined
}

/** The message as a request to a back end. A promise only when the body has to be read first. */
export function writeRequest(ctx: MessageContext, target: RequestTarget): OutgoingRequest | Promise<OutgoingRequest> {
  const values = ctx.properties.axis2Values
  const method = methodOf(ctx, values, target)
  const sending = carriesBody(ctx, values, method) ? bodyOf(ctx, values, target) : NO_BODY
  if (sending !== undefined) return request(ctx, values, target, method, sending)
  return ctx.build()?.then(() => writeRequest(ctx, target)) ?? writeRequest(ctx, target)
}

const NO_BODY: OutgoingBody = { body: undefined, contentType: undefined, rewritten: false, encoding: undefined }

/** The method that a flow or endpoint says, else that of the client for its own message, else POST. */
function methodOf(ctx: MessageContext, values: Axis2Values | undefined, { method, format }: RequestTarget): string {
  if (method !== undefined) return method.toUpperCase()
  if (format === 'get') return 'GET'
  if (format === 'soap11' || format === 'soap12') return 'POST'
  if (values !== undefined) {
    const set = valueOf(values, HTTP_METHOD)
    if (set !== undefined) return set.toUpperCase()
  }
  const own = !ctx.response && ctx.message.status === undefined
  return own ? ctx.exchange.arrival.method : 'POST'
}

function carriesBody({ message }: MessageContext, values: Axis2Values | undefined, method: string): boolean {
  if (message.empty || method === 'GET' || method === 'HEAD') return false
  // A payload that a flow made counts more than the property, which may be left over from a request without one.
  return valueOf(values, NO_ENTITY_BODY) !== true || (message.built && bodyChild(message.tree) !== undefined)
}

/** Undefined: the body must be read into memory first. */
function bodyOf(ctx: MessageContext, values: Axis2Values | undefined, target: RequestTarget): OutgoingBody | undefined {
  const { message } = ctx
  const { format, optimize, encoding, seal } = target
  if (values === undefined && !message.read && isPlain(target) && message.revision === 0) {
    return { body: message.takeRaw(), contentType: undefined, rewritten: false, encoding: undefined }
  }
  const addressing = valueOf(values, DISABLE_ADDRESSING) === true ? undefined : target.addressing
  const changes = addressing !== undefined || seal !== undefined
  if (!message.built && (changes || isUnmeasured(message, values))) return undefined
  const plain = message.rest && message.built && seal === undefined
  return outgoingBody(ctx, values, {
    format,
    optimize,
    encoding,
    ...(!plain && addressing !== undefined && addressingWishes(ctx, addressing, target.url)),
    seal,
    towards: 'backend',
  })
}

const isPlain = ({ format, optimize, addressing, seal }: RequestTarget): boolean =>
  format === undefined && optimize === undefined && addressing === undefined && seal === undefined

/** A length must be announced, and nobody knows it yet. */
const isUnmeasured = ({ length }: Message, values: Axis2Values | undefined): boolean =>
  length === undefined &&
  values !== undefined &&
  (valueOf(values, DISABLE_CHUNKING) === true ||
    valueOf(values, FORCE_HTTP_1_0) === true ||
    valueOf(values, FORCE_HTTP_CONTENT_LENGTH) === true)

/** Addressing headers, for the tree or for the bytes. */
function addressingWishes(
  { addressing }: MessageContext,
  version: AddressingVersion,
  url: string,
): Pick<BodyWishes, 'revise' | 'blocks'> {
  const headers = (): AddressingHeaders => {
    const { action, messageId, from, faultTo, relatesTo, own } = addressing
    // COMPAT addressing-final-anonymous: answers are asked for on the same connection, whatever ReplyTo the client gave.
    return { to: own.to ?? url, action, messageId, replyTo: ANONYMOUS[version], from, faultTo, relatesTo }
  }
  return {
    revise: (draft) => writeAddressing(draft, version, headers()),
    blocks: () => addressingBlocks(version, headers()),
  }
}

function request(
  ctx: MessageContext,
  values: Axis2Values | undefined,
  target: RequestTarget,
  method: string,
  { body, contentType, rewritten, encoding }: OutgoingBody,
): OutgoingRequest {
  const { message, exchange, services } = ctx
  const { settings } = services
  const fields = forwarded(message.headers, {
    direction: 'request',
    echo: false,
    rewritten,
    preserve: settings.http.preserve,
  })
  putType(fields, contentType, message.headers, body === undefined ? undefined : message.contentType)
  if (encoding !== undefined) fields.push('Content-Encoding', encoding)
  if (body instanceof Readable && message.length !== undefined) fields.push('Content-Length', String(message.length))
  fields.push(CORRELATION_HEADER, exchange.correlationId, TRACE_HEADER, exchange.trace)
  if (!settings.http.preserve.includes('user-agent')) fields.push('User-Agent', 'Viaduct')
  const headers = new Headers(fields)
  if (rewritten || ctx.addressing.actionChanged) writeAction(ctx, headers)
  const timeout = target.timeout ?? settings.timeouts.endpoint
  const url = method === 'GET' ? withForm(ctx, target) : target.url
  const plain = { method, url, headers, body, timeout }
  return values === undefined ? plain : { ...plain, ...optionsOf(values, headers) }
}

/** What properties say about the wire; writes the fields that belong to it. */
function optionsOf(
  values: Axis2Values,
  headers: Headers,
): Pick<OutgoingRequest, 'httpVersion' | 'keepAlive' | 'absolute'> {
  excessFields(values, headers)
  const host = valueOf(values, REQUEST_HOST_HEADER)
  if (host !== undefined) headers.set('Host', host)
  return {
    httpVersion: valueOf(values, FORCE_HTTP_1_0) === true ? '1.0' : undefined,
    keepAlive: valueOf(values, NO_KEEPALIVE) === true ? false : undefined,
    absolute: valueOf(values, POST_TO_URI) === true || valueOf(values, FULL_URI) === true || undefined,
  }
}

/** SOAPAction for SOAP 1.1, the `action` parameter for SOAP 1.2 (RFC 3902). */
function writeAction({ addressing, message }: MessageContext, headers: Headers): void {
  const type = headers.get('content-type')
  const format = formatOf(type)
  const { action } = addressing
  const version = format === 'related' ? (message.soapVersion === '1.2' ? 'soap12' : 'soap11') : format
  if (version === 'soap11') headers.set('SOAPAction', `"${printableAction(action ?? '')}"`)
  else if (version === 'soap12') {
    headers.delete('SOAPAction')
    if (format === 'soap12' && type !== undefined) headers.set('Content-Type', withAction(type, action))
  }
}

function withAction(type: string, action: string | undefined): string {
  const bare = type.replace(/;\s*action\s*=\s*(?:"[^"]*"|[^\s;]*)/i, '')
  return action === undefined ? bare : `${bare}; action="${printableAction(action)}"`
}

/** A GET cannot carry a form, so its fields become parameters of the URL. */
function withForm({ message, properties }: MessageContext, { url, format }: RequestTarget): string {
  const asked = valueOf(properties.axis2Values, MESSAGE_TYPE)
  if (message.empty || !message.built || (format !== 'get' && formatOf(asked) !== 'form')) return url
  const query = xmlToForm(bodyChild(message.tree))
  return query === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`
}
