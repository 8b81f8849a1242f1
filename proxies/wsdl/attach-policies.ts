import {
  append,
  attributeValue,
  cloneDocument,
  cloneNode,
  elements,
  insertBefore,
  XmlAttribute,
  type XmlDocument,
  XmlElement,
} from 'viaduct'
import { WSDL } from './names.ts'

const WSP = 'http://schemas.xmlsoap.org/ws/2004/09/policy'
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

/** A copy of a WSDL 1.1 that holds the policies of its service, referred to by each of its bindings. */
export function attachPolicies(document: XmlDocument, policies: readonly XmlElement[]): XmlDocument {
  const copy = cloneDocument(document)
  const { root } = copy
  const ids = policies.map((policy, index) => place(root, policy, index))
  for (const binding of elements(root).filter(({ name, namespace }) => name === 'binding' && namespace === WSDL)) {
    for (const id of ids.toReversed()) {
      const reference = new XmlElement('PolicyReference', WSP, 'wsp')
      reference.attributes = [new XmlAttribute('URI', `#${id}`, '', '', reference)]
      const [first] = binding.children
      if (first === undefined) append(binding, reference)
      else insertBefore(reference, first)
    }
  }
  return copy
}

/** Puts a policy in front of the rest. Returns its identifier. */
function place(root: XmlElement, policy: XmlElement, index: number): string {
  const copy = cloneNode(policy)
  const own = attributeValue(copy, 'Id', WSU)
  const id = own ?? `ServicePolicy${index + 1}`
  if (own === undefined) copy.attributes = [...copy.attributes, new XmlAttribute('Id', id, WSU, 'wsu', copy)]
  const [first] = root.children
  if (first === undefined) append(root, copy)
  else insertBefore(copy, first)
  return id
}

/** Policies as one document: the only one itself, else all of them together. */
export function policyDocument(policies: readonly XmlElement[]): XmlElement | undefined {
  const [only, second] = policies
  if (only === undefined || second === undefined) return only
  const all = new XmlElement('Policy', WSP, 'wsp')
  for (const policy of policies) append(all, cloneNode(policy))
  return all
}
