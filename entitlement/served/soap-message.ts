import {
  bodyChild,
  createEnvelope,
  createFault,
  elements,
  escapeText,
  Fault,
  isEnvelope,
  type MessageContext,
  printXml,
  soapNamespace,
  type SoapVersion,
  textOf,
  type XmlElement,
} from 'viaduct'
import type { Answer } from './served-route.ts'

/** A call of an operation: the element in the body and its version of SOAP. */
export interface SoapCall {
  readonly version: SoapVersion
  readonly element: XmlElement
}

/** The operation that a message calls; undefined when it is no SOAP message with a body. */
export function readCall({ message }: MessageContext): SoapCall | undefined {
  try {
    const { tree } = message
    const element = message.rest || !isEnvelope(tree.root) ? undefined : bodyChild(tree)
    return element === undefined ? undefined : { version: message.soapVersion, element }
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}

/** Texts of the parameters of that name. */
export const parametersOf = ({ element }: SoapCall, name: string): string[] =>
  elements(element)
    .filter((each) => each.name === name)
    .map((each) => textOf(each))

const TYPES: Readonly<Record<SoapVersion, string>> = {
  '1.1': 'text/xml; charset=UTF-8',
  '1.2': 'application/soap+xml; charset=UTF-8',
}

/** An answer with this XML as the content of the body. */
export function soapAnswer(version: SoapVersion, xml: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const namespace = soapNamespace(version)
  const body = `<?xml version="1.0" encoding="UTF-8"?><soapenv:Envelope xmlns:soapenv="${namespace}"><soapenv:Body>${xml}</soapenv:Body></soapenv:Envelope>`
  return { status: 200, type: TYPES[version], body, headers }
}

/** `<nameResponse><return>…</return></nameResponse>`. */
export const returning = (namespace: string, name: string, value: string): string =>
  `<ns:${name}Response xmlns:ns="${namespace}"><ns:return>${escapeText(value)}</ns:return></ns:${name}Response>`

/** A fault with a code of the service itself, which only SOAP 1.1 has room for: `50977` is no name. */
export function soapFault(version: SoapVersion, code: string, reason: string): Answer {
  const name = version === '1.1' ? code : 'Sender'
  const fault = createFault(version, { code: { name, namespace: soapNamespace(version) }, reason })
  return { status: 500, type: TYPES[version], body: printXml(createEnvelope(version, [fault])) }
}
