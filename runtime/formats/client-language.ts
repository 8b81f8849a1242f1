import type { Message } from '../message.ts'
import type { Arrival } from '../transport.ts'
import { formatOf, mediaType, parameterOf } from './media-type.ts'

/** How a client is spoken to when the bus itself has to say something. */
export type ClientLanguage = 'soap11' | 'soap12' | 'json' | 'xml' | 'text'

/** By what the client sent, whatever a flow made of it; without a body by what it accepts. */
export function clientLanguage({ message }: Pick<Arrival, 'message'>): ClientLanguage {
  const { originalType } = message
  switch (formatOf(originalType)) {
    case 'soap11':
      return isSoap(message) ? 'soap11' : 'xml'
    case 'soap12':
      return 'soap12'
    case 'xml':
      return 'xml'
    case 'json':
      return 'json'
    case 'related':
      return relatedLanguage(originalType)
    default:
      return accepted(message.headers.get('accept'))
  }
}

/** Only plain XML that was recognised as such makes text/xml no SOAP. */
const isSoap = (message: Message): boolean => message.headers.has('SOAPAction') || !(message.read && message.rest)

function relatedLanguage(contentType: string | undefined): ClientLanguage {
  const inner = parameterOf(contentType, 'start-info') ?? parameterOf(contentType, 'type') ?? ''
  return mediaType(inner) === 'application/soap+xml' ? 'soap12' : 'soap11'
}

function accepted(accept: string | undefined): ClientLanguage {
  if (accept === undefined) return 'text'
  for (const range of accept.split(',')) {
    const format = formatOf(range)
    if (format === 'json') return 'json'
    if (format === 'soap12') return 'soap12'
    if (format === 'soap11' || format === 'xml') return 'xml'
  }
  return 'text'
}
