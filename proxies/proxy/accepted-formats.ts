import { Fault, type Mediator, type MessageContext } from 'viaduct'

type Format = 'SOAP 1.1' | 'SOAP 1.2' | 'REST'

/** Parameters of a proxy that refuse a format (Axis2 service parameters, language reference 3.5). */
const SWITCHES: readonly (readonly [parameter: string, format: Format])[] = [
  ['disableSOAP11', 'SOAP 1.1'],
  ['disableSOAP12', 'SOAP 1.2'],
  ['disableREST', 'REST'],
]

/** Refuses requests in the formats that the parameters switch off; without such parameters the flow stays as it is. */
export function accepting(parameters: ReadonlyMap<string, string>, flow: Mediator): Mediator {
  const refused = new Set(
    SWITCHES.flatMap(([name, format]) => (parameters.get(name)?.toLowerCase() === 'true' ? [format] : [])),
  )
  if (refused.size === 0) return flow
  return (ctx) => {
    const format = formatOf(ctx)
    if (refused.has(format)) throw new Fault('format-refused', `the service does not take ${format} requests`)
    return flow(ctx)
  }
}

function formatOf({ message }: MessageContext): Format {
  const { mediaType } = message
  if (mediaType === 'application/soap+xml') return 'SOAP 1.2'
  return message.rest ? 'REST' : message.soapVersion === '1.2' ? 'SOAP 1.2' : 'SOAP 1.1'
}
