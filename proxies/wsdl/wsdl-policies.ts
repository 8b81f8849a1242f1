import { attributeValue, elements, type PolicyAttachment, type Span, type XmlDocument, type XmlElement } from 'viaduct'
import { descendants, isPolicy, POLICIES, SOAP12_BINDING, SOAP_BINDING, WSDL } from './names.ts'

const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

/**
 * The policies that a WSDL 1.1 attaches to its service, ports and SOAP bindings, their operations and messages (WS-Policy
 * Attachment 1.5, section 4): inline, by wsp:PolicyReference, or by wsp:PolicyURIs. Each stands once, however often it is
 * attached.
 */
export function wsdlPolicies(document: XmlDocument, at: Span): PolicyAttachment[] {
  const found = new Map<string, PolicyAttachment>()
  const named = policiesByName(document)
  const attach = (
    subject: XmlElement,
    place: { operation?: string | undefined; direction?: 'in' | 'out' | undefined } = {},
  ): void => {
    for (const policy of policiesOf(subject, named)) {
      const key = `${place.operation ?? ''} ${place.direction ?? ''} ${[...named.values()].indexOf(policy)}`
      if (!found.has(key)) found.set(key, { policy, ...place, at })
    }
  }
  for (const element of descendants(document)) {
    if (element.namespace !== WSDL) continue
    if (element.name === 'service' || element.name === 'port') attach(element)
    if (element.name === 'binding' && isSoapBinding(element)) {
      attach(element)
      for (const operation of operationsOf(element)) attachOperation(operation, attach)
    }
  }
  return [...found.values()]
}

type Attach = (
  subject: XmlElement,
  place: { operation?: string | undefined; direction?: 'in' | 'out' | undefined },
) => void

function attachOperation(element: XmlElement, attach: Attach): void {
  const operation = attributeValue(element, 'name')
  attach(element, { operation })
  for (const child of elements(element)) {
    if (child.namespace !== WSDL) continue
    if (child.name === 'input') attach(child, { operation, direction: 'in' })
    if (child.name === 'output') attach(child, { operation, direction: 'out' })
  }
}

const operationsOf = (binding: XmlElement): XmlElement[] =>
  elements(binding).filter(({ name, namespace }) => name === 'operation' && namespace === WSDL)

const isSoapBinding = (binding: XmlElement): boolean =>
  elements(binding).some(
    ({ name, namespace }) => name === 'binding' && (namespace === SOAP_BINDING || namespace === SOAP12_BINDING),
  )

/** By `#id`, and by the name that a policy gives itself. */
function policiesByName(document: XmlDocument): ReadonlyMap<string, XmlElement> {
  const named = new Map<string, XmlElement>()
  for (const element of descendants(document)) {
    if (element.name !== 'Policy' || !isPolicy(element)) continue
    const id = attributeValue(element, 'Id', WSU)
    const name = attributeValue(element, 'Name')
    named.set(id === undefined ? (name ?? `anonymous ${named.size}`) : `#${id}`, element)
  }
  return named
}

function policiesOf(subject: XmlElement, named: ReadonlyMap<string, XmlElement>): XmlElement[] {
  const uris = [...POLICIES].flatMap((namespace) =>
    (attributeValue(subject, 'PolicyURIs', namespace) ?? '').split(/\s+/),
  )
  const children = elements(subject).filter(isPolicy)
  for (const child of children) if (child.name === 'PolicyReference') uris.push(attributeValue(child, 'URI') ?? '')
  return [...children.filter(({ name }) => name === 'Policy'), ...uris.flatMap((uri) => named.get(uri) ?? [])]
}
