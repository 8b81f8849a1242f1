import { ATTRIBUTE, DOCUMENT, ELEMENT, TEXT, type XmlNode } from '../../xml/tree.ts'
import type { Evaluation } from './evaluation.ts'
import { childrenOf, NAMESPACE, namespacesOf, startsText, type XPathNode } from './node.ts'
import type { CompiledTest } from './node-test.ts'
import type { Axis } from './syntax.ts'

/** Takes the nodes of an axis as they come; true ends the walk. */
export type Visit = (node: XPathNode) => boolean
type WalkAxis = (node: XPathNode, test: CompiledTest, evaluation: Evaluation<unknown>, visit: Visit) => boolean

/** Visits the nodes of an axis that pass a test, in the order that counts for `position()`: nearest first. */
export const walkAxis = (
  axis: Axis,
  node: XPathNode,
  test: CompiledTest,
  evaluation: Evaluation<unknown>,
  visit: Visit,
): boolean => AXES[axis](node, test, evaluation, visit)

const isSibling = (node: XPathNode): node is XmlNode =>
  node.type !== ATTRIBUTE && node.type !== NAMESPACE && node.type !== DOCUMENT

export const siblingsOf = (node: XPathNode): readonly XmlNode[] | undefined =>
  isSibling(node) ? node.parent?.children : undefined

export const indexAmong = (siblings: readonly XmlNode[], node: XPathNode, evaluation: Evaluation<unknown>): number =>
  evaluation.indexOf(siblings, node as XmlNode)

/** Whether the child at `index` is a node of the data model that passes. */
export function passes(children: readonly XmlNode[], index: number, { matches, texts }: CompiledTest): boolean {
  const child = children[index]
  if (child === undefined || !matches(child)) return false
  return !texts || child.type !== TEXT || startsText(children, index)
}

const walkSelf: WalkAxis = (node, { matches }, _evaluation, visit) => matches(node) && visit(node)

const walkChildren: WalkAxis = (node, test, _evaluation, visit) => {
  const children = childrenOf(node)
  for (let i = 0; i < children.length; i++) {
    if (passes(children, i, test) && visit(children[i] as XmlNode)) return true
  }
  return false
}

const walkDescendants: WalkAxis = (node, test, evaluation, visit) => {
  const children = childrenOf(node)
  for (let i = 0; i < children.length; i++) if (walkSubtree(children, i, test, evaluation, visit)) return true
  return false
}

/** A child and what is inside it. */
function walkSubtree(
  children: readonly XmlNode[],
  index: number,
  test: CompiledTest,
  evaluation: Evaluation<unknown>,
  visit: Visit,
): boolean {
  const child = children[index] as XmlNode
  if (passes(children, index, test) && visit(child)) return true
  return child.type === ELEMENT && walkDescendants(child, test, evaluation, visit)
}

/** What is inside a child and then the child: document order backwards. */
function walkSubtreeBackwards(children: readonly XmlNode[], index: number, test: CompiledTest, visit: Visit): boolean {
  const child = children[index] as XmlNode
  if (child.type === ELEMENT) {
    const inner = child.children
    for (let i = inner.length - 1; i >= 0; i--) if (walkSubtreeBackwards(inner, i, test, visit)) return true
  }
  return passes(children, index, test) && visit(child)
}

const walkParent: WalkAxis = ({ parent }, { matches }, _evaluation, visit) =>
  parent !== null && matches(parent) && visit(parent)

const walkAncestors: WalkAxis = (node, { matches }, _evaluation, visit) => {
  for (let at = node.parent; at !== null; at = at.parent) if (matches(at) && visit(at)) return true
  return false
}

const walkFollowingSiblings: WalkAxis = (node, test, evaluation, visit) => {
  const siblings = siblingsOf(node)
  if (siblings === undefined) return false
  for (let i = indexAmong(siblings, node, evaluation) + 1; i < siblings.length; i++) {
    if (passes(siblings, i, test) && visit(siblings[i] as XmlNode)) return true
  }
  return false
}

const walkPrecedingSiblings: WalkAxis = (node, test, evaluation, visit) => {
  const siblings = siblingsOf(node)
  if (siblings === undefined) return false
  for (let i = indexAmong(siblings, node, evaluation) - 1; i >= 0; i--) {
    if (passes(siblings, i, test) && visit(siblings[i] as XmlNode)) return true
  }
  return false
}

/** After an attribute come the children of its element (XPath 1.0 section 2.2). */
const walkFollowing: WalkAxis = (node, test, evaluation, visit) => {
  const attached = node.type === ATTRIBUTE || node.type === NAMESPACE
  if (attached && node.parent !== null && walkDescendants(node.parent, test, evaluation, visit)) return true
  let at: XPathNode | null = attached ? node.parent : node
  for (; at !== null; at = at.parent) {
    const siblings = siblingsOf(at)
    if (siblings === undefined) continue
    for (let i = indexAmong(siblings, at, evaluation) + 1; i < siblings.length; i++) {
      if (walkSubtree(siblings, i, test, evaluation, visit)) return true
    }
  }
  return false
}

const walkPreceding: WalkAxis = (node, test, evaluation, visit) => {
  let at: XPathNode | null = isSibling(node) ? node : node.parent
  for (; at !== null; at = at.parent) {
    const siblings = siblingsOf(at)
    if (siblings === undefined) continue
    for (let i = indexAmong(siblings, at, evaluation) - 1; i >= 0; i--) {
      if (walkSubtreeBackwards(siblings, i, test, visit)) return true
    }
  }
  return false
}

const walkAttributes: WalkAxis = (node, { matches }, _evaluation, visit) => {
  if (node.type !== ELEMENT) return false
  for (const attribute of node.attributes) if (matches(attribute) && visit(attribute)) return true
  return false
}

const walkNamespaces: WalkAxis = (node, { matches }, _evaluation, visit) => {
  if (node.type !== ELEMENT) return false
  for (const namespace of namespacesOf(node)) if (matches(namespace) && visit(namespace)) return true
  return false
}

const orSelf =
  (rest: WalkAxis): WalkAxis =>
  (node, test, evaluation, visit) =>
    walkSelf(node, test, evaluation, visit) || rest(node, test, evaluation, visit)

const AXES: Readonly<Record<Axis, WalkAxis>> = {
  ancestor: walkAncestors,
  'ancestor-or-self': orSelf(walkAncestors),
  attribute: walkAttributes,
  child: walkChildren,
  descendant: walkDescendants,
  'descendant-or-self': orSelf(walkDescendants),
  following: walkFollowing,
  'following-sibling': walkFollowingSiblings,
  namespace: walkNamespaces,
  parent: walkParent,
  preceding: walkPreceding,
  'preceding-sibling': walkPrecedingSiblings,
  self: walkSelf,
}
