import { didYouMean, type Report, type Span } from 'viaduct'
import type { EvaluationContext } from '../evaluation/context.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import type { CompiledExpression } from './compile-expression.ts'
import type { Expression, VariableDefinition } from './model.ts'

/** The variables of one policy: compiled when they are first referred to, evaluated at most once in a decision. */
export class PolicyVariables {
  readonly #definitions = new Map<string, VariableDefinition>()
  readonly #compiled = new Map<string, CompiledExpression | undefined>()
  /** Those being compiled, outermost first. */
  readonly #open: string[] = []
  readonly #report: Report
  readonly #deepest: number

  constructor(definitions: readonly VariableDefinition[], report: Report, deepest: number) {
    this.#report = report
    this.#deepest = deepest
    for (const definition of definitions) {
      if (this.#definitions.has(definition.id))
        report('name-duplicate', definition.at, `the variable "${definition.id}" is defined twice in this policy`)
      else this.#definitions.set(definition.id, definition)
    }
  }

  get ids(): Iterable<string> {
    return this.#definitions.keys()
  }

  /** Undefined after a report; `compile` is how expressions of the policy are compiled. */
  find(id: string, at: Span, compile: (node: Expression) => CompiledExpression | undefined) {
    const definition = this.#definitions.get(id)
    if (definition === undefined) {
      this.#report('reference-unresolved', at, `there is no variable "${id}" in this policy${didYouMean(id, this.ids)}`)
      return undefined
    }
    if (this.#open.includes(id)) {
      this.#report('policy-cycle', at, `variables refer to each other in a circle: ${[...this.#open, id].join(' → ')}`)
      return undefined
    }
    if (this.#open.length >= this.#deepest) {
      this.#report('constraint-violated', at, `variables refer to each other deeper than ${this.#deepest}`)
      return undefined
    }
    if (!this.#compiled.has(id)) {
      this.#open.push(id)
      const inner = compile(definition.expression)
      this.#open.pop()
      this.#compiled.set(id, inner && (inner.constant === undefined ? remembered(inner) : inner))
    }
    return this.#compiled.get(id)
  }
}

/** Values, and failures, are kept in the context. */
function remembered({ value, evaluate }: CompiledExpression): CompiledExpression {
  const name = {}
  return {
    value,
    evaluate: (context: EvaluationContext) => {
      if (context.variables.has(name)) {
        const known = context.variables.get(name)
        if (known instanceof Indeterminate) throw known
        return known
      }
      try {
        const found = evaluate(context)
        context.variables.set(name, found)
        return found
      } catch (thrown) {
        if (thrown instanceof Indeterminate) context.variables.set(name, thrown)
        throw thrown
      }
    },
  }
}
