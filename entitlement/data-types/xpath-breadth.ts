import type { XPath } from 'viaduct'

type Syntax = XPath['syntax']

const WIDE: ReadonlySet<string> = new Set([
  'ancestor',
  'ancestor-or-self',
  'child',
  'descendant',
  'descendant-or-self',
  'following',
  'following-sibling',
  'preceding',
  'preceding-sibling',
])

/**
 * How many loops over a document an expression holds inside each other: a path is one, with one more when several of its steps
 * go far, and a predicate runs its own for each node. An evaluation takes about nodes to this power; expressions from clients
 * are refused when that is too much.
 */
export function xpathBreadth(syntax: Syntax): number {
  switch (syntax.kind) {
    case 'literal':
    case 'number':
    case 'variable':
      return 0
    case 'call':
      return widest(syntax.args)
    case 'negate':
      return xpathBreadth(syntax.operand)
    case 'binary':
      return widest([syntax.left, syntax.right])
    case 'filter':
      return Math.max(xpathBreadth(syntax.primary), 1 + widest(syntax.predicates))
    case 'path': {
      const start = typeof syntax.start === 'string' ? 0 : xpathBreadth(syntax.start)
      const far = syntax.steps.filter(({ axis }) => WIDE.has(axis) && axis !== 'child').length
      const predicates = widest(syntax.steps.flatMap((step) => step.predicates))
      return Math.max(start, Math.min(far, 2) || 1) + predicates
    }
  }
}

const widest = (parts: readonly Syntax[]): number => parts.reduce((most, part) => Math.max(most, xpathBreadth(part)), 0)
