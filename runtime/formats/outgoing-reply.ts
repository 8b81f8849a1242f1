import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import type { MessageContext } from '../context.ts'
import { Headers } from '../headers.ts'
import type { Message } from '../message.ts'
import type { Seal } from '../message-security.ts'
import { servicePrefix } from '../derived-properties.ts'
import { isFault } from '../soap/envelope.ts'
import { isSenderFault } from '../soap/fault.ts'
import type { OutgoingReply } from '../transport.ts'
import { excessFields } from './excess-fields.ts'
import { forwarded, putType } from './forward.ts'
import {
  type Axis2Values,
  DISABLE_CHUNKING,
  FAULTS_AS_HTTP_200,
  FORCE_HTTP_1_0,
  FORCE_HTTP_CONTENT_LENGTH,
  HTTP_ETAG,
  HTTP_SC,
  HTTP_SC_DESC,
  NIO_ACK_REQUESTED,
  NO_ENTITY_BODY,
  NO_KEEPALIVE,
  valueOf,
} from './http-properties.ts'
import { formatOf } from './media-type.ts'
import { type BodyWishes, type OutgoingBody, outgoingBody } from './outgoing-body.ts'

/** The message as an answer to the client. A promise only when the body has to be read first. `seal` is the last to change it. */
export function writeReply(ctx: MessageContext, seal?: Seal): OutgoingReply | Promise<OutgoingReply> {
  const values = ctx.properties.axis2Values
  const sending = seal === undefined ? bodyOf(ctx, values) : sealedBody(ctx, values, seal)
  if (sending !== undefined) return reply(ctx, values, sending)
  return ctx.build()?.then(() => writeReply(ctx, seal)) ?? writeReply(ctx, seal)
}

/** What a client gets whose flow has ended without an answer: 202, or what NIO-ACK-Requested asks for. */
export function acknowledgement(ctx: MessageContext): OutgoingReply {
  const values = ctx.properties.axis2Values
  const set = valueOf(values, HTTP_SC)
  if (valueOf(values, NIO_ACK_REQUESTED) !== true) return { status: 202, headers: new Headers(), body: undefined }
  const answer = reply(ctx, values, { ...NO_BODY, rewritten: true })
  return set === undefined ? { ...answer, status: 202 } : answer
}

const NO_BODY: OutgoingBody = { body: undefined, contentType: undefined, rewritten: false, encoding: undefined }

const TO_CLIENT: BodyWishes = { towards: 'client' }

/** Undefined: the body must be read into memory first. */
function bodyOf(ctx: MessageContext, values: Axis2Values | undefined): OutgoingBody | undefined {
  const { message } = ctx
  if (message.empty) return NO_BODY
  if (values === undefined) {
    if (!message.read && message.revision === 0)
      return { body: message.takeRaw(), contentType: undefined, rewritten: false, encoding: undefined }
    return outgoingBody(ctx, values, TO_CLIENT)
  }
  if (valueOf(values, NO_ENTITY_BODY) === true) return { ...NO_BODY, rewritten: true }
  if (!message.built && (valueOf(values, HTTP_ETAG) === true || (message.length === undefined && measured(values))))
    return undefined
  return outgoingBody(ctx, values, TO_CLIENT)
}

/** A message without a body has nothing to secure. */
function sealedBody(ctx: MessageContext, values: Axis2Values | undefined, seal: Seal): OutgoingBody | undefined {
  const { message } = ctx
  if (message.empty || valueOf(values, NO_ENTITY_BODY) === true) return bodyOf(ctx, values)
  return message.built ? outgoingBody(ctx, values, { ...TO_CLIENT, seal }) : undefined
}

/** A length must be announced. */
const measured = (values: Axis2Values): boolean =>
  valueOf(values, DISABLE_CHUNKING) === true ||
  valueOf(values, FORCE_HTTP_1_0) === true ||
  valueOf(values, FORCE_HTTP_CONTENT_LENGTH) === true

