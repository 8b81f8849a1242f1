import { type Compilation, type Evaluate, nodesOf, type NodeSource } from './compiled.ts'
import { type Gather, gatherStep } from './gather.ts'
import { rootOf, type XPathNode } from './node.ts'
import { ANY_NODE, compileTest } from './node-test.ts'
import { inDocumentOrder } from './order.ts'
import { Plan, type Stage } from './plan.ts'
import { compilePredicates, NO_PREDICATES, type Predicates } from './predicate.ts'
import { type Stream, type StreamAxis, type StreamStep, streamStep } from './stream.ts'
import type { Path, Step } from './syntax.ts'

/**
 * What is known about the nodes before a step. `single`: at most one. `disjoint`: in order, none inside another. `nested`:
 * in order, some perhaps inside others. `mixed`: each once, but perhaps out of order.
 */
type Spread = 'single' | 'disjoint' | 'nested' | 'mixed'

/** Compiles a location path. The result is always in document order; nodes are sorted only when they came out of order. */
export function compileLocation<E>(path: Path, compilation: Compilation<E>): { source: NodeSource<E>; uses: number } {
  const { start } = path
  const steps = new Steps(compilation)
  const one = new Plan(steps.stages(path.steps, 'single'))
  if (start === 'root') return { source: fromNode(rootOf, one), uses: 0 }
  if (start === 'context') return { source: fromNode((node) => node, one), uses: 0 }
  const many = new Plan(steps.stages(path.steps, 'nested'))
  const compiled = compilation.compile(start)
  const { select } = nodesOf(compiled, start.at)
  // What the host gives may be in any order and hold nodes twice.
  const nodes: Evaluate<E, XPathNode[]> = compiled.type === 'any' ? (...context) => ordered(select(...context)) : select
  return { source: fromNodes(nodes, one, many), uses: compiled.uses }
}

/** A step with everything compiled, before it is decided how it is taken. */
interface Ready<E> {
  readonly axis: StreamAxis
  readonly test: ReturnType<typeof compileTest>
  readonly predicates: Predicates<E>
}

class Steps<E> {
  readonly #compilation: Compilation<E>

  constructor(compilation: Compilation<E>) {
    this.#compilation = compilation
  }

  stages(steps: readonly Step[], spread: Spread): Stage<E>[] {
    const stages: Stage<E>[] = []
    let run: StreamStep<E>[] = []
    let disorders = false
    let before = spread
    const close = (): void => {
      if (run.length > 0) stages.push({ kind: 'stream', stream: chain(run), disorders })
      run = []
      disorders = false
    }
    for (const step of this.#joined(steps)) {
      const { axis, test, predicates } = step
      let after = spreadAfter(step, before, run.at(-1))
      if (after === undefined) {
        close()
        stages.push({ kind: 'gather', gather: axis === 'each-child' ? ANYWHERE : gatherStep(axis, test, predicates) })
        before = 'nested'
        if (axis !== 'each-child') continue
        after = 'mixed'
      }
      if (before === 'nested' && isDescending(axis)) markOutermost(run)
      if (after === 'mixed') disorders = true
      run.push({
        axis: after === 'mixed' && axis === 'each-child' ? 'child' : axis,
        test,
        predicates,
        outermost: false,
      })
      before = after
    }
    close()
    return stages
  }

  /** Joins `descendant-or-self::node()` with the step after it where that gives the same nodes. */
  #joined(steps: readonly Step[]): Ready<E>[] {
    const joined: Ready<E>[] = []
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i] as Step
      const next = steps[i + 1]
      if (!isAnywhere(step) || next?.axis !== 'child') {
        joined.push(this.#ready(step))
        continue
      }
      const { test, predicates } = this.#ready(next)
      const single = predicates.kind === 'none' || predicates.kind === 'filter'
      joined.push({ axis: single ? 'descendant' : 'each-child', test, predicates })
      i++
    }
    return joined
  }

  #ready({ axis, test, predicates, at }: Step): Ready<E> {
    const compilation = this.#compilation
    return {
      axis,
      test: compileTest(axis, test, (prefix) => compilation.namespace(prefix, at)),
      predicates: compilePredicates(predicates, compilation),
    }
  }
}

