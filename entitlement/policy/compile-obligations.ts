import type { Assignment, Obligation } from 'viaduct'
import type { EvaluationContext } from '../evaluation/context.ts'
import type { XPathExpression } from '../data-types/index.ts'
import { xpathExpression } from '../data-types/index.ts'
import type { CompiledExpression, ExpressionCompiler } from './compile-expression.ts'
import type { AssignmentExpression, Effect, ObligationExpression } from './model.ts'

/** The obligations or advice of a rule or policy that go with one decision; throws Indeterminate. */
export type Fulfil = (context: EvaluationContext) => readonly Obligation[]

const NONE: readonly Obligation[] = []

/** Undefined when there are none for the decision. */
export function compileObligations(
  nodes: readonly ObligationExpression[],
  on: Effect,
  expressions: ExpressionCompiler,
): Fulfil | undefined {
  const chosen = nodes.filter((node) => node.on === on).map((node) => compileObligation(node, expressions))
  if (chosen.length === 0) return undefined
  return (context) => chosen.map((make) => make(context))
}

function compileObligation(
  { id, assignments }: ObligationExpression,
  expressions: ExpressionCompiler,
): (context: EvaluationContext) => Obligation {
  const made = assignments.flatMap((node) => {
    const compiled = expressions.compile(node.expression)
    return compiled === undefined ? [] : [compileAssignment(node, compiled)]
  })
  return (context) => ({ id, assignments: made.flatMap((make) => make(context)) })
}

/** A bag gives one assignment for each of its values (section 7.18). */
function compileAssignment(
  { attribute, category, issuer }: AssignmentExpression,
  { value: { type, bag }, evaluate }: CompiledExpression,
): (context: EvaluationContext) => readonly Assignment[] {
  const assign = (value: unknown): Assignment => {
    const text = type.print(value)
    if (type !== xpathExpression) return { attribute, category, issuer, value: { type: type.id, text } }
    const { category: of, namespaces } = value as XPathExpression
    return { attribute, category, issuer, value: { type: type.id, text, xpath: { category: of, namespaces } } }
  }
  if (!bag) return (context) => [assign(evaluate(context))]
  return (context) => (evaluate(context) as readonly unknown[]).map(assign)
}

/** Both lists for one decision; undefined when there is nothing to do. */
export interface Duties {
  readonly obligations: Fulfil
  readonly advice: Fulfil
}

export function compileDuties(
  node: { readonly obligations: readonly ObligationExpression[]; readonly advice: readonly ObligationExpression[] },
  on: Effect,
  expressions: ExpressionCompiler,
): Duties | undefined {
  const obligations = compileObligations(node.obligations, on, expressions)
  const advice = compileObligations(node.advice, on, expressions)
  if (obligations === undefined && advice === undefined) return undefined
  return { obligations: obligations ?? (() => NONE), advice: advice ?? (() => NONE) }
}
