import type { Message } from '../message.ts'
import type { Arrival } from '../transport.ts'
import { formatOf, soapVersionOf } from './media-type.ts'

/** How a client is spoken to when the bus itself has to say something. */
export type ClientLanguage = 'soap11' | 'soap12' | 'json' | 'xml' | 'text'

/** By what the client sent, whatever a flow made of it; without a body by what it accepts. */
export function clientLanguage({ message }: Pick<Arrival, 'message'>): ClientLanguage {
  const { originalType } = message
  const format = formatOf(originalType)
  if (format === 'soap11') return isSoap(message) ? 'soap11' : 'xml'
  if (format === 'related') return soapVersionOf(originalType) === '1.2' ? 'soap12' : 'soap11'
  if (format === 'soap12' || format === 'xml' || format === 'json') return format
  return accepted(message.headers.get('accept'))
}

/** Only plain XML that was recognised as such makes text/xml no SOAP. */
const isSoap = (message: Message): boolean => message.headers.has('SOAPAction') || !(message.read && message.rest)

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
