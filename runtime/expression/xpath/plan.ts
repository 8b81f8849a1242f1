import type { Evaluation } from './evaluation.ts'
import type { Gather } from './gather.ts'
import type { XPathNode } from './node.ts'
import { inDocumentOrder } from './order.ts'
import { Collector, Counter, Nth, type Sink } from './sink.ts'
import type { Stream } from './stream.ts'

/**
 * A run of steps that pass nodes on one by one (`stream`), or one step that needs all its context nodes (`gather`).
 * `disorders`: nodes may leave the run out of order when some that entered it, or passed through, lie inside others.
 */
export type Stage<E> =
  | { readonly kind: 'stream'; readonly stream: Stream<E>; readonly disorders: boolean }
  | { readonly kind: 'gather'; readonly gather: Gather<E> }

/** The steps of a path, to be taken from context nodes that stand in document order, each once. */
export class Plan<E> {
  /** The steps when all of them pass nodes on one by one: then nothing need be kept on the way. */
  readonly #only: Stream<E> | undefined
  readonly #stages: readonly Stage<E>[]
  /** `scan` gives each node once and in document order. */
  readonly #inOrder: boolean

  constructor(stages: readonly Stage<E>[]) {
    const [first] = stages
    const last = stages.at(-1)
    this.#stages = stages
    this.#only = stages.length === 1 && first?.kind === 'stream' ? first.stream : undefined
    this.#inOrder = last?.kind !== 'stream' || !last.disorders
  }

  /** Gives every node, some perhaps twice and in any order; true when the sink has had enough. */
  scan(context: XPathNode, evaluation: Evaluation<E>, sink: Sink): boolean {
    return this.#only ? this.#only(context, evaluation, sink) : this.scanAll([context], evaluation, sink)
  }

  scanAll(contexts: readonly XPathNode[], evaluation: Evaluation<E>, sink: Sink): boolean {
    const last = this.#stages.at(-1)
    let nodes = contexts
    for (const stage of this.#stages) if (stage !== last) nodes = takeStage(stage, nodes, evaluation)
    if (last?.kind === 'gather') nodes = last.gather(nodes, evaluation)
    const stream = last?.kind === 'stream' ? last.stream : undefined
    for (const node of nodes) if (stream ? stream(node, evaluation, sink) : sink.accept(node)) return true
    return false
  }

  select(contexts: readonly XPathNode[], evaluation: Evaluation<E>): XPathNode[] {
    let nodes = contexts
    for (const stage of this.#stages) nodes = takeStage(stage, nodes, evaluation)
    return nodes === contexts ? [...contexts] : (nodes as XPathNode[])
  }

  /** The n-th node in document order. */
  nth(context: XPathNode, evaluation: Evaluation<E>, n: number): XPathNode | undefined {
    if (!this.#inOrder) return this.select([context], evaluation)[n - 1]
    const sink = new Nth(n)
    this.scan(context, evaluation, sink)
    return sink.node
  }

  count(context: XPathNode, evaluation: Evaluation<E>): number {
    if (!this.#inOrder) return this.select([context], evaluation).length
    const sink = new Counter()
    this.scan(context, evaluation, sink)
    return sink.count
  }
}

function takeStage<E>(stage: Stage<E>, nodes: readonly XPathNode[], evaluation: Evaluation<E>): XPathNode[] {
  if (stage.kind === 'gather') return stage.gather(nodes, evaluation)
  const sink = new Collector()
  for (const node of nodes) stage.stream(node, evaluation, sink)
  return stage.disorders && (sink.nested || nodes.length > 1) ? inDocumentOrder(sink.nodes) : sink.nodes
}
