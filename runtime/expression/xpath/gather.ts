import type { XmlNode } from '../../xml/tree.ts'
import { indexAmong, passes, siblingsOf, walkAxis } from './axis.ts'
import type { Evaluation } from './evaluation.ts'
import { childrenOf, type XPathNode } from './node.ts'
import type { CompiledTest } from './node-test.ts'
import { inDocumentOrder } from './order.ts'
import { type Predicates, selectOnAxis } from './predicate.ts'
import type { Axis } from './syntax.ts'

/** A step taken from all context nodes at once. Contexts and result are in document order, each node once. */
export type Gather<E> = (contexts: readonly XPathNode[], evaluation: Evaluation<E>) => XPathNode[]

/**
 * A step on an axis where several context nodes lead to the same nodes. Without positional predicates each node is looked
 * at once, however many context nodes lead to it.
 */
export function gatherStep<E>(axis: Axis, test: CompiledTest, predicates: Predicates<E>): Gather<E> {
  if (predicates.kind === 'counted' || predicates.kind === 'listed') return eachByItself(axis, test, predicates)
  const reach = REACH[axis]
  if (reach === undefined) return eachByItself(axis, test, predicates)
  return (contexts, evaluation) => {
    const found = new Set<XPathNode>()
    reach(contexts, test, evaluation, found)
    return inDocumentOrder(predicates.apply([...found], evaluation))
  }
}

/** Predicates that count do so for each context node by itself. */
function eachByItself<E>(axis: Axis, test: CompiledTest, predicates: Predicates<E>): Gather<E> {
  const select = selectOnAxis(axis, test, predicates)
  return (contexts, evaluation) => {
    const found: XPathNode[] = []
    for (const context of contexts) for (const node of select(context, evaluation)) found.push(node)
    return inDocumentOrder(found)
  }
}

type Reach = (
  contexts: readonly XPathNode[],
  test: CompiledTest,
  evaluation: Evaluation<unknown>,
  found: Set<XPathNode>,
) => void

const reachParents: Reach = (contexts, { matches }, _evaluation, found) => {
  for (const { parent } of contexts) if (parent !== null && matches(parent)) found.add(parent)
}

const reachAncestors =
  (orSelf: boolean): Reach =>
  (contexts, { matches }, _evaluation, found) => {
    const seen = new Set<XPathNode>()
    for (const context of contexts) {
      if (orSelf && matches(context)) found.add(context)
      for (let at = context.parent; at !== null && !seen.has(at); at = at.parent) {
        seen.add(at)
        if (matches(at)) found.add(at)
      }
    }
  }

/** Contexts inside a context that came before add nothing. */
const reachDescendants =
  (orSelf: boolean): Reach =>
  (contexts, test, _evaluation, found) => {
    const inside = new Set<XPathNode>(contexts)
    const descend = (children: readonly XmlNode[]): void => {
      for (let i = 0; i < children.length; i++) {
        const child = children[i] as XmlNode
        inside.delete(child)
        if (passes(children, i, test)) found.add(child)
        descend(childrenOf(child))
      }
    }
    for (const context of contexts) {
      if (!inside.has(context)) continue
      if (orSelf && test.matches(context)) found.add(context)
      descend(childrenOf(context))
    }
  }

/** Of the contexts among the same siblings the first reaches all that the others reach. */
const reachFollowingSiblings: Reach = (contexts, test, evaluation, found) => {
  const seen = new Set<readonly XmlNode[]>()
  for (const context of contexts) {
    const siblings = siblingsOf(context)
    if (siblings === undefined || seen.has(siblings)) continue
    seen.add(siblings)
    for (let i = indexAmong(siblings, context, evaluation) + 1; i < siblings.length; i++) {
      if (passes(siblings, i, test)) found.add(siblings[i] as XmlNode)
    }
  }
}

const reachPrecedingSiblings: Reach = (contexts, test, evaluation, found) => {
  const last = new Map<readonly XmlNode[], XPathNode>()
  for (const context of contexts) {
    const siblings = siblingsOf(context)
    if (siblings !== undefined) last.set(siblings, context)
  }
  for (const [siblings, context] of last) {
    const end = indexAmong(siblings, context, evaluation)
    for (let i = 0; i < end; i++) if (passes(siblings, i, test)) found.add(siblings[i] as XmlNode)
  }
}

/** The context that ends first has all following nodes of the others among its own. */
const reachFollowing: Reach = (contexts, test, evaluation, found) => {
  let [first] = contexts
  for (const context of contexts) {
    if (first === undefined || (context !== first && !isInside(context, first))) break
    first = context
  }
  if (first !== undefined) walkAxis('following', first, test, evaluation, adding(found))
}

const reachPreceding: Reach = (contexts, test, evaluation, found) => {
  const last = contexts.at(-1)
  if (last !== undefined) walkAxis('preceding', last, test, evaluation, adding(found))
}

const adding = (found: Set<XPathNode>) => (node: XPathNode) => {
  found.add(node)
  return false
}

function isInside(node: XPathNode, other: XPathNode): boolean {
  for (let at = node.parent; at !== null; at = at.parent) if (at === other) return true
  return false
}

const REACH: Readonly<Partial<Record<Axis, Reach>>> = {
  parent: reachParents,
  ancestor: reachAncestors(false),
  'ancestor-or-self': reachAncestors(true),
  descendant: reachDescendants(false),
  'descendant-or-self': reachDescendants(true),
  'following-sibling': reachFollowingSiblings,
  'preceding-sibling': reachPrecedingSiblings,
  following: reachFollowing,
  preceding: reachPreceding,
}
