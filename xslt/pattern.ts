import { ATTRIBUTE, DOCUMENT, ELEMENT, TEXT, xpath } from 'viaduct'
import type { Names } from './names-in-scope.ts'
import type { Node, Run } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'

/** Whether a node matches (XSLT 1.0, section 5.2). */
export type Pattern = (run: Run, node: Node) => boolean

/** One alternative of a match pattern. */
export interface PatternAlternative {
  readonly matches: Pattern
  /** Default priority (section 5.5). */
  readonly priority: number
  /** What a node must be to match at all, for the index of rules; undefined: anything. */
  readonly kind: 'element' | 'attribute' | 'text' | 'root' | 'other' | undefined
  /** Local name that elements or attributes must have; undefined: any. */
  readonly local: string | undefined
}

/** Compiles a match pattern. Throws StylesheetError or XPathError. */
export function compilePattern(text: string, names: Names): readonly PatternAlternative[] {
  return alternatives(xpath.parseXPath(text, names.host.namespaces)).map((each) =>
    compileAlternative(each, names, text),
  )
}

/** The alternatives as one. */
export function anyOf(patterns: readonly PatternAlternative[]): Pattern {
  const [only] = patterns
  if (patterns.length === 1 && only !== undefined) return only.matches
  return (run, node) => patterns.some(({ matches }) => matches(run, node))
}

function alternatives(expression: xpath.Expression): xpath.Expression[] {
  if (expression.kind === 'binary' && expression.operator === '|')
    return [...alternatives(expression.left), ...alternatives(expression.right)]
  return [expression]
}

function compileAlternative(expression: xpath.Expression, names: Names, text: string): PatternAlternative {
  if (expression.kind === 'call')
    return { matches: compileCall(expression, names), priority: 0.5, kind: undefined, local: undefined }
  if (expression.kind !== 'path') throw new StylesheetError(`"${text}" is no match pattern`)
  const { start, steps } = expression
  if (start === 'root' && steps.length === 0)
    return { matches: (_run, node) => node.type === DOCUMENT, priority: 0.5, kind: 'root', local: undefined }
  const base: Pattern | undefined =
    start === 'context' ? undefined : start === 'root' ? isRoot : compileCall(start, names)
  return { matches: compileSteps(steps, base, names, text), ...appearance(steps, start === 'context') }
}

const isRoot: Pattern = (_run, node) => node.type === DOCUMENT

/** `id()` and `key()`, the only calls of patterns. */
function compileCall(expression: xpath.Expression, names: Names): Pattern {
  if (expression.kind !== 'call' || !['id', 'key'].includes(expression.name.local))
    throw new StylesheetError('only id() and key() can stand in a match pattern')
  const { value } = xpath.compileExpression(expression, names.host)
  return (run, node) => {
    const selected = value(node, 1, 1, run.evaluation)
    return Array.isArray(selected) && selected.includes(node)
  }
}

/** Tries the last step on the node, then those before on what is above it. */
function compileSteps(steps: readonly xpath.Step[], base: Pattern | undefined, names: Names, text: string): Pattern {
  let above = base
  let anywhere = false
  for (const step of steps) {
    if (step.axis === 'descendant-or-self' && step.test.kind === 'node' && step.predicates.length === 0) {
      anywhere = true
      continue
    }
    if (step.axis !== 'child' && step.axis !== 'attribute')
      throw new StylesheetError(`"${text}": the axis ${step.axis} cannot stand in a match pattern`)
    above = compileStep(step, above, anywhere, names)
    anywhere = false
  }
  if (above === undefined) throw new StylesheetError(`"${text}" is no match pattern`)
  return above
}

function compileStep(step: xpath.Step, above: Pattern | undefined, anywhere: boolean, names: Names): Pattern {
  const { matches } = xpath.compileTest(step.axis, step.test, (prefix) => names.namespace(prefix))
  const onAxis = step.axis === 'attribute' ? isAttribute : isChild
  const predicates = step.predicates.map((each) => xpath.compileExpression(each, names.host))
  const test: Pattern =
    predicates.length === 0
      ? (_run, node) => onAxis(node) && matches(node)
      : withPredicates(onAxis, matches, predicates)
  if (above === undefined) return test
  const upper = above
  if (!anywhere) return (run, node) => node.parent !== null && test(run, node) && upper(run, node.parent)
  return (run, node) => {
    if (!test(run, node)) return false
    for (let up: Node | null = node.parent; up !== null; up = up.parent) if (upper(run, up)) return true
    return false
  }
}

const isAttribute = (node: Node): boolean => node.type === ATTRIBUTE
const isChild = (node: Node): boolean => node.type !== ATTRIBUTE && node.type !== DOCUMENT && 'parent' in node

function withPredicates(
  onAxis: (node: Node) => boolean,
  matches: (node: Node) => boolean,
  predicates: readonly xpath.Compiled<Run>[],
): Pattern {
  const positional = predicates.some(({ uses, type }) => uses !== 0 || type === 'number' || type === 'any')
  if (!positional)
    return ({ evaluation }, node) =>
      onAxis(node) && matches(node) && predicates.every(({ boolean }) => boolean(node, 1, 1, evaluation))
  return (run, node) => {
    if (!onAxis(node) || !matches(node)) return false
    let candidates = siblingsOf(node).filter(matches)
    for (const { value } of predicates) {
      const size = candidates.length
      candidates = candidates.filter((each, index) => {
        const result = value(each, index + 1, size, run.evaluation)
        return typeof result === 'number' ? result === index + 1 : xpath.toBoolean(result)
      })
    }
    return candidates.includes(node)
  }
}

function siblingsOf(node: Node): readonly Node[] {
  const { parent } = node
  if (parent === null) return [node]
  if (node.type === ATTRIBUTE) return parent.type === ELEMENT ? parent.attributes : []
  return parent.children
}

/** Default priority and what the last step asks of a node. */
function appearance(
  steps: readonly xpath.Step[],
  relative: boolean,
): Pick<PatternAlternative, 'priority' | 'kind' | 'local'> {
  const last = steps.at(-1)
  if (last === undefined) return { priority: 0.5, kind: undefined, local: undefined }
  const single = relative && steps.length === 1 && last.predicates.length === 0
  const { test, axis } = last
  const kind = axis === 'attribute' ? 'attribute' : 'element'
  switch (test.kind) {
    case 'name': {
      const local = test.local === '*' ? undefined : test.local
      return { priority: single ? namePriority(test) : 0.5, kind, local }
    }
    case 'instruction':
      return {
        priority: single && test.target !== undefined ? 0 : single ? -0.5 : 0.5,
        kind: 'other',
        local: undefined,
      }
    case 'text':
      return { priority: single ? -0.5 : 0.5, kind: 'text', local: undefined }
    case 'comment':
      return { priority: single ? -0.5 : 0.5, kind: 'other', local: undefined }
    case 'node':
      return { priority: single ? -0.5 : 0.5, kind: axis === 'attribute' ? 'attribute' : undefined, local: undefined }
  }
}

function namePriority({ prefix, local }: { readonly prefix: string; readonly local: string }): number {
  if (local !== '*') return 0
  return prefix === '' ? -0.5 : -0.25
}

export function kindOf({ type }: Node): NonNullable<PatternAlternative['kind']> {
  if (type === ELEMENT) return 'element'
  if (type === ATTRIBUTE) return 'attribute'
  if (type === TEXT) return 'text'
  return type === DOCUMENT ? 'root' : 'other'
}