function reply(
  ctx: MessageContext,
  values: Axis2Values | undefined,
  { body, contentType, rewritten, encoding }: OutgoingBody,
): OutgoingReply {
  const { message, services } = ctx
  const { http } = services.settings
  const echo = message.status === undefined
  const fields = forwarded(message.headers, { direction: 'reply', echo, rewritten, preserve: http.preserve })
  if (!echo || body !== undefined) putType(fields, contentType, message.headers, message.contentType)
  if (encoding !== undefined) fields.push('Content-Encoding', encoding)
  const length = lengthOf(ctx, body)
  if (length !== undefined) fields.push('Content-Length', length)
  const headers = new Headers(fields)
  if (http.server !== '' && !http.preserve.includes('server')) headers.set('Server', http.server)
  if (message.status !== undefined) relocate(ctx, headers)
  const status = statusOf(ctx, values)
  if (values === undefined) return { status, reason: message.reason, headers, body }
  excessFields(values, headers)
  const close = valueOf(values, NO_KEEPALIVE) === true || valueOf(values, FORCE_HTTP_1_0) === true
  const answer = { status, reason: reasonOf(ctx, values, status), headers, body, keepAlive: close ? false : undefined }
  return valueOf(values, HTTP_ETAG) === true ? tagged(ctx, answer) : answer
}

/** Adds an ETag; a client that has this body already (RFC 9110 section 13.1.2) gets 304 instead of it. */
function tagged({ exchange }: MessageContext, answer: OutgoingReply): OutgoingReply {
  const { status, headers, body } = answer
  if (!Buffer.isBuffer(body)) return answer
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`
  headers.set('ETag', etag)
  const { method, message } = exchange.arrival
  if (status !== 200 || (method !== 'GET' && method !== 'HEAD')) return answer
  const known = (message.headers.get('if-none-match') ?? '').split(',').map((each) => each.trim().replace(/^W\//, ''))
  if (!known.includes(etag) && !known.includes('*')) return answer
  return { ...answer, status: 304, reason: undefined, body: undefined }
}

/** The length of a stream that was announced; for an answer to HEAD that of the body that is not sent. */
function lengthOf({ message, exchange }: MessageContext, body: OutgoingBody['body']): string | undefined {
  if (body instanceof Readable) return message.length === undefined ? undefined : String(message.length)
  if (body === undefined && exchange.arrival.method === 'HEAD' && message.status !== undefined)
    return message.headers.get('content-length')
  return undefined
}

/**
 * A status that a flow has set, else that of the back end, else 200. A fault has 500, or 400 as a SOAP 1.2 Sender fault, also
 * when a flow made it of a good answer. FAULTS_AS_HTTP_200 makes 200 of every status but one that a flow has set.
 */
function statusOf({ message }: MessageContext, values: Axis2Values | undefined): number {
  const set = valueOf(values, HTTP_SC)
  if (set !== undefined && set >= 200 && set <= 599) return set
  const { status = 200 } = message
  if (values !== undefined && valueOf(values, FAULTS_AS_HTTP_200) === true)
    return isOwnFault(message) || carriesFault(message) ? 200 : status
  if (status >= 400 || !isOwnFault(message)) return status
  return message.soapVersion === '1.2' && !message.rest && isSenderFault(message.tree) ? 400 : 500
}

/** A flow has made a fault of the message. */
function isOwnFault(message: Message): boolean {
  const changed = message.revision > 0 && message.bytes === undefined && !message.empty && !message.isJson
  return changed && isFault(message.tree)
}

/** An error answer of a back end in a SOAP type is a fault; nobody needs to read it to know. */
function carriesFault(message: Message): boolean {
  const format = formatOf(message.contentType)
  if (message.status === undefined || message.status < 400 || (format !== 'soap11' && format !== 'soap12')) return false
  return !message.built || message.empty || !message.read || isFault(message.tree)
}

/** A reason phrase belongs to its status: that of the back end does not outlive a status that a flow has set. */
function reasonOf({ message }: MessageContext, values: Axis2Values, status: number): string | undefined {
  const reason = valueOf(values, HTTP_SC_DESC) ?? (status === message.status ? message.reason : undefined)
  return reason?.replaceAll(/[^\t\x20-\x7e\x80-\xff]/g, ' ')
}

const KEEPS_LOCATION: ReadonlySet<number> = new Set([201, 301, 302, 303, 307, 308])

/** Location of answers that are neither creation nor redirection points to the bus (language reference, section 5). */
function relocate(ctx: MessageContext, headers: Headers): void {
  const { message, services } = ctx
  if (message.status === undefined || KEEPS_LOCATION.has(message.status)) return
  const location = headers.get('location')
  if (location === undefined || services.settings.http.preserve.includes('location')) return
  const url = URL.parse(location)
  if (url !== null && (url.protocol === 'http:' || url.protocol === 'https:')) {
    headers.set('Location', `${servicePrefix(ctx).slice(0, -1)}${url.pathname}${url.search}`)
  }
}
