import { boolean, type Key } from '../data-types/index.ts'
import type { AttributeKey, EvaluationContext } from '../evaluation/context.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import { DOUBTFUL, MATCH, type Matching, NO_MATCH } from '../evaluation/outcome.ts'
import type { FunctionDefinition } from '../functions/function.ts'
import { FUNCTIONS } from '../functions/index.ts'
import { didYouMean } from 'viaduct'
import { compileAttribute, type CompiledAttribute } from './compile-attribute.ts'
import { type Compilation, shortName } from './compilation.ts'
import type { Match, Target } from './model.ts'
import type { Matches } from './weaver.ts'

/** An equality that a target asks for: without this value among those of the attribute, an alternative does not match. */
export interface Equality {
  readonly key: AttributeKey
  readonly value: Key
  /** Without any value the match is not false but indeterminate. */
  readonly mustBePresent: boolean
}

export interface CompiledTarget {
  readonly matches: Matches
  /** Each list holds one equality of every alternative of an AnyOf: when none of them holds, the target does not match. */
  readonly conditions: readonly (readonly Equality[])[]
}

interface CompiledMatch {
  readonly matches: Matches
  readonly equality: Equality | undefined
}

const everything: Matches = () => MATCH

/** Section 7.7 of XACML 3.0. Everything wrong is reported. */
export function compileTarget(target: Target, compilation: Compilation): CompiledTarget {
  const anyOf = target.anyOf.map((alternatives) =>
    alternatives.map((matches) => matches.flatMap((match) => compileMatch(match, compilation) ?? [])),
  )
  const conditions = anyOf.flatMap((alternatives) => {
    const equalities = alternatives.map((matches) => matches.find(({ equality }) => equality !== undefined)?.equality)
    return equalities.every((each) => each !== undefined) ? [equalities] : []
  })
  const parts = anyOf.map((alternatives) =>
    any(alternatives.map((matches) => all(matches.map((each) => each.matches)))),
  )
  if (parts.length === 0) return { matches: everything, conditions }
  return { matches: compilation.weave.target(target, all(parts)), conditions }
}

/** One that does not match decides; then a doubtful one does. */
function all(parts: readonly Matches[]): Matches {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return (context) => {
    let failure: Indeterminate | undefined
    for (const part of parts) {
      const matching = part(context)
      if (matching === NO_MATCH) return NO_MATCH
      if (matching === DOUBTFUL) failure ??= context.failure
    }
    return verdict(failure, MATCH, context)
  }
}

/** One that matches decides; then a doubtful one does. */
function any(parts: readonly Matches[]): Matches {
  const [only] = parts
  if (only !== undefined && parts.length === 1) return only
  return (context) => {
    let failure: Indeterminate | undefined
    for (const part of parts) {
      const matching = part(context)
      if (matching === MATCH) return MATCH
      if (matching === DOUBTFUL) failure ??= context.failure
    }
    return verdict(failure, NO_MATCH, context)
  }
}

function verdict(failure: Indeterminate | undefined, otherwise: Matching, context: EvaluationContext): Matching {
  if (failure === undefined) return otherwise
  context.failure = failure
  return DOUBTFUL
}

function compileMatch(match: Match, compilation: Compilation): CompiledMatch | undefined {
  const definition = matchFunction(match, compilation)
  const literal = compilation.literal(match.literal)
  const attribute = compileAttribute(match.attribute, compilation)
  if (definition === undefined || literal === undefined || attribute === undefined) return undefined
  const [first, second] = definition.parameters
  if (first?.type !== literal.type || second?.type !== attribute.type) {
    const wanted = `${first?.type.name} and ${second?.type.name}`
    const given = `${literal.type.name} and ${attribute.type.name}`
    compilation.report('policy-type', match.at, `${shortName(definition.id)} compares ${wanted}, not ${given}`)
    return undefined
  }
  const known = definition.equality === true ? literal.type.key(literal.value) : undefined
  const compare = known === undefined ? comparing(definition, literal.value) : equalTo(attribute, known)
  const { key, mustBePresent } = attribute
  return {
    matches: compilation.weave.match(match, matching(attribute, compare)),
    equality: known === undefined || key === undefined ? undefined : { key, value: known, mustBePresent },
  }
}

function matchFunction({ function: { id, at } }: Match, { report }: Compilation): FunctionDefinition | undefined {
  const definition = FUNCTIONS.get(id)
  if (definition === undefined) {
    if (id !== '') report('policy-function', at, `there is no function "${id}"${didYouMean(id, FUNCTIONS.keys())}`)
    return undefined
  }
  const { parameters, rest, result } = definition
  if (parameters.length === 2 && rest === undefined && result.type === boolean && parameters.every(({ bag }) => !bag))
    return definition
  report('policy-type', at, `${shortName(id)} cannot be used in a target: it does not compare two values`)
  return undefined
}

type Compare = (value: unknown) => boolean

function equalTo({ type }: CompiledAttribute, known: Key): Compare {
  return (value) => type.key(value) === known
}

function comparing({ call, prepare }: FunctionDefinition, literal: unknown): Compare {
  if (prepare !== undefined) {
    try {
      const prepared = prepare(literal)
      return (value) => prepared(value) === true
    } catch {
      // It fails again when it is called.
    }
  }
  return (value) => call(literal, value) === true
}

/** True for any value of the attribute is enough, whatever fails for the others (section 7.6). */
function matching({ evaluate }: CompiledAttribute, compare: Compare): Matches {
  return (context) => {
    let failure: Indeterminate | undefined
    try {
      const bag = evaluate(context)
      for (let i = 0; i < bag.length; i++) {
        try {
          if (compare(bag[i])) return MATCH
        } catch (thrown) {
          if (!(thrown instanceof Indeterminate)) throw thrown
          failure ??= thrown
        }
      }
    } catch (thrown) {
      if (!(thrown instanceof Indeterminate)) throw thrown
      failure = thrown
    }
    return verdict(failure, NO_MATCH, context)
  }
}
