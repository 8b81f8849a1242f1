import { flag, property, type Property, type PropertyType, whole, words } from '../properties.ts'

/**
 * Properties of axis2 scope that the HTTP transport and the formatters read or write (language reference, section 5).
 * Everything else in that scope belongs to configurations.
 */
const axis2 = <T>(name: string, type: PropertyType<T>, doc: string): Property<T> => property(name, 'axis2', type, doc)

const anything: PropertyType<unknown> = (value) => value ?? undefined

/** What the formatter does. */
export const MESSAGE_TYPE = axis2(
  'messageType',
  words,
  'Media type whose formatter writes the message; setting it sets ContentType and the Content-Type header too.',
)
export const CONTENT_TYPE = axis2(
  'ContentType',
  words,
  'Content-Type of the message as it leaves; by itself it only relabels the bytes.',
)
export const CHARACTER_SET_ENCODING = axis2(
  'CHARACTER_SET_ENCODING',
  words,
  'Charset in which a formatter writes; UTF-8 when absent.',
)
export const SET_CHARACTER_ENCODING = axis2(
  'setCharacterEncoding',
  words,
  '"false": the formatter adds no charset to the Content-Type.',
)
export const ENABLE_MTOM = axis2(
  'enableMTOM',
  flag,
  'Binary content leaves as XOP parts of a multipart/related message.',
)
export const ENABLE_SWA = axis2(
  'enableSwA',
  flag,
  'Attachments leave beside the envelope in a multipart/related message.',
)
export const PRESERVE_SPACES = axis2(
  'PRESERVE_SPACES',
  flag,
  'Text that is only white space survives the way from XML to JSON.',
)
export const PRESERVE_INSTRUCTIONS = axis2(
  'PRESERVE_XML_PROCESSING_INSTRUCTIONS',
  flag,
  'Processing instructions in front of an XML payload leave with it.',
)
export const NO_ENTITY_BODY = axis2(
  'NO_ENTITY_BODY',
  flag,
  'The message leaves without a body. True by itself for a message that came without one.',
)
export const PRESERVE_WS_ADDRESSING = axis2(
  'PRESERVE_WS_ADDRESSING',
  flag,
  'WS-Addressing headers that came with the message are sent on.',
)

/** What the answer to the client looks like. */
export const HTTP_SC = axis2('HTTP_SC', whole, 'Status of the answer; that of the back end unless a flow sets another.')
export const HTTP_SC_DESC = axis2('HTTP_SC_DESC', words, 'Reason phrase of the answer.')
export const FAULTS_AS_HTTP_200 = axis2('FAULTS_AS_HTTP_200', flag, 'A SOAP fault is answered with status 200.')
export const HTTP_ETAG = axis2('HTTP_ETAG', flag, 'The answer carries an ETag made from its bytes.')
export const FORCE_SC_ACCEPTED = axis2(
  'FORCE_SC_ACCEPTED',
  flag,
  'The client gets 202 as soon as the in flow has run; a later answer is dropped.',
)
export const NIO_ACK_REQUESTED = axis2(
  'NIO-ACK-Requested',
  flag,
  'A flow that ends without an answer is answered with the status HTTP_SC and the header fields of its message.',
)

/** How a message is put on the wire. */
export const HTTP_METHOD = axis2('HTTP_METHOD', words, 'Request method; that of the client unless a flow sets another.')
export const REST_URL_POSTFIX = axis2(
  'REST_URL_POSTFIX',
  words,
  'Path and query after the context of the API; appended to address endpoints.',
)
export const DISABLE_CHUNKING = axis2(
  'DISABLE_CHUNKING',
  flag,
  'The message is read into memory and leaves with a Content-Length.',
)
export const FORCE_HTTP_1_0 = axis2('FORCE_HTTP_1.0', flag, 'The message leaves as HTTP/1.0, with a Content-Length.')
export const FORCE_HTTP_CONTENT_LENGTH = axis2(
  'FORCE_HTTP_CONTENT_LENGTH',
  flag,
  'The message leaves with a Content-Length.',
)
export const NO_KEEPALIVE = axis2('NO_KEEPALIVE', flag, 'The connection is closed after the message.')
export const REQUEST_HOST_HEADER = axis2('REQUEST_HOST_HEADER', words, 'Value of the Host header of the request.')
export const POST_TO_URI = axis2('POST_TO_URI', flag, 'The request line carries the whole URL.')
export const FULL_URI = axis2('FULL_URI', flag, 'The same as POST_TO_URI.')
export const EXCESS_TRANSPORT_HEADERS = axis2(
  'EXCESS_TRANSPORT_HEADERS',
  anything,
  'Further header fields: a map of name to value or values.',
)
export const DISABLE_ADDRESSING = axis2(
  'disableAddressingForOutMessages',
  flag,
  'The endpoint adds no WS-Addressing headers, whatever its enableAddressing says.',
)

/** Facts that the bus knows; they can be read, and hidden by a value of the same name. */
export const REMOTE_ADDR = axis2('REMOTE_ADDR', words, 'Address of the client.')
export const REMOTE_HOST = axis2('REMOTE_HOST', words, 'Address of the client; names are not looked up.')
export const SERVICE_PREFIX = axis2(
  'SERVICE_PREFIX',
  words,
  'Scheme, host and port under which the client called the bus.',
)
export const FAULT_MESSAGE = axis2(
  'FAULT_MESSAGE',
  words,
  '"TRUE" for an answer of a back end with status 400 or more.',
)
export const ORIGINAL_STATUS_CODE = axis2(
  'ORIGINAL_STATUS_CODE',
  whole,
  'Status that the back end answered, whatever HTTP_SC says.',
)
export const HTTP_REASON_PHRASE = axis2('HTTP_REASON_PHRASE', words, 'Reason phrase that the back end answered.')

/** Names that stand for the header fields themselves; removing one removes all fields. */
export const TRANSPORT_HEADERS = axis2('TRANSPORT_HEADERS', anything, 'All header fields of the message.')

/** All values that a flow set in axis2 scope, innermost first; null where it removed one. */
export type Axis2Values = ReadonlyMap<string, unknown>

/** A typed value; undefined when nothing is set. */
export function valueOf<T>(values: Axis2Values | undefined, { name, type }: Property<T>): T | undefined {
  const value = values?.get(name)
  return value === undefined || value === null ? undefined : type(value)
}
