import { ELEMENT, type XmlElement, type XmlParent } from 'viaduct'

export const WSDL = 'http://schemas.xmlsoap.org/wsdl/'
export const WSDL2 = 'http://www.w3.org/ns/wsdl'
export const XSD = 'http://www.w3.org/2001/XMLSchema'
export const SOAP_BINDING = 'http://schemas.xmlsoap.org/wsdl/soap/'
export const SOAP12_BINDING = 'http://schemas.xmlsoap.org/wsdl/soap12/'
export const HTTP_BINDING = 'http://schemas.xmlsoap.org/wsdl/http/'

/** Namespaces of WS-Policy. */
export const POLICIES: ReadonlySet<string> = new Set([
  'http://schemas.xmlsoap.org/ws/2004/09/policy',
  'http://www.w3.org/ns/ws-policy',
])

export const isPolicy = ({ name, namespace }: XmlElement): boolean =>
  name.startsWith('Policy') && POLICIES.has(namespace)

export const isAddress = ({ name, namespace }: XmlElement): boolean =>
  name === 'address' && (namespace === SOAP_BINDING || namespace === SOAP12_BINDING || namespace === HTTP_BINDING)

/** The attribute of an element that names another document; undefined when it names none. */
export function importAttribute({ name, namespace }: XmlElement): string | undefined {
  if (namespace === WSDL && name === 'import') return 'location'
  if (namespace === XSD && (name === 'import' || name === 'include' || name === 'redefine')) return 'schemaLocation'
  return undefined
}

export const valueOf = (element: XmlElement, attribute: string): string | undefined =>
  element.attributes.find(({ name, namespace }) => name === attribute && namespace === '')?.value

/** Every element of a tree, parents first. */
export function* descendants(parent: XmlParent): Generator<XmlElement> {
  const open = elementsOf(parent).toReversed()
  for (let element = open.pop(); element !== undefined; element = open.pop()) {
    yield element
    for (const child of elementsOf(element).toReversed()) open.push(child)
  }
}

export const elementsOf = (parent: XmlParent): XmlElement[] =>
  parent.children.filter((child): child is XmlElement => child.type === ELEMENT)
