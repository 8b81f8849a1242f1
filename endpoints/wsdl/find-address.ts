import { ELEMENT, type XmlElement } from 'viaduct'

const WSDL = 'http://schemas.xmlsoap.org/wsdl/'

/** Namespaces of the extensions that hold the address of a port. */
const BINDINGS = new Set([
  'http://schemas.xmlsoap.org/wsdl/soap/',
  'http://schemas.xmlsoap.org/wsdl/soap12/',
  'http://schemas.xmlsoap.org/wsdl/http/',
])

/** The address of a port, or what is missing. Throws an Error with a text for diagnostics. */
export function findAddress(definitions: XmlElement, service: string, port: string): string {
  if (definitions.namespace !== WSDL || definitions.name !== 'definitions') {
    throw new Error(`<${definitions.name}> is no WSDL 1.1 description (WSDL 2.0 is not supported)`)
  }
  const services = named(definitions, 'service')
  const found = services.find((each) => nameOf(each) === service)
  if (found === undefined) throw new Error(`the WSDL has no service "${service}"; it has ${list(services)}`)
  const ports = named(found, 'port')
  const at = ports.find((each) => nameOf(each) === port)
  if (at === undefined) throw new Error(`the service "${service}" has no port "${port}"; it has ${list(ports)}`)
  const address = at.children.find(
    (child) => child.type === ELEMENT && child.name === 'address' && BINDINGS.has(child.namespace),
  )
  const location =
    address?.type === ELEMENT ? address.attributes.find(({ name }) => name === 'location')?.value : undefined
  if (location === undefined) throw new Error(`the port "${port}" has no SOAP or HTTP address`)
  return location
}

const named = (parent: XmlElement, name: string): XmlElement[] =>
  parent.children.filter(
    (child): child is XmlElement => child.type === ELEMENT && child.name === name && child.namespace === WSDL,
  )

const nameOf = (element: XmlElement): string => element.attributes.find(({ name }) => name === 'name')?.value ?? ''

const list = (elements: readonly XmlElement[]): string =>
  elements.length === 0 ? 'none' : elements.map(nameOf).join(', ')
