import type { Readable } from 'node:stream'
import type { MessageContext } from '../context.ts'
import type { Message } from '../message.ts'
import type { Seal } from '../message-security.ts'
import { withBlocks } from '../soap/edit-header.ts'
import { PROCESSED_SECURITY, removeSecurity } from '../soap/processed-security.ts'
import { hasAddressing, removeAddressing, WSA_HINT } from '../soap/ws-addressing.ts'
import type { XmlDocument, XmlElement } from '../xml/tree.ts'
import { encode } from './coding.ts'
import { writeFormat } from './formatters.ts'
import {
  type Axis2Values,
  CHARACTER_SET_ENCODING,
  CONTENT_TYPE,
  ENABLE_MTOM,
  ENABLE_SWA,
  MESSAGE_TYPE,
  PRESERVE_INSTRUCTIONS,
  PRESERVE_SPACES,
  PRESERVE_WS_ADDRESSING,
  SET_CHARACTER_ENCODING,
  valueOf,
} from './http-properties.ts'
import { type Format, formatOf, mediaType } from './media-type.ts'
import { type EndpointFormat, ownFormat, wantedFormat } from './outgoing-format.ts'
import { labelled, type Writing } from './writing.ts'

/** What the endpoint asks of the body, beside what the properties of the message ask. */
export interface BodyWishes {
  readonly format?: EndpointFormat | undefined
  readonly optimize?: 'mtom' | 'swa' | undefined
  readonly encoding?: string | undefined
  /** Addressing headers to be written into the envelope. */
  readonly revise?: ((draft: XmlDocument) => void) | undefined
  /** The same headers as blocks, for an envelope whose bytes they can be written into. */
  readonly blocks?: (() => readonly XmlElement[]) | undefined
  /** Secures the envelope when it is complete; what is not SOAP is put into an envelope first. */
  readonly seal?: Seal | undefined
  /** Towards a back end addressing headers that came with the message, which have been acted upon, go no further. */
  readonly towards: 'backend' | 'client'
}

export interface OutgoingBody {
  readonly body: Buffer | Readable | undefined
  /** Undefined: the header field of the message says it. */
  readonly contentType: string | undefined
  /** Written anew, so that header fields about the old bytes are wrong. */
  readonly rewritten: boolean
  /** Content-Encoding of a rewritten body. */
  readonly encoding: string | undefined
}

/**
 * The body in the format that endpoint, properties and message ask for. A body that has the right format goes as it is.
 * Undefined: the body must be read into memory first.
 */
export function outgoingBody(
  ctx: MessageContext,
  values: Axis2Values | undefined,
  wishes: BodyWishes,
): OutgoingBody | undefined {
  if (wishes.seal !== undefined) return sealed(ctx, values, wishes, wishes.seal)
  const { message } = ctx
  const client = wishes.towards === 'client' ? ctx.exchange.arrival : undefined
  const wanted = wantedFormat(message, values, wishes, client)
  if (isRaw(message) && fits(message, wanted, wishes, values)) return rawBody(message, values)
  if (!message.built) return undefined
  const spliced = withAddressing(message, wanted, wishes, values)
  if (spliced !== undefined) return spliced
  const format = wanted ?? ownFormat(message)
  const written = writeFormat(message, format, writingOf(ctx, values, wishes))
  return compressed(message, written.body, written.contentType)
}

/** The envelope is copied whole, because a seal changes it deeply. */
function sealed(
  ctx: MessageContext,
  values: Axis2Values | undefined,
  wishes: BodyWishes,
  seal: Seal,
): OutgoingBody | undefined {
  const { message } = ctx
  if (!message.built) return undefined
  const optimize = seal.optimize ?? wishes.optimize
  const client = wishes.towards === 'client' ? ctx.exchange.arrival : undefined
  const wanted = wantedFormat(message, values, { ...wishes, optimize }, client) ?? ownFormat(message)
  const enveloped = wanted === 'soap11' || wanted === 'soap12' || wanted === 'related'
  const format = enveloped ? wanted : message.soapVersion === '1.2' ? 'soap12' : 'soap11'
  const writing = writingOf(ctx, values, { ...wishes, optimize })
  const written = writeFormat(message, format, {
    ...writing,
    contentType: undefined,
    seal: (draft) => seal.apply(draft),
  })
  return compressed(message, written.body, written.contentType)
}

const isRaw = (message: Message): boolean => !message.built || message.bytes !== undefined

/** Whether the bytes can leave as they are. */
function fits(
  message: Message,
  wanted: Format | undefined,
  wishes: BodyWishes,
  values: Axis2Values | undefined,
): boolean {
  if (wishes.revise !== undefined || !hasFormat(message, wanted, wishes)) return false
  if (!message.read) return true
  const strips = wishes.towards === 'backend' && valueOf(values, PRESERVE_WS_ADDRESSING) !== true
  if (strips && carriesAddressing(message)) return false
  return !startsWithInstruction(message) || valueOf(values, PRESERVE_INSTRUCTIONS) === true
}

function hasFormat(message: Message, wanted: Format | undefined, { format }: BodyWishes): boolean {
  // An endpoint that speaks SOAP needs an envelope; without SOAPAction only the root element tells whether there is one.
  if (format === 'soap11' && !message.headers.has('SOAPAction') && (!message.built || message.rest)) return false
  if (wanted === undefined) return true
  const own = formatOf(message.contentType)
  return wanted === own || (wanted === 'xml' && own === 'soap11' && message.built && message.rest)
}

function carriesAddressing(message: Message): boolean {
  if (!message.mentions(WSA_HINT)) return false
  const own = formatOf(message.contentType)
  return own === 'soap11' || own === 'soap12'
}

