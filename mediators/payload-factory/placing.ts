import {
  append,
  bodyOf,
  detach,
  Fault,
  isEnvelope,
  type Message,
  type MessageContext,
  parseXml,
  setBodyChild,
  SOAP11,
  SOAP12,
  XmlDocument,
  words,
  XmlElement,
} from 'viaduct'
import type { Format } from './format.ts'

/**
 * Puts a new body in place. Where nothing of the old envelope has to be kept it is put there as bytes: nobody parses or
 * prints it again unless a later mediator looks into it.
 */
export function placeXml(ctx: MessageContext, text: string, { wellFormed, envelope }: Format): void {
  const { message } = ctx
  const before = ctx.properties.get('axis2', 'messageType')
  if (!wellFormed || envelope || !placeBytes(message, text)) {
    const element = wellFormed ? parseXml(text).root : firstElementOf(text)
    if (isEnvelope(element)) message.setTree(documentOf(element))
    else setBodyChild(message.editTree(), detach(element))
  }
  // The message keeps a type that is XML already (language reference 2.4).
  if (!XML_TYPES.has((words(before) ?? '').toLowerCase())) label(ctx, 'application/xml')
}

/** A JSON body. It leaves as the format wrote it: upstream does not check it either. */
export function placeJson(ctx: MessageContext, text: string): void {
  ctx.message.setBytes(Buffer.from(text.trim()), 'application/json')
  label(ctx, 'application/json')
}

export function placeText(ctx: MessageContext, text: string): void {
  ctx.message.setBytes(Buffer.from(text), 'text/plain; charset=UTF-8')
  label(ctx, 'text/plain')
}

const XML_TYPES: ReadonlySet<string> = new Set(['application/xml', 'text/xml', 'application/soap+xml'])

function label(ctx: MessageContext, type: string): void {
  ctx.properties.set('axis2', 'messageType', type)
}

/** False: the envelope has something that must stay, so that the tree has to be changed. */
function placeBytes(message: Message, text: string): boolean {
  if (message.rest) {
    const plain = message.mediaType === 'text/xml' ? 'text/xml' : 'application/xml'
    message.setBytes(Buffer.from(text), `${plain}; charset=UTF-8`)
    return true
  }
  const { contentType, mediaType, bytes } = message
  const soap12 = mediaType === 'application/soap+xml'
  if (bytes === undefined || contentType === undefined || (mediaType !== 'text/xml' && !soap12)) return false
  if (!BARE.test(bytes.toString('latin1', 0, 1024))) return false
  const frame = soap12 ? FRAME12 : FRAME11
  message.setBytes(Buffer.from(frame.before + text + frame.after), inUtf8(contentType))
  return true
}

/** An envelope in a charset that contains ASCII, without a header or with an empty one. */
const BARE =
  /^(?:\xEF\xBB\xBF)?(?:<\?xml [^<>]*\?>)?\s*<([\w.-]+:)?Envelope(?:\s[^<>]*)?>\s*(?:<\1Header(?:\s[^<>]*)?\/>\s*|<\1Header(?:\s[^<>]*)?>\s*<\/\1Header\s*>\s*)?<\1Body[\s/>]/

interface Frame {
  readonly before: string
  readonly after: string
}

const frameOf = (namespace: string): Frame => ({
  before: `<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="${namespace}"><soapenv:Body>`,
  after: '</soapenv:Body></soapenv:Envelope>',
})

const FRAME11 = frameOf(SOAP11)
const FRAME12 = frameOf(SOAP12)

/** The Content-Type with its other parameters, such as the action of SOAP 1.2. */
const inUtf8 = (contentType: string): string =>
  `${contentType.replace(/;\s*charset\s*=\s*(?:"[^"]*"|[^\s;]*)/i, '')}; charset=UTF-8`

/** The element of a text that is only known to hold XML once its values are in it. */
function firstElementOf(text: string): XmlElement {
  try {
    const padding = parseXml(`<padding>${text.trim().replace(/^<\?xml\s[^>]*\?>/, '')}</padding>`).root
    const element = padding.children.find((child): child is XmlElement => child instanceof XmlElement)
    if (element !== undefined) return element
  } catch (cause) {
    throw new Fault(0, 'the payload that the format makes is not well-formed XML', { cause })
  }
  throw new Fault(0, 'the payload that the format makes holds no XML element')
}

function documentOf(envelope: XmlElement): XmlDocument {
  const document = new XmlDocument()
  append(document, envelope)
  bodyOf(document)
  return document
}
