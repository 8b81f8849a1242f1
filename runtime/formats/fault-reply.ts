import { correlationOf, CORRELATION_HEADER } from '../correlation.ts'
import type { Exchange } from '../exchange.ts'
import type { Fault, FaultCode } from '../fault.ts'
import { Headers } from '../headers.ts'
import { systemPlatform } from '../platform.ts'
import { BodyTooLarge } from '../collect.ts'
import { createEnvelope, soapNamespace, type SoapVersion } from '../soap/envelope.ts'
import { createFault } from '../soap/fault.ts'
import { SecurityFault } from '../soap/security-fault.ts'
import { VersionMismatch } from '../soap/version-mismatch.ts'
import type { Arrival, OutgoingReply } from '../transport.ts'
import { printXml } from '../xml/print.ts'
import { XmlElement, XmlText } from '../xml/tree.ts'
import { clientLanguage, type ClientLanguage } from './client-language.ts'
import { xmlBytes } from './writing.ts'
import { outwardFault, type OutwardFault } from './outward-fault.ts'

/** Namespace of what the bus says about a fault: code and correlation id. */
const FAULT_NAMESPACE = 'urn:viaduct:fault'

/**
 * The answer to a client whose flow failed: in the client's own language (SOAP 1.1, SOAP 1.2, JSON, XML or text), with a
 * correlation id and nothing of the inside of the bus. `status` is what HTTP asks for when no mediation took place.
 */
export function faultReply(client: Exchange | Arrival, fault: Fault, status?: number): OutgoingReply {
  const arrival = 'arrival' in client ? client.arrival : client
  const correlationId =
    'arrival' in client ? client.correlationId : correlationOf(arrival.message.headers, systemPlatform)
  const language = fault instanceof VersionMismatch ? soapOf(fault.version) : clientLanguage(arrival)
  const outward = outwardFault(fault, status)
  const headers = new Headers(['Content-Type', TYPES[language], CORRELATION_HEADER, correlationId])
  const answered = statusOf(language, fault, outward, status)
  if (answered === 503) headers.set('Retry-After', '1')
  return { status: answered, headers, body: Buffer.from(BODIES[language](outward, correlationId, fault)) }
}

const soapOf = (version: SoapVersion): ClientLanguage => (version === '1.2' ? 'soap12' : 'soap11')

const TYPES: Readonly<Record<ClientLanguage, string>> = {
  soap11: 'text/xml; charset=UTF-8',
  soap12: 'application/soap+xml; charset=UTF-8',
  json: 'application/json; charset=UTF-8',
  xml: 'application/xml; charset=UTF-8',
  text: 'text/plain; charset=UTF-8',
}

const BODIES: Readonly<Record<ClientLanguage, (outward: OutwardFault, id: string, fault: Fault) => string>> = {
  soap11: (outward, id, fault) => soapFault('1.1', outward, id, fault),
  soap12: (outward, id, fault) => soapFault('1.2', outward, id, fault),
  json: ({ code, message }, correlationId) => JSON.stringify({ error: { code, message, correlationId } }),
  xml: (outward, id) => printXml(withFacts(new XmlElement('fault', FAULT_NAMESPACE), outward, id)),
  text: ({ message }, id) => `${message}\ncorrelation id: ${id}\n`,
}

/** SOAP 1.1 knows only 500 (section 6.2), SOAP 1.2 also 400 for the sender's mistakes (part 2, section 7.4.2). */
function statusOf(language: ClientLanguage, fault: Fault, outward: OutwardFault, status: number | undefined): number {
  if (status !== undefined) return status
  if (fault instanceof BodyTooLarge && fault.blamesClient) return 413
  if (fault.code === 'bodies-full') return 503
  if (language === 'soap11') return 500
  if (language === 'soap12') return isSenders(fault) ? 400 : 500
  return outward.status
}

const isSenders = (fault: Fault): boolean =>
  fault instanceof SecurityFault || (fault.blamesClient && !(fault instanceof VersionMismatch))

function soapFault(version: SoapVersion, outward: OutwardFault, correlationId: string, fault: Fault): string {
  const name = fault instanceof VersionMismatch ? 'VersionMismatch' : outward.status < 500 ? 'Sender' : 'Receiver'
  const detail = withFacts(new XmlElement('fault', FAULT_NAMESPACE), { ...outward, message: undefined }, correlationId)
  const security = fault instanceof SecurityFault ? fault : undefined
  const tree = createEnvelope(version, [
    createFault(version, {
      code: { name, namespace: soapNamespace(version) },
      subcode: security?.qualifiedCode,
      reason: security?.answer.text ?? outward.message,
      detail: [detail],
    }),
  ])
  return xmlBytes(tree, 'UTF-8', true).toString()
}

function withFacts(
  element: XmlElement,
  { code, message }: { code: FaultCode; message?: string | undefined },
  id: string,
): XmlElement {
  element.declarations = [{ prefix: '', namespace: FAULT_NAMESPACE }]
  const facts: Readonly<Record<string, string | undefined>> = { code: `${code}`, message, correlationId: id }
  for (const [name, value] of Object.entries(facts)) {
    if (value === undefined) continue
    const child = new XmlElement(name, FAULT_NAMESPACE, '', element)
    child.children.push(new XmlText(value, child))
    element.children.push(child)
  }
  return element
}
