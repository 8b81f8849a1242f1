import type { XPathNode } from 'viaduct'
import { boolean, integer, string, xpathExpression, type XPathExpression } from '../data-types/index.ts'
import { selectNodes } from '../evaluation/select-nodes.ts'
import type { EvaluationContext } from '../evaluation/context.ts'
import { type FunctionDefinition, type ValueType, valueType } from './function.ts'

/** Works on the nodes that its paths select. */
function overNodes(
  name: string,
  count: number,
  result: ValueType,
  of: (first: readonly XPathNode[], second: readonly XPathNode[]) => unknown,
): FunctionDefinition[] {
  const call: FunctionDefinition['call'] = (context, ...paths) => {
    const [first = [], second = []] = paths.map((path) => {
      const { category, path: compiled, breadth } = path as XPathExpression
      return selectNodes(compiled, breadth, category, context as EvaluationContext)
    })
    return of(first, second)
  }
  const definition = (id: string, type: ValueType): FunctionDefinition => ({
    id,
    parameters: Array.from({ length: count }, () => type),
    rest: undefined,
    result,
    call,
    contextual: true,
  })
  // The deprecated forms take texts, which the compiler turns into paths.
  return [
    definition(`urn:oasis:names:tc:xacml:3.0:function:${name}`, valueType(xpathExpression)),
    definition(`urn:oasis:names:tc:xacml:1.0:function:${name}`, valueType(string)),
  ]
}

const isOneOf = (nodes: readonly XPathNode[], others: readonly XPathNode[]): boolean => {
  const set = new Set(others)
  return nodes.some((node) => set.has(node))
}

/** A node of the second list is in the first one, or somewhere inside of a node that is. */
function isInside(first: readonly XPathNode[], second: readonly XPathNode[]): boolean {
  const set = new Set<unknown>(first)
  return second.some((node) => {
    for (let at: XPathNode | null = node; at !== null; at = at.parent) if (set.has(at)) return true
    return false
  })
}

/** Section A.3.15 of XACML 3.0. */
export const xpathFunctions: readonly FunctionDefinition[] = [
  ...overNodes('xpath-node-count', 1, valueType(integer), (nodes) => BigInt(nodes.length)),
  ...overNodes('xpath-node-equal', 2, valueType(boolean), isOneOf),
  ...overNodes('xpath-node-match', 2, valueType(boolean), isInside),
]
