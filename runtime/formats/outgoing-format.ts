import type { Message } from '../message.ts'
import { bodyChild } from '../soap/envelope.ts'
import type { Arrival } from '../transport.ts'
import { clientLanguage } from './client-language.ts'
import { type Axis2Values, ENABLE_MTOM, ENABLE_SWA, MESSAGE_TYPE, valueOf } from './http-properties.ts'
import { type Format, formatOf, mediaType } from './media-type.ts'

/** What an endpoint may ask for. */
export type EndpointFormat = 'soap11' | 'soap12' | 'pox' | 'get' | 'rest'

const ENDPOINT_FORMATS: Readonly<Record<EndpointFormat, Format | undefined>> = {
  soap11: 'soap11',
  soap12: 'soap12',
  pox: 'xml',
  get: 'form',
  rest: undefined,
}

/**
 * The format that somebody asks for: the endpoint, enableMTOM or enableSwA, messageType. Undefined: that of the message.
 * `client` is whom an answer goes to.
 */
export function wantedFormat(
  message: Message,
  values: Axis2Values | undefined,
  { format, optimize }: { readonly format?: EndpointFormat | undefined; readonly optimize?: string | undefined },
  client?: Arrival,
): Format | undefined {
  const asked = format === undefined ? undefined : ENDPOINT_FORMATS[format]
  if (asked !== undefined) return asked
  if (optimize !== undefined || valueOf(values, ENABLE_MTOM) === true || valueOf(values, ENABLE_SWA) === true)
    return 'related'
  const type = valueOf(values, MESSAGE_TYPE)
  if (type !== undefined) return formatOfType(type, message, client)
  return format === 'rest' && formatOf(message.contentType) === 'soap11' ? 'xml' : undefined
}

function formatOfType(type: string, message: Message, client: Arrival | undefined): Format | undefined {
  const known = formatOf(type)
  // COMPAT rest-text-xml: a payload that came without an envelope leaves without one, although text/xml is asked for.
  // A client that sent SOAP wants an envelope all the same.
  if (known === 'soap11' && message.rest) return client !== undefined && sentSoap(client) ? 'soap11' : 'xml'
  if (known !== undefined) return known
  return mediaType(type) === message.mediaType ? undefined : unknownFormat(message)
}

const sentSoap = (client: Arrival): boolean => clientLanguage(client).startsWith('soap')

/** A media type that no formatter claims: what the payload is, else XML or SOAP. */
function unknownFormat(message: Message): Format {
  const payload = message.built ? bodyChild(message.tree) : undefined
  if (payload?.name === 'binary') return 'binary'
  if (payload?.name === 'text') return 'text'
  return message.rest ? 'xml' : soapFormat(message)
}

const soapFormat = (message: Message): Format => (message.soapVersion === '1.2' ? 'soap12' : 'soap11')

/** How a changed message is written when nobody says: as it came. */
export function ownFormat(message: Message): Format {
  const own = formatOf(message.contentType)
  if (own === undefined) return unknownFormat(message)
  if (own === 'xml' || own === 'soap11' || own === 'soap12') return message.rest ? 'xml' : soapFormat(message)
  // Binary content came as parts and goes on inline, but other attachments must not get lost.
  if (own === 'related') return message.attachments.size > 0 ? 'related' : soapFormat(message)
  return own
}