const ordered = (nodes: XPathNode[]): XPathNode[] => (nodes.length > 1 ? inDocumentOrder(nodes) : nodes)

const ANYWHERE: Gather<unknown> = gatherStep('descendant-or-self', ANY_NODE, NO_PREDICATES)

const isAnywhere = ({ axis, test, predicates }: Step): boolean =>
  axis === 'descendant-or-self' && test.kind === 'node' && predicates.length === 0

const isDescending = (axis: StreamAxis): boolean =>
  axis === 'descendant' || axis === 'descendant-or-self' || axis === 'each-child'

const countsAlone = <E>({ axis, predicates }: Ready<E>): boolean =>
  axis === 'each-child' || predicates.kind === 'none' || predicates.kind === 'filter'

/** What is known after a step that passes nodes on one by one; undefined when the step needs all context nodes. */
function spreadAfter<E>(step: Ready<E>, before: Spread, previous: StreamStep<E> | undefined): Spread | undefined {
  const flat = before === 'single' || before === 'disjoint'
  switch (step.axis) {
    case 'self':
      return before
    case 'child':
      return flat ? 'disjoint' : 'mixed'
    case 'attribute':
    case 'namespace':
      return before === 'mixed' ? 'mixed' : 'disjoint'
    case 'parent':
      return before === 'single' ? 'single' : undefined
    case 'following-sibling':
      return before === 'single' ? 'disjoint' : undefined
    case 'descendant':
    case 'descendant-or-self':
    case 'each-child':
      if (!countsAlone(step)) return undefined
      if (flat) return 'nested'
      // Directly after another descent, inner contexts add nothing.
      return before === 'nested' && previous !== undefined && isDescending(previous.axis) ? 'nested' : undefined
    case 'ancestor':
    case 'ancestor-or-self':
    case 'following':
    case 'preceding':
    case 'preceding-sibling':
      return undefined
  }
}

function markOutermost<E>(run: StreamStep<E>[]): void {
  const last = run.pop()
  if (last !== undefined) run.push({ ...last, outermost: true })
}

function chain<E>(steps: readonly StreamStep<E>[]): Stream<E> {
  const end: Stream<E> = (node, _evaluation, sink) => sink.accept(node)
  return steps.reduceRight((next, step) => streamStep(step, next), end)
}

function fromNode<E>(from: (node: XPathNode) => XPathNode, plan: Plan<E>): NodeSource<E> {
  return {
    scan: (node, _position, _size, evaluation, sink) => plan.scan(from(node), evaluation, sink),
    select: (node, _position, _size, evaluation) => plan.select([from(node)], evaluation),
    nth: (n) => (node, _position, _size, evaluation) => plan.nth(from(node), evaluation, n),
    count: (node, _position, _size, evaluation) => plan.count(from(node), evaluation),
  }
}

/** Most expressions that start a path give one node (`$body`), for which a better plan holds. */
function fromNodes<E>(start: Evaluate<E, XPathNode[]>, one: Plan<E>, many: Plan<E>): NodeSource<E> {
  return {
    scan: (node, position, size, evaluation, sink) => {
      const nodes = start(node, position, size, evaluation)
      return (nodes.length === 1 ? one : many).scanAll(nodes, evaluation, sink)
    },
    select: (node, position, size, evaluation) => {
      const nodes = start(node, position, size, evaluation)
      return (nodes.length === 1 ? one : many).select(nodes, evaluation)
    },
    nth: (n) => (node, position, size, evaluation) => {
      const nodes = start(node, position, size, evaluation)
      const [first] = nodes
      return nodes.length === 1 && first !== undefined
        ? one.nth(first, evaluation, n)
        : many.select(nodes, evaluation)[n - 1]
    },
    count: (node, position, size, evaluation) => {
      const nodes = start(node, position, size, evaluation)
      const [first] = nodes
      return nodes.length === 1 && first !== undefined
        ? one.count(first, evaluation)
        : many.select(nodes, evaluation).length
    },
  }
}
