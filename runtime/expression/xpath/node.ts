import {
  ATTRIBUTE,
  DOCUMENT,
  ELEMENT,
  TEXT,
  type XmlAttribute,
  XmlDocument,
  XmlElement,
  XmlAttribute as Attribute,
  XmlComment,
  XmlInstruction,
  type XmlNode,
  type XmlParent,
  XmlText,
} from '../../xml/tree.ts'

export const NAMESPACE = 13

/** What a node-set may hold. */
export type XPathNode = XmlDocument | XmlNode | XmlAttribute | XPathNamespace

/** A namespace in scope of an element, made when the namespace axis asks for it. */
export class XPathNamespace {
  readonly type = NAMESPACE
  readonly name: string
  readonly value: string
  readonly parent: XmlElement

  constructor(prefix: string, namespace: string, parent: XmlElement) {
    this.name = prefix
    this.value = namespace
    this.parent = parent
  }
}

export const isNode = (value: unknown): value is XPathNode =>
  value instanceof XmlElement ||
  value instanceof XmlText ||
  value instanceof Attribute ||
  value instanceof XmlDocument ||
  value instanceof XmlComment ||
  value instanceof XmlInstruction ||
  value instanceof XPathNamespace

export function rootOf(node: XPathNode): XPathNode {
  let root: XPathNode = node
  for (let parent: XmlParent | null = root.parent; parent !== null; parent = parent.parent) root = parent
  return root
}

const NO_CHILDREN: readonly XmlNode[] = []

export const childrenOf = (node: XPathNode): readonly XmlNode[] =>
  node.type === ELEMENT || node.type === DOCUMENT ? node.children : NO_CHILDREN

export function localName(node: XPathNode): string {
  return 'name' in node ? node.name : ''
}

export function namespaceUri(node: XPathNode): string {
  return node.type === ELEMENT || node.type === ATTRIBUTE ? node.namespace : ''
}

export function qualifiedName(node: XPathNode): string {
  const prefix = node.type === ELEMENT || node.type === ATTRIBUTE ? node.prefix : ''
  return prefix === '' ? localName(node) : `${prefix}:${localName(node)}`
}

/** The namespaces in scope of an element (XPath 1.0 section 5.4). */
export function namespacesOf(element: XmlElement): XPathNamespace[] {
  const found = new Map<string, string>([['xml', 'http://www.w3.org/XML/1998/namespace']])
  const add = (prefix: string, namespace: string): void => {
    if (!found.has(prefix)) found.set(prefix, namespace)
  }
  for (let at: XmlParent | null = element; at !== null && at.type === ELEMENT; at = at.parent) {
    for (const { prefix, namespace } of at.declarations) add(prefix, namespace)
    add(at.prefix, at.namespace)
    for (const { prefix, namespace } of at.attributes) if (prefix !== '') add(prefix, namespace)
  }
  const nodes: XPathNamespace[] = []
  for (const [prefix, namespace] of found)
    if (namespace !== '') nodes.push(new XPathNamespace(prefix, namespace, element))
  return nodes
}

/**
 * Whether a text node of the data model starts at `index`: neighbouring texts (CDATA sections) are one node, represented by
 * the first, and there are no empty ones (XPath 1.0 section 5.7).
 */
export function startsText(siblings: readonly XmlNode[], index: number): boolean {
  if (index > 0 && siblings[index - 1]?.type === TEXT) return false
  for (let i = index; ; i++) {
    const text = siblings[i]
    if (text?.type !== TEXT) return false
    if (text.binary === undefined ? text.value !== '' : text.binary.bytes.length > 0) return true
  }
}

/** The text of an element or document: all character data inside. */
export function textOf(parent: XmlParent): string {
  const { children } = parent
  const [first] = children
  if (children.length === 1 && first?.type === TEXT) return first.value
  let text = ''
  for (const child of children) {
    if (child.type === TEXT) text += child.value
    else if (child.type === ELEMENT) text += textOf(child)
  }
  return text
}
