import { ELEMENT, TEXT, type XmlNode } from '../../xml/tree.ts'
import { passes } from './axis.ts'
import type { Evaluation } from './evaluation.ts'
import { childrenOf, startsText, type XPathNode } from './node.ts'
import type { CompiledTest } from './node-test.ts'
import { type Predicates, selectOnAxis } from './predicate.ts'
import type { Sink } from './sink.ts'
import type { Axis } from './syntax.ts'

/** Gives what a node leads to to the next step, at last to the sink; true when the sink has had enough. */
export type Stream<E> = (node: XPathNode, evaluation: Evaluation<E>, sink: Sink) => boolean

/** `each-child`: `//x[2]`, the second `x` of each element inside, found in one walk in document order. */
export type StreamAxis = Axis | 'each-child'

export interface StreamStep<E> {
  readonly axis: StreamAxis
  readonly test: CompiledTest
  readonly predicates: Predicates<E>
  /** The next step looks at everything inside, so that nodes inside a node already given would add nothing. */
  readonly outermost: boolean
}

export function streamStep<E>(step: StreamStep<E>, next: Stream<E>): Stream<E> {
  const { axis, test, predicates } = step
  if (axis === 'child') return childStream(test, predicates, next)
  if (axis === 'each-child') return eachChildStream(step, next)
  const { kind } = predicates
  if (kind === 'none' && axis === 'attribute') return attributeStream(test, next)
  if (kind === 'none' && (axis === 'self' || axis === 'parent')) return nearestStream(axis, test, next)
  if (axis === 'descendant' || axis === 'descendant-or-self') return descendantStream(step, next)
  return listedStream(axis, test, predicates, next)
}

function childStream<E>(test: CompiledTest, predicates: Predicates<E>, next: Stream<E>): Stream<E> {
  const { matches, texts, elements } = test
  switch (predicates.kind) {
    case 'none':
      return (node, evaluation, sink) => {
        const children = childrenOf(node)
        for (let i = 0; i < children.length; i++) {
          const child = children[i] as XmlNode
          const { type } = child
          if (type !== ELEMENT && (elements || (texts && type === TEXT && !startsText(children, i)))) continue
          if (!matches(child)) continue
          if (next(child, evaluation, sink)) return true
        }
        return false
      }
    case 'filter': {
      const { keep } = predicates
      return (node, evaluation, sink) => {
        const children = childrenOf(node)
        for (let i = 0; i < children.length; i++) {
          const child = children[i] as XmlNode
          const { type } = child
          if (type !== ELEMENT && (elements || (texts && type === TEXT && !startsText(children, i)))) continue
          if (!matches(child)) continue
          if (keep(child, evaluation) && next(child, evaluation, sink)) return true
        }
        return false
      }
    }
    case 'counted': {
      const { before, keep, after, limit } = predicates
      return (node, evaluation, sink) => {
        const children = childrenOf(node)
        let position = 0
        for (let i = 0; i < children.length && position < limit; i++) {
          if (!passes(children, i, test)) continue
          const child = children[i] as XmlNode
          if (!before(child, evaluation) || !keep(child, ++position, 0, evaluation) || !after(child, evaluation))
            continue
          if (next(child, evaluation, sink)) return true
        }
        return false
      }
    }
    case 'listed':
      return listedStream('child', test, predicates, next)
  }
}

/** Axes where the candidates are few, or must be known before the first predicate runs. */
function listedStream<E>(axis: Axis, test: CompiledTest, predicates: Predicates<E>, next: Stream<E>): Stream<E> {
  const select = selectOnAxis(axis, test, predicates)
  return (node, evaluation, sink) => {
    for (const found of select(node, evaluation)) if (next(found, evaluation, sink)) return true
    return false
  }
}

function nearestStream<E>(axis: 'self' | 'parent', { matches }: CompiledTest, next: Stream<E>): Stream<E> {
  if (axis === 'self') return (node, evaluation, sink) => matches(node) && next(node, evaluation, sink)
  return ({ parent }, evaluation, sink) => parent !== null && matches(parent) && next(parent, evaluation, sink)
}

function attributeStream<E>({ matches }: CompiledTest, next: Stream<E>): Stream<E> {
  return (node, evaluation, sink) => {
    if (node.type !== ELEMENT) return false
    const { attributes } = node
    for (let i = 0; i < attributes.length; i++) {
      const attribute = attributes[i]
      if (attribute !== undefined && matches(attribute) && next(attribute, evaluation, sink)) return true
    }
    return false
  }
}

/** What cannot match and holds nothing: neighbouring texts are one node, that of the first. */
const isPassedOver = (
  { type }: XmlNode,
  children: readonly XmlNode[],
  i: number,
  { texts, elements }: CompiledTest,
): boolean => type !== ELEMENT && (elements || (texts && type === TEXT && !startsText(children, i)))

function descendantStream<E>({ axis, test, predicates, outermost }: StreamStep<E>, next: Stream<E>): Stream<E> {
  const { matches } = test
  const keep = predicates.kind === 'filter' ? predicates.keep : undefined
  const descend = (children: readonly XmlNode[], evaluation: Evaluation<E>, sink: Sink, inside: boolean): boolean => {
    for (let i = 0; i < children.length; i++) {
      const child = children[i] as XmlNode
      if (isPassedOver(child, children, i, test)) continue
      let within = inside
      if (matches(child) && (keep === undefined || keep(child, evaluation))) {
        if (inside) sink.nested = true
        if (!(inside && outermost) && next(child, evaluation, sink)) return true
        within = true
      }
      if (child.type === ELEMENT && child.children.length > 0 && descend(child.children, evaluation, sink, within))
        return true
    }
    return false
  }
  if (axis === 'descendant') return (node, evaluation, sink) => descend(childrenOf(node), evaluation, sink, false)
  return (node, evaluation, sink) => {
    const self = matches(node) && (keep === undefined || keep(node, evaluation))
    if (self && next(node, evaluation, sink)) return true
    return descend(childrenOf(node), evaluation, sink, self)
  }
}

/** A walk over all elements that chooses among the children of each and keeps document order all the same. */
function eachChildStream<E>({ test, predicates, outermost }: StreamStep<E>, next: Stream<E>): Stream<E> {
  const { apply } = predicates
  const chosenOf = (children: readonly XmlNode[], evaluation: Evaluation<E>): XPathNode[] => {
    const candidates: XmlNode[] = []
    for (let i = 0; i < children.length; i++) if (passes(children, i, test)) candidates.push(children[i] as XmlNode)
    return candidates.length === 0 ? candidates : apply(candidates, evaluation)
  }
  const descend = (children: readonly XmlNode[], evaluation: Evaluation<E>, sink: Sink, inside: boolean): boolean => {
    const chosen = chosenOf(children, evaluation)
    let at = 0
    for (const child of children) {
      let within = inside
      if (child === chosen[at]) {
        at++
        if (inside) sink.nested = true
        if (!(inside && outermost) && next(child, evaluation, sink)) return true
        within = true
      }
      if (child.type === ELEMENT && descend(child.children, evaluation, sink, within)) return true
    }
    return false
  }
  return (node, evaluation, sink) => descend(childrenOf(node), evaluation, sink, false)
}