/** COMPAT prolog-instructions-dropped: processing instructions in front of the payload do not survive a message that was read. */
function startsWithInstruction({ bytes, contentType }: Message): boolean {
  if (bytes === undefined || bytes[0] !== 0x3c || bytes[1] !== 0x3f) return false
  const own = formatOf(contentType)
  if (own !== 'xml' && own !== 'soap11') return false
  if (bytes.toString('latin1', 0, 6) !== '<?xml ') return true
  const end = bytes.indexOf('?>')
  return end > 0 && /^\s*<\?/.test(bytes.toString('latin1', end + 2, end + 64))
}

/** Addressing headers written into the bytes of a message that has none. */
function withAddressing(
  message: Message,
  wanted: Format | undefined,
  wishes: BodyWishes,
  values: Axis2Values | undefined,
): OutgoingBody | undefined {
  const plain = { ...wishes, revise: undefined }
  if (wishes.blocks === undefined || !isRaw(message) || writesAnew(values, wishes)) return undefined
  if (carriesAddressing(message) || !fits(message, wanted, plain, values)) return undefined
  const body = withBlocks(message, wishes.blocks(), 'first')
  return body && { body, contentType: undefined, rewritten: true, encoding: undefined }
}

/** What only the formatter does. */
const writesAnew = (values: Axis2Values | undefined, { optimize, encoding }: BodyWishes): boolean =>
  optimize !== undefined ||
  encoding !== undefined ||
  valueOf(values, ENABLE_MTOM) === true ||
  valueOf(values, ENABLE_SWA) === true ||
  valueOf(values, CHARACTER_SET_ENCODING) !== undefined ||
  valueOf(values, CONTENT_TYPE) !== undefined

/** messageType has named the type that the bytes have anyway: their charset, and a SOAP 1.2 action, still belong to them. */
const namesOwnType = (message: Message, asked: string | undefined, values: Axis2Values | undefined): boolean =>
  asked !== undefined &&
  asked === valueOf(values, MESSAGE_TYPE) &&
  message.originalType !== undefined &&
  asked.toLowerCase() === mediaType(message.originalType)

function rawBody(message: Message, values: Axis2Values | undefined): OutgoingBody {
  const asked = valueOf(values, CONTENT_TYPE)
  const contentType =
    message.revision === 0
      ? namesOwnType(message, asked, values)
        ? message.originalType
        : asked
      : labelled(asked ?? message.contentType ?? 'application/octet-stream', charsetOf(values))
  return { body: message.takeRaw(), contentType, rewritten: message.revision > 0, encoding: undefined }
}

function writingOf(ctx: MessageContext, values: Axis2Values | undefined, wishes: BodyWishes): Writing {
  const { addressing, services } = ctx
  const type = valueOf(values, CONTENT_TYPE) ?? valueOf(values, MESSAGE_TYPE)
  const mtom = wishes.optimize === 'mtom' || valueOf(values, ENABLE_MTOM) === true
  const swa = wishes.optimize === 'swa' || valueOf(values, ENABLE_SWA) === true
  return {
    ...charsetOf(values, wishes.encoding),
    contentType: wishes.format === undefined || wishes.format === 'rest' ? (type ?? ownType(ctx.message)) : undefined,
    action: wishes.towards === 'backend' || addressing.actionChanged ? addressing.action : undefined,
    optimize: mtom ? 'mtom' : swa ? 'swa' : undefined,
    preserveSpaces: valueOf(values, PRESERVE_SPACES) === true,
    revise: revisions(ctx, values, wishes),
    uuid: () => services.platform.uuid(),
  }
}

/** Addressing headers that the endpoint wants, or that go no further; a Security header that was acted upon goes no further. */
function revisions(
  { message, properties }: MessageContext,
  values: Axis2Values | undefined,
  wishes: BodyWishes,
): BodyWishes['revise'] {
  const addressing =
    wishes.revise ??
    (strips(message, values, wishes) ? (draft: XmlDocument) => void removeAddressing(draft) : undefined)
  const actor = values?.get(PROCESSED_SECURITY)
  if (typeof actor !== 'string' || properties.get('default', 'preserveProcessedHeaders') === 'true') return addressing
  return (draft) => {
    removeSecurity(draft, actor)
    addressing?.(draft)
  }
}

/** The type that a changed message keeps: without the charset of bytes that are gone. */
function ownType({ contentType, mediaType: type }: Message): string | undefined {
  const format = formatOf(contentType)
  return format === 'related' || format === 'form-data' || format === 'soap11' || format === 'soap12' ? undefined : type
}

function strips(message: Message, values: Axis2Values | undefined, { towards }: BodyWishes): boolean {
  if (towards !== 'backend' || valueOf(values, PRESERVE_WS_ADDRESSING) === true) return false
  return hasAddressing(message.tree)
}

const charsetOf = (values: Axis2Values | undefined, encoding?: string): Pick<Writing, 'charset' | 'nameCharset'> => ({
  charset: encoding ?? valueOf(values, CHARACTER_SET_ENCODING) ?? 'UTF-8',
  nameCharset: valueOf(values, SET_CHARACTER_ENCODING)?.toLowerCase() !== 'false',
})

/** Content-Encoding, which the message came with or a flow set, holds for what is written too. */
function compressed(message: Message, body: Buffer | undefined, contentType: string): OutgoingBody {
  const wanted = message.headers.get('content-encoding')
  const packed = wanted === undefined || body === undefined ? undefined : encode(body, wanted)
  return { body: packed ?? body, contentType, rewritten: true, encoding: packed === undefined ? undefined : wanted }
}
