import { DOCUMENT, ELEMENT, TEXT, type XmlNode, type XmlText } from '../../xml/tree.ts'
import { textOf, type XPathNode } from './node.ts'

/** Below this many siblings a plain search is as fast as anything. */
const FEW = 16

/**
 * One evaluation of an expression. Remembers where among many siblings a node was found last, because expressions go
 * through siblings in order: without that, `preceding-sibling::*[1]` for each of n children would cost n².
 */
export class Evaluation<E> {
  readonly env: E
  #near: Map<readonly XmlNode[], number> | undefined

  constructor(env: E) {
    this.env = env
  }

  /** The position of a node among its siblings; -1 when it is not there. */
  indexOf(siblings: readonly XmlNode[], node: XmlNode): number {
    if (siblings.length <= FEW) return siblings.indexOf(node)
    const near = (this.#near ??= new Map<readonly XmlNode[], number>())
    const from = near.get(siblings) ?? 0
    let index = -1
    for (let i = Math.max(0, from - FEW); i <= from + FEW && index < 0; i++) if (siblings[i] === node) index = i
    if (index < 0) index = siblings.indexOf(node)
    near.set(siblings, index)
    return index
  }

  /** The string-value of a node (XPath 1.0 chapter 5). */
  stringValue(node: XPathNode): string {
    if (node.type === ELEMENT || node.type === DOCUMENT) return textOf(node)
    return node.type === TEXT ? this.#run(node) : node.value
  }

  /** A text and the texts that follow it directly: one node of the data model. */
  #run(node: XmlText): string {
    const siblings = node.parent?.children
    if (siblings === undefined || siblings.length === 1) return node.value
    let text = node.value
    let at = this.indexOf(siblings, node)
    for (let next = siblings[++at]; next?.type === TEXT; next = siblings[++at]) text += next.value
    return text
  }
}
