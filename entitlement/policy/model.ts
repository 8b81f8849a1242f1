import type { DecisionValue, Span } from 'viaduct'

/** Policies as they are written, 2.0 and 3.0 in one form: what the readers make and the compiler takes. */
export type PolicyNode = Policy | PolicySet

export type Effect = 'Permit' | 'Deny'

interface Identified {
  readonly id: string
  readonly at: Span
  /** '2.0' for everything older than 3.0. */
  readonly language: '2.0' | '3.0'
  readonly version: string
  readonly description: string
  readonly target: Target
  readonly combining: Named
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly ObligationExpression[]
  readonly parameters: readonly CombinerParameter[]
}

export interface Policy extends Identified {
  readonly kind: 'policy'
  readonly variables: readonly VariableDefinition[]
  readonly rules: readonly Rule[]
}

export interface PolicySet extends Identified {
  readonly kind: 'policySet'
  readonly children: readonly (PolicyNode | PolicyReference)[]
}

/** `PolicyIdReference` and `PolicySetIdReference` with their version patterns. */
export interface PolicyReference {
  readonly kind: 'reference'
  readonly to: 'policy' | 'policySet'
  readonly id: string
  readonly version: string | undefined
  readonly earliest: string | undefined
  readonly latest: string | undefined
  readonly at: Span
}

export interface Rule {
  readonly id: string
  readonly effect: Effect
  readonly target: Target
  readonly condition: Expression | undefined
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly ObligationExpression[]
  readonly at: Span
}

/** All of `anyOf` must match; in each, any of its alternatives; in an alternative, all matches. None: matches everything. */
export interface Target {
  readonly anyOf: readonly (readonly (readonly Match[])[])[]
  readonly at: Span
}

export interface Match {
  readonly function: Named
  readonly literal: Literal
  readonly attribute: Designator | Selector
  readonly at: Span
}

/** An identifier and where it is written. */
export interface Named {
  readonly id: string
  readonly at: Span
}

export type Expression = Literal | Designator | Selector | Apply | FunctionReference | VariableReference

export interface Literal {
  readonly kind: 'literal'
  readonly value: DecisionValue
  /** Where the data type is written. */
  readonly typeAt: Span
  readonly at: Span
}

export interface Designator {
  readonly kind: 'designator'
  readonly category: string
  readonly id: string
  readonly type: Named
  readonly issuer: string | undefined
  readonly mustBePresent: boolean
  readonly at: Span
}

export interface Selector {
  readonly kind: 'selector'
  /** Undefined in 2.0: the path looks into the whole request. */
  readonly category: string | undefined
  readonly path: string
  readonly pathAt: Span
  readonly namespaces: ReadonlyMap<string, string>
  readonly contextSelector: string | undefined
  readonly type: Named
  readonly mustBePresent: boolean
  readonly at: Span
}

export interface Apply {
  readonly kind: 'apply'
  readonly function: Named
  readonly args: readonly Expression[]
  /** Prefixes in force, for paths that are computed. */
  readonly namespaces: ReadonlyMap<string, string>
  readonly at: Span
}

export interface FunctionReference {
  readonly kind: 'function'
  readonly function: Named
  readonly at: Span
}

export interface VariableReference {
  readonly kind: 'variable'
  readonly id: string
  readonly at: Span
}

export interface VariableDefinition {
  readonly id: string
  readonly expression: Expression
  readonly at: Span
}

/** An obligation or an advice: `on` is the decision that it goes with. */
export interface ObligationExpression {
  readonly id: string
  readonly on: Effect
  readonly assignments: readonly AssignmentExpression[]
  readonly at: Span
}

export interface AssignmentExpression {
  readonly attribute: string
  readonly category: string | undefined
  readonly issuer: string | undefined
  readonly expression: Expression
  readonly at: Span
}

/** Parameters of combining algorithms, perhaps for one rule or policy. The standard algorithms have none. */
export interface CombinerParameter {
  readonly of: string | undefined
  readonly name: string
  readonly value: DecisionValue
  readonly at: Span
}
