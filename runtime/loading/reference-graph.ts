import type { Report, Span } from '../diagnostic.ts'
import type { Reading } from '../schema.ts'
import { ELEMENT, type XmlElement } from '../xml/tree.ts'
import type { Declaration } from './artifact-names.ts'
import { isReferable, type ReferableKind } from './references.ts'

/** One static reference between artifacts: who refers, to whom, and where it is written. */
interface Edge {
  readonly from: string
  readonly to: string
  readonly at: Span
  /** The reference is followed whenever its owner runs; else a branch, a clone or an error decides. */
  readonly always: boolean
}

/** Which kinds can form circles with each other. */
const CIRCLES: Readonly<Partial<Record<ReferableKind, string>>> = {
  sequence: 'flow',
  template: 'flow',
  endpoint: 'endpoint',
  endpointTemplate: 'endpoint',
}

/** Which artifacts refer to which by a name written in the configuration. */
export class ReferenceGraph {
  readonly #edges: Edge[] = []

  note(owner: Declaration, kind: ReferableKind, name: string, { element, at }: Reading): void {
    const circle = CIRCLES[kind]
    if (circle === undefined || !isReferable(owner.kind) || CIRCLES[owner.kind] !== circle) return
    // An endpoint hands every message on; a sequence may not come to what stands inside of its mediators.
    const always = circle === 'endpoint' || ownPipeline(element, owner)
    this.#edges.push({ from: owner.name, to: name, at, always })
  }

  /**
   * Reports artifacts that refer to each other in a circle: an error when nothing on the way can leave it, a warning when a
   * branch can (recursion that ends by itself; the limit of depth guards it).
   */
  reportCircles(report: Report): void {
    const told = new Set<string>()
    for (const cycle of circles(this.#edges.filter(({ always }) => always))) {
      if (isNew(cycle, told))
        report('sequence-cycle', placeOf(cycle), `${chain(cycle)}: no message would ever leave this circle`)
    }
    for (const cycle of circles(this.#edges)) {
      if (isNew(cycle, told))
        report('sequence-recursion', placeOf(cycle), `${chain(cycle)}: this circle ends only where a branch leaves it`)
    }
  }
}

/** Whether a mediator stands in the pipeline of the artifact itself, or in that of a part such as a template's `<sequence>`. */
function ownPipeline(element: XmlElement, owner: Declaration): boolean {
  const { parent } = element
  if (parent === owner.element) return !isPart(element, owner)
  return parent?.type === ELEMENT && parent.parent === owner.element && isPart(parent, owner)
}

const isPart = ({ name }: XmlElement, { definition }: Declaration): boolean =>
  Object.values(definition.children).some(({ element }) => element === name)

function isNew(cycle: readonly Edge[], told: Set<string>): boolean {
  const key = cycle
    .map(({ from }) => from)
    .toSorted()
    .join('\n')
  return !told.has(key) && told.add(key) !== undefined
}

const chain = (cycle: readonly Edge[]): string => [...cycle.map(({ from }) => from), cycle[0]?.from].join(' → ')

const placeOf = ([first]: readonly Edge[]): Span => first?.at ?? NOWHERE

const NOWHERE: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }

/** Circles that a depth-first walk meets: at least one of every group of artifacts that can reach each other. */
function circles(edges: readonly Edge[]): Edge[][] {
  const outgoing = Map.groupBy(edges, ({ from }) => from)
  const done = new Set<string>()
  const found: Edge[][] = []
  for (const start of outgoing.keys()) walk(start, outgoing, done, found)
  return found
}

function walk(start: string, outgoing: ReadonlyMap<string, readonly Edge[]>, done: Set<string>, found: Edge[][]): void {
  const path: Edge[] = []
  const onPath = new Map<string, number>([[start, 0]])
  const stack = [{ node: start, next: 0 }]
  while (!done.has(start)) {
    const top = stack.at(-1)
    if (top === undefined) return
    const edge = outgoing.get(top.node)?.[top.next++]
    if (edge === undefined) {
      done.add(top.node)
      onPath.delete(top.node)
      stack.pop()
      path.pop()
      continue
    }
    const back = onPath.get(edge.to)
    if (back !== undefined) found.push([...path.slice(back), edge])
    else if (!done.has(edge.to)) {
      path.push(edge)
      onPath.set(edge.to, path.length)
      stack.push({ node: edge.to, next: 0 })
    }
  }
}
