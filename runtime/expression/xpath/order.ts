import { ELEMENT, type XmlParent } from '../../xml/tree.ts'
import { childrenOf, NAMESPACE, type XPathNamespace, type XPathNode } from './node.ts'

/**
 * The nodes in document order, each once. Marks the nodes and everything above them and then walks what is marked, so the
 * cost is that of looking at the siblings on the way, never a comparison of pairs.
 */
export function inDocumentOrder(nodes: readonly XPathNode[]): XPathNode[] {
  const wanted = new Set(nodes)
  if (wanted.size < 2) return [...wanted]
  const sweep = new Sweep(wanted)
  for (const node of wanted) sweep.mark(node)
  return sweep.run()
}

class Sweep {
  readonly #wanted: Set<XPathNode>
  readonly #above = new Set<XPathNode>()
  readonly #roots = new Set<XPathNode>()
  readonly #namespaces = new Map<XPathNode, Map<string, XPathNamespace>>()
  readonly #found: XPathNode[] = []

  constructor(wanted: Set<XPathNode>) {
    this.#wanted = wanted
  }

  mark(node: XPathNode): void {
    if (node.type === NAMESPACE) this.#markNamespace(node)
    if (node.parent === null) this.#roots.add(node)
    for (let at: XmlParent | null = node.parent; at !== null && !this.#above.has(at); at = at.parent) {
      this.#above.add(at)
      if (at.parent === null) this.#roots.add(at)
    }
  }

  run(): XPathNode[] {
    for (const root of this.#roots) this.#visit(root)
    return this.#found
  }

  /** Namespace nodes are made anew every time: the same prefix of the same element is the same node. */
  #markNamespace(node: XPathNamespace): void {
    const known = this.#namespaces.get(node.parent)
    if (known === undefined) this.#namespaces.set(node.parent, new Map([[node.name, node]]))
    else if (known.has(node.name)) this.#wanted.delete(node)
    else known.set(node.name, node)
  }

  #visit(node: XPathNode): void {
    if (this.#wanted.has(node)) this.#found.push(node)
    if (!this.#above.has(node)) return
    if (node.type === ELEMENT) {
      for (const namespace of this.#namespaces.get(node)?.values() ?? []) this.#found.push(namespace)
      for (const attribute of node.attributes) if (this.#wanted.has(attribute)) this.#found.push(attribute)
    }
    for (const child of childrenOf(node)) {
      if (this.#found.length === this.#wanted.size) return
      if (this.#wanted.has(child) || this.#above.has(child)) this.#visit(child)
    }
  }
}
