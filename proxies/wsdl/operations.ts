import { type XmlDocument, type XmlElement } from 'viaduct'
import { descendants, elementsOf, SOAP12_BINDING, SOAP_BINDING, valueOf, WSDL } from './names.ts'

/** The operations of a WSDL 1.1 description, as far as requests show them. */
export interface Operations {
  readonly names: ReadonlySet<string>
  /** SOAP actions of the bindings, and Axis2's `urn:<operation>`. */
  readonly actions: ReadonlySet<string>
  /** `{namespace}name` of the elements that can be the first child of the body. */
  readonly elements: ReadonlySet<string>
}

/** Reads the operations of all documents of a description. */
export function readOperations(documents: Iterable<XmlDocument>): Operations {
  const names = new Set<string>()
  const actions = new Set<string>()
  const elements = new Set<string>()
  for (const document of documents) {
    const messages = new Map<string, XmlElement>()
    for (const element of descendants(document)) {
      if (element.namespace === WSDL && element.name === 'message')
        messages.set(valueOf(element, 'name') ?? '', element)
    }
    for (const element of descendants(document)) {
      if (element.namespace === WSDL && element.name === 'operation')
        addOperation(element, messages, { names, actions, elements })
    }
  }
  return { names, actions, elements }
}

interface Found {
  readonly names: Set<string>
  readonly actions: Set<string>
  readonly elements: Set<string>
}

function addOperation(operation: XmlElement, messages: ReadonlyMap<string, XmlElement>, found: Found): void {
  const name = valueOf(operation, 'name')
  if (name === undefined) return
  found.names.add(name)
  found.actions.add(`urn:${name}`)
  for (const child of elementsOf(operation)) {
    if ((child.namespace === SOAP_BINDING || child.namespace === SOAP12_BINDING) && child.name === 'operation') {
      const action = valueOf(child, 'soapAction')
      if (action !== undefined && action !== '') found.actions.add(action)
    }
    if (child.namespace === WSDL && child.name === 'input') addInput(child, name, messages, found)
  }
}

/** Document style names an element; RPC style wraps the parts in an element named like the operation. */
function addInput(
  input: XmlElement,
  operation: string,
  messages: ReadonlyMap<string, XmlElement>,
  { actions, elements }: Found,
): void {
  const action = input.attributes.find(({ name, namespace }) => name === 'Action' && namespace !== '')?.value
  if (action !== undefined) actions.add(action)
  const message = messages.get(localName(valueOf(input, 'message') ?? ''))
  const part = message && elementsOf(message).find((child) => child.name === 'part')
  const reference = part && valueOf(part, 'element')
  elements.add(reference === undefined ? operation : localName(reference))
}

const localName = (name: string): string => name.slice(name.indexOf(':') + 1)
