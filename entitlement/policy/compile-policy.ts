import { didYouMean, type PolicyIdentifier, type Report } from 'viaduct'
import { type Combine, type CombiningAlgorithm, POLICY_ALGORITHMS, RULE_ALGORITHMS } from '../combining/index.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import {
  DENY,
  DOUBTFUL,
  indeterminate,
  INDETERMINATE_D,
  INDETERMINATE_P,
  NO_MATCH,
  notApplicable,
  type Outcome,
  PERMIT,
} from '../evaluation/outcome.ts'
import { Compilation } from './compilation.ts'
import { ExpressionCompiler } from './compile-expression.ts'
import { compileDuties, type Duties } from './compile-obligations.ts'
import { compileRule, type Evaluable } from './compile-rule.ts'
import { compileTarget } from './compile-target.ts'
import type { Named, Policy, PolicyNode, PolicyReference, PolicySet } from './model.ts'
import { PolicyLibrary } from './policy-library.ts'
import { PolicyVariables } from './policy-variables.ts'
import { TargetIndex } from './target-index.ts'
import type { Decide, Weaver } from './weaver.ts'

export interface CompilerLimits {
  /** How many references may lead from one policy to another. */
  readonly policyReferences: number
  /** How many variables may refer to each other. */
  readonly variableReferences: number
}

export const COMPILER_LIMITS: CompilerLimits = { policyReferences: 32, variableReferences: 100 }

/** Compiles policies to closures. Each is compiled once, however many references lead to it; everything wrong is reported. */
export class PolicyCompiler {
  readonly #compilation: Compilation
  readonly #library: PolicyLibrary
  readonly #limits: CompilerLimits
  readonly #compiled = new Map<PolicyNode, Evaluable>()
  /** Policies being compiled, outermost first, and how many of them a reference led to. */
  readonly #open: PolicyNode[] = []
  #references = 0

  constructor(policies: readonly PolicyNode[], report: Report, weave: Weaver, limits: CompilerLimits) {
    this.#compilation = new Compilation(report, weave)
    this.#library = new PolicyLibrary(policies)
    this.#limits = limits
  }

  compile(node: PolicyNode): Evaluable {
    const known = this.#compiled.get(node)
    if (known !== undefined) return known
    this.#open.push(node)
    const compiled = node.kind === 'policy' ? this.#policy(node) : this.#policySet(node)
    this.#open.pop()
    this.#compiled.set(node, compiled)
    return compiled
  }

  #policy(node: Policy): Evaluable {
    const { report } = this.#compilation
    const variables = new PolicyVariables(node.variables, report, this.#limits.variableReferences)
    const expressions: ExpressionCompiler = new ExpressionCompiler(this.#compilation, (id, at) =>
      variables.find(id, at, (inner) => expressions.compile(inner)),
    )
    for (const { id, at } of node.variables) variables.find(id, at, (inner) => expressions.compile(inner))
    const seen = new Set<string>()
    for (const { id, at } of node.rules) {
      if (seen.has(id)) report('policy-repeated', at, `there is another rule "${id}" in this policy`)
      seen.add(id)
    }
    const rules = node.rules.map((rule) => compileRule(rule, this.#compilation, expressions))
    return this.#combined(node, rules, RULE_ALGORITHMS, expressions)
  }

  #policySet(node: PolicySet): Evaluable {
    const children = node.children.flatMap((child) => this.#child(child) ?? [])
    const expressions: ExpressionCompiler = new ExpressionCompiler(this.#compilation, (id, at) => {
      this.#compilation.report('reference-unresolved', at, `a policy set has no variables, so there is no "${id}"`)
      return undefined
    })
    return this.#combined(node, children, POLICY_ALGORITHMS, expressions)
  }

  #child(child: PolicyNode | PolicyReference): Evaluable | undefined {
    if (child.kind !== 'reference') return this.compile(child)
    const { report } = this.#compilation
    const node = this.#library.find(child, report)
    if (node === undefined) return undefined
    if (this.#open.includes(node)) {
      const circle = [...this.#open.slice(this.#open.indexOf(node)), node].map(({ id }) => id).join(' → ')
      report('policy-cycle', child.at, `policies refer to each other in a circle: ${circle}`)
      return undefined
    }
    if (this.#references >= this.#limits.policyReferences) {
      report('constraint-violated', child.at, `more than ${this.#limits.policyReferences} references lead here`)
      return undefined
    }
    this.#references++
    const compiled = this.compile(node)
    this.#references--
    return compiled
  }

  #combined(
    node: PolicyNode,
    children: readonly Evaluable[],
    algorithms: ReadonlyMap<string, CombiningAlgorithm>,
    expressions: ExpressionCompiler,
  ): Evaluable {
    const { weave } = this.#compilation
    const { matches, conditions } = compileTarget(node.target, this.#compilation)
    const algorithm = this.#algorithm(node.combining, algorithms)
    const onPermit = compileDuties(node, 'Permit', expressions)
    const onDeny = compileDuties(node, 'Deny', expressions)
    const combine = algorithm === undefined ? undefined : combining(algorithm, children, weave.indexed)
    const identity: PolicyIdentifier = { kind: node.kind, id: node.id, version: node.version }
    const decide: Decide = (context): Outcome => {
      const matching = matches(context)
      if (matching === NO_MATCH || combine === undefined) return notApplicable
      const { failure } = context
      const outcome = combine(context)
      if (matching === DOUBTFUL) return doubted(outcome, failure)
      const { decision } = outcome
      if (decision !== PERMIT && decision !== DENY) return outcome
      context.applied?.push(identity)
      const duties = decision === PERMIT ? onPermit : onDeny
      return duties === undefined ? outcome : fulfilled(outcome, duties, context)
    }
    return { decide: weave.decide(node, decide), matches, conditions }
  }

  #algorithm({ id, at }: Named, algorithms: ReadonlyMap<string, CombiningAlgorithm>): CombiningAlgorithm | undefined {
    const algorithm = algorithms.get(id)
    if (algorithm === undefined && id !== '')
      this.#compilation.report(
        'policy-function',
        at,
        `there is no combining algorithm "${id}" here${didYouMean(id, algorithms.keys())}`,
      )
    return algorithm
  }
}

type Combined = (context: Parameters<Combine>[1]) => Outcome

function combining(
  { combine, positional = false }: CombiningAlgorithm,
  children: readonly Evaluable[],
  indexed: boolean,
): Combined {
  const index = indexed && !positional ? TargetIndex.of(children) : undefined
  if (index === undefined) return (context) => combine(children, context)
  return (context) => combine(index.select(context), context)
}

/** Table 7 of XACML 3.0: a policy whose target may or may not match can at most have said what its children say. */
function doubted(outcome: Outcome, failure: Indeterminate | undefined): Outcome {
  if (outcome.decision === PERMIT) return indeterminate(INDETERMINATE_P, failure?.status)
  if (outcome.decision === DENY) return indeterminate(INDETERMINATE_D, failure?.status)
  return outcome
}

/** The outcome with what the policy itself asks for; without the values for that it is Indeterminate. */
function fulfilled(outcome: Outcome, duties: Duties, context: Parameters<Combine>[1]): Outcome {
  try {
    return {
      decision: outcome.decision,
      status: undefined,
      obligations: [...outcome.obligations, ...duties.obligations(context)],
      advice: [...outcome.advice, ...duties.advice(context)],
    }
  } catch (thrown) {
    if (!(thrown instanceof Indeterminate)) throw thrown
    return indeterminate(outcome.decision === PERMIT ? INDETERMINATE_P : INDETERMINATE_D, thrown.status)
  }
}
