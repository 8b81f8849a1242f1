import type { MessageContext } from './context.ts'
import { isJsonType } from './formats/media-type.ts'
import type { Message } from './message.ts'
import { bodyChild, isFault } from './soap/envelope.ts'
import type { XmlElement } from './xml/tree.ts'

/**
 * Properties that the bus answers from what it knows instead of storing them on every message (language reference 1.1 and 5):
 * To, MESSAGE_FORMAT, SYSTEM_TIME … in default scope; HTTP_METHOD, REMOTE_ADDR, TransportInURL … in axis2 scope. A value
 * that a flow has set hides the derived one.
 */
export type Derive = (ctx: MessageContext) => unknown

const DEFAULT_SCOPE: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  ['To', (ctx) => ctx.addressing.to ?? ''],
  ['From', (ctx) => ctx.addressing.from ?? ''],
  ['Action', (ctx) => ctx.addressing.action ?? ''],
  ['FaultTo', (ctx) => ctx.addressing.faultTo ?? ''],
  ['ReplyTo', (ctx) => ctx.addressing.replyTo ?? ''],
  ['RelatesTo', (ctx) => ctx.addressing.relatesTo ?? ''],
  ['MessageID', (ctx) => ctx.addressing.messageId],
  ['SYSTEM_TIME', (ctx) => ctx.services.platform.now()],
  ['TRANSPORT_IN_NAME', (ctx) => ctx.exchange.arrival.transport],
  ['SERVER_IP', (ctx) => ctx.exchange.arrival.localAddress],
  ['correlation_id', (ctx) => ctx.exchange.correlationId],
  ['MESSAGE_FORMAT', ({ message }) => (message.rest ? 'pox' : message.soapVersion === '1.2' ? 'soap12' : 'soap11')],
  ['OperationName', ({ message }) => operation(message)?.name ?? ''],
  ['OperationNamespace', ({ message }) => operation(message)?.namespace ?? ''],
  [
    'FAULT',
    ({ message }) =>
      failed(message) || (message.built && !message.isJson && isFault(message.tree)) ? 'TRUE' : undefined,
  ],
])

const AXIS2_SCOPE: ReadonlyMap<string, Derive> = new Map<string, Derive>([
  [
    'HTTP_METHOD',
    (ctx) => (ctx.response || ctx.message.status !== undefined ? undefined : ctx.exchange.arrival.method),
  ],
  ['HTTP_SC', ({ message }) => message.status],
  ['HTTP_SC_DESC', ({ message }) => message.reason],
  ['ORIGINAL_STATUS_CODE', ({ message }) => message.status],
  ['HTTP_REASON_PHRASE', ({ message }) => message.reason],
  ['FAULT_MESSAGE', ({ message }) => (failed(message) ? 'TRUE' : undefined)],
  ['NO_ENTITY_BODY', ({ message }) => (message.empty ? true : undefined)],
  // What the builder of the message would have set; read by flows that branch on it.
  ['messageType', ({ message }) => message.mediaType],
  // JSON has no charset parameter (RFC 8259 section 11): flows compare this with application/json.
  ['ContentType', ({ message }) => (isJsonType(message.contentType) ? message.mediaType : message.contentType)],
  ['REMOTE_ADDR', (ctx) => ctx.exchange.arrival.remoteAddress],
  ['REMOTE_HOST', (ctx) => ctx.exchange.arrival.remoteAddress],
  [
    'ssl.client.auth.cert.X509',
    (ctx) =>
      ctx.response || ctx.message.status !== undefined ? undefined : chainOf(ctx.exchange.arrival.peerCertificate()),
  ],
  ['TransportInURL', (ctx) => ctx.exchange.arrival.target],
  ['SERVICE_PREFIX', (ctx) => servicePrefix(ctx)],
  ['REST_URL_POSTFIX', (ctx) => (ctx.response || ctx.message.status !== undefined ? undefined : restPostfix(ctx))],
])

export function derivedProperty(scope: 'default' | 'axis2', name: string, ctx: MessageContext): unknown {
  if (scope === 'axis2') return AXIS2_SCOPE.get(name)?.(ctx)
  const derive = DEFAULT_SCOPE.get(name)
  return derive === undefined ? ctx.exchange.route.property?.(name) : derive(ctx)
}

/** What follows the address of the service or API in the request line; the whole path where neither has a say. */
function restPostfix({ exchange: { route, arrival } }: MessageContext): string {
  return route.postfix === undefined ? arrival.target : route.postfix(arrival.target)
}

/** `http://host:port/`, as the client wrote it. */
export function servicePrefix({ exchange: { arrival } }: MessageContext): string {
  const host = arrival.message.headers.get('host') ?? `${arrival.localAddress}:${arrival.localPort}`
  return `${arrival.transport}://${host}/`
}

/** As an array, which is how Axis2 hands over the certificates of TLS. */
const chainOf = <C>(certificate: C | undefined): readonly C[] | undefined =>
  certificate === undefined ? undefined : [certificate]

const failed = ({ status }: Message): boolean => status !== undefined && status >= 400

/** The first body child, by a scan of the bytes when that is enough; of a message in memory only. */
function operation(message: Message): Pick<XmlElement, 'name' | 'namespace'> | undefined {
  if (!message.built || message.empty) return undefined
  const peek = message.rest ? undefined : message.peek
  return peek?.soap === undefined ? bodyChild(message.tree) : peek.operation
}
