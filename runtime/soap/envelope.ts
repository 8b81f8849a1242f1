import { Fault } from '../fault.ts'
import { firstElement } from '../xml/select.ts'
import {
  DOCUMENT,
  ELEMENT,
  NO_DECLARATIONS,
  TEXT,
  XmlAttribute,
  XmlComment,
  XmlDocument,
  XmlElement,
  XmlInstruction,
  type XmlNode,
  type XmlParent,
  XmlText,
} from '../xml/tree.ts'

export const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
export const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'

export type SoapVersion = '1.1' | '1.2'

export const soapNamespace = (version: SoapVersion): string => (version === '1.1' ? SOAP11 : SOAP12)

export const isSoapNamespace = (namespace: string): boolean => namespace === SOAP11 || namespace === SOAP12

export const isEnvelope = ({ name, namespace }: XmlElement): boolean =>
  name === 'Envelope' && isSoapNamespace(namespace)

export function soapVersion(tree: XmlDocument): SoapVersion {
  return tree.root.namespace === SOAP12 ? '1.2' : '1.1'
}

/** The Body of an envelope. A tree that a mediator has damaged gives a Fault. */
export function bodyOf(tree: XmlDocument): XmlElement {
  const body = part(tree.root, 'Body')
  if (body === undefined) throw new Fault(601000, 'the message has no SOAP body')
  return body
}

/** The Header of an envelope, when there is one. */
export function headerOf(tree: XmlDocument): XmlElement | undefined {
  return part(tree.root, 'Header')
}

/** The Header of an envelope that is being changed; made before the Body when there is none. */
export function requireHeader(tree: XmlDocument): XmlElement {
  const envelope = tree.root
  const found = part(envelope, 'Header')
  if (found !== undefined) return found
  const header = new XmlElement('Header', envelope.namespace, envelope.prefix, envelope)
  const body = envelope.children.findIndex((child) => child.type === ELEMENT)
  envelope.children.splice(Math.max(body, 0), 0, header)
  return header
}

/** The payload: first element in the Body. */
export function bodyChild(tree: XmlDocument): XmlElement | undefined {
  return firstElement(bodyOf(tree))
}

/** Header blocks of that name, in document order. */
export function headerBlocks(tree: XmlDocument, namespace: string, name?: string): XmlElement[] {
  const blocks: XmlElement[] = []
  for (const child of headerOf(tree)?.children ?? []) {
    if (child.type === ELEMENT && child.namespace === namespace && (name === undefined || child.name === name))
      blocks.push(child)
  }
  return blocks
}

export function isFault(tree: XmlDocument): boolean {
  const child = bodyChild(tree)
  return child !== undefined && child.name === 'Fault' && isSoapNamespace(child.namespace)
}

/** An envelope with these nodes as payload; they are taken over, not copied. */
export function createEnvelope(version: SoapVersion = '1.1', payload: readonly XmlNode[] = []): XmlDocument {
  const namespace = soapNamespace(version)
  const tree = new XmlDocument()
  const envelope = new XmlElement('Envelope', namespace, 'soapenv', tree)
  envelope.declarations = [{ prefix: 'soapenv', namespace }]
  const body = new XmlElement('Body', namespace, 'soapenv', envelope)
  for (const node of payload) adopt(body, node)
  envelope.children.push(body)
  tree.children.push(envelope)
  return tree
}

/** Puts a node at the end of an element, as it is. */
export function adopt(parent: XmlElement, child: XmlNode): void {
  child.parent = parent
  parent.children.push(child)
}

/** Replaces the whole payload by this node, or by nothing. The node is taken over, not copied. */
export function setBodyChild(tree: XmlDocument, child?: XmlNode): void {
  const body = bodyOf(tree)
  body.children = []
  if (child !== undefined) adopt(body, child)
}

/** A deep copy. Iterative, since depth comes from outside. */
export function cloneDocument(tree: XmlDocument): XmlDocument {
  const copy = new XmlDocument()
  for (const child of tree.children) copy.children.push(cloneNode(child, copy))
  return copy
}

/** A deep copy of an element without its surroundings: namespace declarations from above are not added. */
export function cloneElement(element: XmlElement, parent: XmlParent | null = null): XmlElement {
  const copy = shell(element, parent)
  const open: [from: XmlElement, to: XmlElement][] = [[element, copy]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [from, to] = next
    for (const child of from.children) {
      if (child.type === ELEMENT) {
        const inner = shell(child, to)
        to.children.push(inner)
        open.push([child, inner])
      } else to.children.push(cloneNode(child, to))
    }
  }
  return copy
}

function cloneNode(node: XmlNode, parent: XmlParent): XmlNode {
  if (node.type === ELEMENT) return cloneElement(node, parent)
  if (node.type === TEXT)
    return new XmlText(node.binary ?? node.value, parent.type === DOCUMENT ? null : parent, node.cdata)
  return 'name' in node ? new XmlInstruction(node.name, node.value, parent) : new XmlComment(node.value, parent)
}

function shell(element: XmlElement, parent: XmlParent | null): XmlElement {
  const copy = new XmlElement(element.name, element.namespace, element.prefix, parent)
  copy.declarations = element.declarations
  copy.at = element.at
  if (element.attributes.length > 0) {
    copy.attributes = element.attributes.map(
      ({ name, value, namespace, prefix }) => new XmlAttribute(name, value, namespace, prefix, copy),
    )
  }
  if (copy.declarations !== NO_DECLARATIONS) copy.declarations = [...copy.declarations]
  return copy
}

function part(envelope: XmlElement, name: string): XmlElement | undefined {
  for (const child of envelope.children) {
    if (child.type === ELEMENT && child.name === name && child.namespace === envelope.namespace) return child
  }
  return undefined
}
