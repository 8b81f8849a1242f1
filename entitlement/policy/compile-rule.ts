import { boolean } from '../data-types/index.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import {
  DENY,
  deny,
  DOUBTFUL,
  indeterminate,
  INDETERMINATE_D,
  INDETERMINATE_P,
  NO_MATCH,
  notApplicable,
  type Outcome,
  PERMIT,
  permit,
} from '../evaluation/outcome.ts'
import type { Evaluate } from '../functions/function.ts'
import type { Compilation } from './compilation.ts'
import { type ExpressionCompiler, printType } from './compile-expression.ts'
import { compileDuties } from './compile-obligations.ts'
import { compileTarget, type Equality } from './compile-target.ts'
import type { Expression, Rule } from './model.ts'
import type { Decide, Matches } from './weaver.ts'

/** A rule or policy, compiled. */
export interface Evaluable {
  readonly decide: Decide
  readonly matches: Matches
  readonly conditions: readonly (readonly Equality[])[]
}

/** Section 7.11 of XACML 3.0: target, condition, effect; whatever fails is Indeterminate of the effect. */
export function compileRule(rule: Rule, compilation: Compilation, expressions: ExpressionCompiler): Evaluable {
  const { matches, conditions } = compileTarget(rule.target, compilation)
  const condition = rule.condition && compileCondition(rule.condition, compilation, expressions)
  const duties = compileDuties(rule, rule.effect, expressions)
  const permits = rule.effect === 'Permit'
  const doubt = permits ? INDETERMINATE_P : INDETERMINATE_D
  const plain = permits ? permit : deny
  const decision = permits ? PERMIT : DENY
  const decide: Decide = (context): Outcome => {
    const matching = matches(context)
    if (matching === NO_MATCH) return notApplicable
    if (matching === DOUBTFUL) return indeterminate(doubt, context.failure?.status)
    try {
      if (condition !== undefined && condition(context) !== true) return notApplicable
      if (duties === undefined) return plain
      return { decision, status: undefined, obligations: duties.obligations(context), advice: duties.advice(context) }
    } catch (thrown) {
      if (!(thrown instanceof Indeterminate)) throw thrown
      return indeterminate(doubt, thrown.status)
    }
  }
  return { decide: compilation.weave.decide(rule, decide), matches, conditions }
}

function compileCondition(
  node: Expression,
  { report, weave }: Compilation,
  expressions: ExpressionCompiler,
): Evaluate | undefined {
  const compiled = expressions.compile(node)
  if (compiled === undefined) return undefined
  if (compiled.value.type !== boolean || compiled.value.bag) {
    report('policy-type', node.at, `a condition must be boolean, not ${printType(compiled.value)}`)
    return undefined
  }
  return weave.condition(node, compiled.evaluate)
}
