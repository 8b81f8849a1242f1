import type { Evaluation } from './evaluation.ts'
import type { XPathNode } from './node.ts'

/** Takes the nodes of a path one by one; true ends the walk. */
export interface Sink {
  /** Set by a walk that met a node inside another: children of both would come out of order. */
  nested: boolean
  accept(node: XPathNode): boolean
}

export class Collector implements Sink {
  nested = false
  readonly nodes: XPathNode[] = []

  accept(node: XPathNode): boolean {
    this.nodes.push(node)
    return false
  }
}

/** Stops at the n-th node. */
export class Nth implements Sink {
  nested = false
  node: XPathNode | undefined = undefined
  #left: number

  constructor(n: number) {
    this.#left = n
  }

  accept(node: XPathNode): boolean {
    if (--this.#left > 0) return false
    this.node = node
    return true
  }
}

export class Counter implements Sink {
  nested = false
  count = 0

  accept(): boolean {
    this.count++
    return false
  }
}

/** Stops at the first node at all. */
export class Anything implements Sink {
  nested = false

  accept(): boolean {
    return true
  }
}

/** Stops at a node whose string-value equals (or, with `equal` false, differs from) a text. */
export class TextMatch implements Sink {
  nested = false
  readonly #evaluation: Evaluation<unknown>
  readonly #text: string
  readonly #equal: boolean

  constructor(evaluation: Evaluation<unknown>, text: string, equal: boolean) {
    this.#evaluation = evaluation
    this.#text = text
    this.#equal = equal
  }

  accept(node: XPathNode): boolean {
    return (this.#evaluation.stringValue(node) === this.#text) === this.#equal
  }
}
