import type { Run, Value } from '../run.ts'
import type { ExsltEntry } from './index.ts'
import { nodesOf } from './arguments.ts'

/** exslt.org/sets. Node-sets come in document order. */
export const sets: ReadonlyMap<string, ExsltEntry> = new Map<string, ExsltEntry>([
  ['difference', [2, 2, ([a, b]) => without(a, b)]],
  ['intersection', [2, 2, ([a, b]) => nodesOf(a).filter((node) => nodesOf(b).includes(node))]],
  ['distinct', [1, 1, ([nodes], run) => distinct(nodes, run)]],
  ['has-same-node', [2, 2, ([a, b]) => nodesOf(a).some((node) => nodesOf(b).includes(node))]],
  ['leading', [2, 2, ([a, b]) => around(a, b, (all, at) => all.slice(0, at))]],
  ['trailing', [2, 2, ([a, b]) => around(a, b, (all, at) => all.slice(at + 1))]],
])

function without(a: Value | undefined, b: Value | undefined): unknown {
  const other = new Set(nodesOf(b))
  return nodesOf(a).filter((node) => !other.has(node))
}

function distinct(nodes: Value | undefined, run: Run): unknown {
  const seen = new Set<string>()
  return nodesOf(nodes).filter((node) => {
    const text = run.evaluation.stringValue(node)
    return !seen.has(text) && seen.add(text)
  })
}

type Nodes = ReturnType<typeof nodesOf>

/** Nodes before or behind the first node of `b`; all when `b` is empty, none when it is not among them. */
function around(a: Value | undefined, b: Value | undefined, part: (all: Nodes, at: number) => Nodes): unknown {
  const [first] = nodesOf(b)
  if (first === undefined) return nodesOf(a)
  const at = nodesOf(a).indexOf(first)
  return at < 0 ? [] : part(nodesOf(a), at)
}
