import { usedNamespaces } from './prefix-use.ts'
import { inScopeNamespaces, namespaceOf } from './select.ts'
import {
  type BinaryContent,
  COMMENT,
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
} from './tree.ts'

/** Puts a node behind the other children. A node that has a parent is moved; so it is in every function here. */
export function append(parent: XmlParent, node: XmlNode): void {
  place(parent, parent.children.length, node)
}

/** Puts a node before another. */
export function insertBefore(node: XmlNode, sibling: XmlNode): void {
  insert(node, sibling, 0)
}

/** Puts a node after another. */
export function insertAfter(node: XmlNode, sibling: XmlNode): void {
  insert(node, sibling, 1)
}

function insert(node: XmlNode, sibling: XmlNode, offset: 0 | 1): void {
  const { parent } = sibling
  if (parent === null) throw new TypeError('a node without a parent has no place for siblings')
  if (node === sibling) return
  detach(node)
  place(parent, parent.children.indexOf(sibling) + offset, node)
}

/** Puts nodes in the place of one; none removes it. The one that is replaced may be among them. */
export function replace(old: XmlNode, ...nodes: readonly XmlNode[]): void {
  const { parent } = old
  if (parent === null) throw new TypeError('a node without a parent cannot be replaced')
  for (const node of nodes) if (node !== old) detach(node)
  let at = parent.children.indexOf(old)
  detach(old)
  for (const node of nodes) place(parent, at++, node)
}

/**
 * Takes a node out of its parent and returns it. An element takes along the namespace declarations around it that it seems to
 * use, so that names in its content (xsi:type, XPath expressions) keep their meaning.
 */
export function detach<N extends XmlNode>(node: N): N {
  const { parent } = node
  if (parent === null) return node
  if (node.type === ELEMENT) node.declarations = declarationsWithOuter(node)
  const at = parent.children.indexOf(node)
  if (at >= 0) parent.children.splice(at, 1)
  node.parent = null
  return node
}

function place(parent: XmlParent, at: number, node: XmlNode): void {
  if (node.parent !== null) {
    const before = node.parent === parent && parent.children.indexOf(node) < at ? 1 : 0
    detach(node)
    at -= before
  }
  if (parent.type !== ELEMENT) {
    if (node.type === TEXT) throw new TypeError('a document has no text')
    node.parent = parent
  } else {
    if (node.type === ELEMENT) settle(node, parent)
    node.parent = parent
  }
  parent.children.splice(at, 0, node)
}

/** Drops declarations that the new surroundings repeat. */
function settle(element: XmlElement, parent: XmlElement): void {
  for (let node: XmlParent | null = parent; node?.type === ELEMENT; node = node.parent) {
    if (node === element) throw new TypeError('an element cannot be put into itself')
  }
  if (element.declarations === NO_DECLARATIONS) return
  const needed = element.declarations.filter(({ prefix, namespace }) => namespaceOf(prefix, parent) !== namespace)
  element.declarations = needed.length > 0 ? needed : NO_DECLARATIONS
}

/** The declarations of an element and those around it that its content uses or seems to use. */
export function declarationsWithOuter(element: XmlElement): XmlElement['declarations'] {
  if (element.parent?.type !== ELEMENT) return element.declarations
  const outer = inScopeNamespaces(element.parent)
  for (const { prefix } of element.declarations) outer.delete(prefix)
  // The names of an element win over what is in force around it; the printer would otherwise have to choose.
  if (outer.has(element.prefix) && outer.get(element.prefix) !== element.namespace) outer.delete(element.prefix)
  const used = usedNamespaces(element, outer)
  if (used.size === 0) return element.declarations
  return [...element.declarations, ...Array.from(used, ([prefix, namespace]) => ({ prefix, namespace }))]
}

/**
 * A deep copy without a parent. An element's copy carries the namespace declarations around the original, as
 * {@link detach} does.
 */
export function cloneNode<N extends XmlNode | XmlDocument>(node: N): N
export function cloneNode(node: XmlNode | XmlDocument): XmlNode | XmlDocument {
  if (node.type === DOCUMENT) {
    const document = new XmlDocument()
    for (const child of node.children) document.children.push(copy(child, document))
    return document
  }
  const clone = copy(node, null)
  if (clone.type === ELEMENT && node.type === ELEMENT) clone.declarations = declarationsWithOuter(node)
  return clone
}

function copy(node: XmlNode, parent: XmlParent | null): XmlNode {
  if (node.type === ELEMENT) return copyElement(node, parent)
  if (node.type === TEXT)
    return new XmlText(node.binary ?? node.value, parent?.type === ELEMENT ? parent : null, node.cdata)
  if (node.type === COMMENT) return new XmlComment(node.value, parent)
  return new XmlInstruction(node.name, node.value, parent)
}

function copyElement(element: XmlElement, parent: XmlParent | null): XmlElement {
  const clone = new XmlElement(element.name, element.namespace, element.prefix, parent)
  clone.at = element.at
  if (element.declarations !== NO_DECLARATIONS) clone.declarations = element.declarations.slice()
  if (element.attributes.length > 0)
    clone.attributes = element.attributes.map((attribute) => copyAttribute(attribute, clone))
  if (element.children.length > 0) clone.children = element.children.map((child) => copy(child, clone))
  return clone
}

function copyAttribute(
  { name, value, namespace, prefix, at, valueAt }: XmlAttribute,
  parent: XmlElement,
): XmlAttribute {
  const clone = new XmlAttribute(name, value, namespace, prefix, parent)
  clone.at = at
  clone.valueAt = valueAt
  return clone
}

/** Makes a text the only content of an element; '' leaves it empty. */
export function setText(element: XmlElement, text: string | BinaryContent): void {
  for (const child of element.children) child.parent = null
  element.children = text === '' ? [] : [new XmlText(text, element)]
}

/** Sets the value of an attribute, which is added when it is not there. */
export function setAttribute(element: XmlElement, name: string, value: string, namespace = '', prefix = ''): void {
  for (const attribute of element.attributes) {
    if (attribute.name !== name || attribute.namespace !== namespace) continue
    attribute.value = value
    return
  }
  element.attributes = [...element.attributes, new XmlAttribute(name, value, namespace, prefix, element)]
}

/** Removes an attribute if it is there. */
export function removeAttribute(element: XmlElement, name: string, namespace = ''): void {
  const gone = element.attributes.find((attribute) => attribute.name === name && attribute.namespace === namespace)
  if (gone === undefined) return
  element.attributes = element.attributes.filter((attribute) => attribute !== gone)
  gone.parent = null
}

/** Declares a prefix on an element, in place of what it stood for there. */
export function declareNamespace(element: XmlElement, prefix: string, namespace: string): void {
  if (namespaceOf(prefix, element) === namespace) return
  element.declarations = [
    ...element.declarations.filter((declaration) => declaration.prefix !== prefix),
    { prefix, namespace },
  ]
}
