import { DOCUMENT, ELEMENT, xpath } from 'viaduct'
import type { Pattern } from './pattern.ts'
import type { Node, Run } from './run.ts'

/** `xsl:key`: which nodes it covers, and by what they are found (XSLT 1.0, section 12.2). */
export interface KeyDefinition {
  readonly match: Pattern
  readonly use: xpath.Compiled<Run>
}

/** Indexes of documents by key, made when a document is first asked. */
export class KeyIndexes {
  readonly #definitions: ReadonlyMap<string, readonly KeyDefinition[]>
  readonly #indexes = new Map<Node, Map<string, Map<string, Node[]>>>()

  constructor(definitions: ReadonlyMap<string, readonly KeyDefinition[]>) {
    this.#definitions = definitions
  }

  has(name: string): boolean {
    return this.#definitions.has(name)
  }

  /** The nodes of the document of `node` that have the value, in document order. */
  find(run: Run, name: string, value: string, node: Node): readonly Node[] {
    const root = rootOf(node)
    let indexes = this.#indexes.get(root)
    if (indexes === undefined) this.#indexes.set(root, (indexes = new Map()))
    let index = indexes.get(name)
    if (index === undefined) indexes.set(name, (index = this.#index(run, name, root)))
    return index.get(value) ?? []
  }

  #index(run: Run, name: string, root: Node): Map<string, Node[]> {
    const index = new Map<string, Node[]>()
    const definitions = this.#definitions.get(name) ?? []
    const { evaluation } = run
    const visit = (node: Node): void => {
      for (const { match, use } of definitions) {
        if (!match(run, node)) continue
        const value = use.value(node, 1, 1, evaluation)
        const texts = Array.isArray(value)
          ? value.map((each) => evaluation.stringValue(each))
          : [xpath.toString(value, evaluation)]
        for (const text of texts) {
          const found = index.get(text)
          if (found === undefined) index.set(text, [node])
          else if (found.at(-1) !== node) found.push(node)
        }
      }
      if (node.type === ELEMENT) for (const attribute of node.attributes) visit(attribute)
      if (node.type === ELEMENT || node.type === DOCUMENT) for (const child of node.children) visit(child)
    }
    visit(root)
    return index
  }
}

export function rootOf(node: Node): Node {
  let root: Node = node
  for (let up: Node | null = node.parent; up !== null; up = up.parent) root = up
  return root
}
