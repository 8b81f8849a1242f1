import {
  ELEMENT,
  TEXT,
  XML_NAMESPACE,
  type XmlAttribute,
  type XmlElement,
  type XmlNode,
  type XmlDocument,
  type XmlParent,
} from './tree.ts'

/** The string-value of a node (XPath 1.0 section 5): for elements and documents all text inside, without comments. */
export function textOf(node: XmlNode | XmlAttribute | XmlDocument): string {
  return 'children' in node ? textInside(node) : node.value
}

function textInside({ children }: XmlParent): string {
  const only = children[0]
  if (children.length === 1 && only?.type === TEXT) return only.value
  let text = ''
  for (let i = 0; i < children.length; i++) {
    const child = children[i]
    if (child?.type === TEXT) text += child.value
    else if (child?.type === ELEMENT) text += textInside(child)
  }
  return text
}

/** The child elements. */
export function elements(parent: XmlParent): XmlElement[] {
  const found: XmlElement[] = []
  for (const child of parent.children) if (child.type === ELEMENT) found.push(child)
  return found
}

/** The first child element, or the first of a name. Without `namespace` the name counts in any. */
export function firstElement(parent: XmlParent, name?: string, namespace?: string): XmlElement | undefined {
  const { children } = parent
  for (let i = 0; i < children.length; i++) {
    const child = children[i]
    if (child?.type !== ELEMENT || (name !== undefined && child.name !== name)) continue
    if (namespace === undefined || child.namespace === namespace) return child
  }
  return undefined
}

/** The value of an attribute, in no namespace unless one is given. */
export function attributeValue(element: XmlElement, name: string, namespace = ''): string | undefined {
  const { attributes } = element
  for (let i = 0; i < attributes.length; i++) {
    const attribute = attributes[i]
    if (attribute?.name === name && attribute.namespace === namespace) return attribute.value
  }
  return undefined
}

/**
 * The namespace that a prefix stands for at an element, undefined when it is not declared. The default namespace, prefix '',
 * is '' when there is none. Names of elements above count as declarations, because the printer declares them.
 */
export function namespaceOf(prefix: string, element: XmlElement): string | undefined {
  if (prefix === 'xml') return XML_NAMESPACE
  for (let node: XmlParent | null = element; node?.type === ELEMENT; node = node.parent) {
    for (const declaration of node.declarations) if (declaration.prefix === prefix) return declaration.namespace
    if (node.prefix === prefix && (prefix === '' || node.namespace !== '')) return node.namespace
  }
  return prefix === '' ? '' : undefined
}

/** Namespaces by prefix in force at an element, without `xml` and without an undeclared default namespace. */
export function inScopeNamespaces(element: XmlElement): Map<string, string> {
  const found = new Map<string, string>()
  for (let node: XmlParent | null = element; node?.type === ELEMENT; node = node.parent) {
    for (const { prefix, namespace } of node.declarations) if (!found.has(prefix)) found.set(prefix, namespace)
    if (!found.has(node.prefix)) found.set(node.prefix, node.namespace)
  }
  for (const [prefix, namespace] of found) if (namespace === '' || prefix === 'xml') found.delete(prefix)
  return found
}
