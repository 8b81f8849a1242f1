import { didYouMean, type Span } from 'viaduct'
import { LexicalError, string, xpathExpression } from '../data-types/index.ts'
import type { EvaluationContext } from '../evaluation/context.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import type { Evaluate, FunctionDefinition, ValueType } from '../functions/function.ts'
import { FUNCTIONS, HIGHER_ORDER_FUNCTIONS } from '../functions/index.ts'
import { applyFunction } from './apply-function.ts'
import { compileAttribute } from './compile-attribute.ts'
import { type Compilation, shortName } from './compilation.ts'
import type { Apply, Expression } from './model.ts'

/** An expression as a closure, with the type of what it gives. */
export interface CompiledExpression {
  readonly value: ValueType
  readonly evaluate: Evaluate
  /** Set when the value is known already. */
  readonly constant?: { readonly value: unknown } | undefined
}

/** What variable names mean where an expression stands. */
export type Variables = (id: string, at: Span) => CompiledExpression | undefined

/** Calls further inside each other than this are refused: they would fill the stack. */
const DEEPEST = 200

/** Compiles the expressions of one policy. Everything wrong is reported, and the result is then undefined. */
export class ExpressionCompiler {
  readonly #compilation: Compilation
  readonly #variables: Variables
  #depth = 0

  constructor(compilation: Compilation, variables: Variables) {
    this.#compilation = compilation
    this.#variables = variables
  }

  compile(node: Expression): CompiledExpression | undefined {
    const compiled = this.#compile(node)
    if (compiled === undefined || node.kind === 'literal') return compiled
    const evaluate = this.#compilation.weave.expression(node, compiled.value, compiled.evaluate)
    return evaluate === compiled.evaluate ? compiled : { value: compiled.value, evaluate }
  }

  #compile(node: Expression): CompiledExpression | undefined {
    switch (node.kind) {
      case 'literal': {
        const literal = this.#compilation.literal(node)
        return literal && constant({ type: literal.type, bag: false }, literal.value)
      }
      case 'designator':
      case 'selector': {
        const attribute = compileAttribute(node, this.#compilation)
        return attribute && { value: { type: attribute.type, bag: true }, evaluate: attribute.evaluate }
      }
      case 'variable':
        return this.#variables(node.id, node.at)
      case 'function':
        this.#compilation.report(
          'policy-type',
          node.at,
          '<Function> can only be the first argument of a higher-order function',
        )
        return undefined
      case 'apply': {
        if (this.#depth >= DEEPEST) {
          this.#compilation.report('constraint-violated', node.at, `calls nest deeper than ${DEEPEST}`)
          return undefined
        }
        this.#depth++
        const compiled = this.#apply(node)
        this.#depth--
        return compiled
      }
    }
  }

  #apply(node: Apply): CompiledExpression | undefined {
    const { id, at } = node.function
    if (HIGHER_ORDER_FUNCTIONS.has(id)) return this.#higherOrder(node)
    const definition = FUNCTIONS.get(id)
    if (definition === undefined) {
      if (id !== '') this.#compilation.report('policy-function', at, `there is no function "${id}"${suggestion(id)}`)
      return undefined
    }
    const args = this.#args(node.args)
    if (args === undefined) return undefined
    const paths = definition.contextual === true ? pathsOf(node, args) : args
    if (!this.#fits(definition, node, args)) return undefined
    return this.#folded(definition, paths, node)
  }

  #args(nodes: readonly Expression[]): CompiledExpression[] | undefined {
    const args = nodes.map((arg) => this.compile(arg))
    return args.every((arg) => arg !== undefined) ? args : undefined
  }

  /** Whether number and types of arguments are right; reported when they are not. */
  #fits(definition: FunctionDefinition, node: Apply, args: readonly CompiledExpression[]): boolean {
    const { parameters, rest } = definition
    const name = shortName(definition.id)
    if (args.length < parameters.length || (rest === undefined && args.length > parameters.length)) {
      const wanted = `${rest === undefined ? '' : 'at least '}${parameters.length}`
      this.#compilation.report('policy-type', node.at, `${name} takes ${wanted} argument(s), here are ${args.length}`)
      return false
    }
    return args.every((arg, i) => {
      const wanted = parameters[i] ?? rest
      if (wanted === undefined || isSame(wanted, arg.value)) return true
      const hint =
        arg.value.bag && !wanted.bag && wanted.type === arg.value.type
          ? `; ${wanted.type.name}-one-and-only takes the value out of the bag`
          : ''
      this.#compilation.report(
        'policy-type',
        node.args[i]?.at ?? node.at,
        `argument ${i + 1} of ${name} must be ${printType(wanted)}, not ${printType(arg.value)}${hint}`,
      )
      return false
    })
  }

  /** Calls with nothing but known arguments are made now; those that fail are left to fail when they are reached. */
  #folded(definition: FunctionDefinition, args: readonly CompiledExpression[], node: Apply): CompiledExpression {
    const value = definition.result
    const evaluate = applyFunction(definition, args)
    if (definition.contextual === true || args.some((arg) => arg.constant === undefined)) return { value, evaluate }
    try {
      return constant(value, evaluate(NO_CONTEXT))
    } catch (error) {
      if (!(error instanceof Indeterminate)) throw error
      this.#compilation.report(
        'policy-hopeless',
        node.at,
        `${shortName(definition.id)} never has a value: ${error.message}`,
      )
      return {
        value,
        evaluate: () => {
          throw error
        },
      }
    }
  }

  #higherOrder(node: Apply): CompiledExpression | undefined {
    const outer = HIGHER_ORDER_FUNCTIONS.get(node.function.id)
    const [first, ...rest] = node.args
    const { report } = this.#compilation
    if (outer === undefined) return undefined
    const name = shortName(outer.id)
    if (first?.kind !== 'function') {
      report('policy-type', first?.at ?? node.at, `the first argument of ${name} must be a <Function>`)
      return undefined
    }
    const inner = FUNCTIONS.get(first.function.id)
    if (inner === undefined) {
      const { id, at } = first.function
      report('policy-function', at, `there is no function "${id}"${suggestion(id)}`)
      return undefined
    }
    const args = this.#args(rest)
    if (args === undefined) return undefined
    const wrong = outer.check(args.map(({ value }) => value)) ?? innerMismatch(inner, outer.predicate)
    if (wrong !== undefined) {
      report('policy-type', node.at, `${name}: ${wrong}`)
      return undefined
    }
    const elements = args.map((arg) => ({ ...arg, value: { type: arg.value.type, bag: false } }))
    if (!this.#fits(inner, { ...node, args: rest }, elements)) return undefined
    return { value: outer.result(inner), evaluate: outer.compile(args, (values) => inner.call(...values)) }
  }
}

function innerMismatch(inner: FunctionDefinition, predicate: boolean): string | undefined {
  const name = shortName(inner.id)
  if (inner.lazy !== undefined || inner.contextual === true) return `${name} cannot be handed to another function`
  if (predicate && (inner.result.bag || inner.result.type.name !== 'boolean')) return `${name} gives no boolean`
  return inner.result.bag ? `${name} gives a bag` : undefined
}

export const constant = (value: ValueType, known: unknown): CompiledExpression => ({
  value,
  evaluate: () => known,
  constant: { value: known },
})

const isSame = (a: ValueType, b: ValueType): boolean => a.type === b.type && a.bag === b.bag

export const printType = ({ type, bag }: ValueType): string => (bag ? `a bag of ${type.name}` : type.name)

/** Functions that are not contextual hand the context on to their arguments only, and known ones do not look at it. */
const NO_CONTEXT = undefined as unknown as EvaluationContext

/**
 * The deprecated XPath functions take texts: those written in the policy are compiled with its prefixes. They look into the
 * content of their XPathCategory, or into the whole request where there is none (2.0).
 */
function pathsOf(node: Apply, args: readonly CompiledExpression[]): CompiledExpression[] {
  const { namespaces } = node
  return args.map((arg, i) => {
    const written = node.args[i]
    if (arg.value.type !== string || arg.value.bag) return arg
    const category = written?.kind === 'literal' ? (written.value.xpath?.category ?? '') : ''
    const parse = (text: unknown) =>
      xpathExpression.parse(String(text), { type: xpathExpression.id, text: '', xpath: { category, namespaces } })
    return { value: arg.value, evaluate: parsing(arg, parse) }
  })
}

function parsing({ constant: known, evaluate }: CompiledExpression, parse: (text: unknown) => unknown): Evaluate {
  const attempt = (text: unknown): unknown => {
    try {
      return parse(text)
    } catch (error) {
      if (!(error instanceof LexicalError)) throw error
      throw new Indeterminate({ code: 'urn:oasis:names:tc:xacml:1.0:status:processing-error', message: error.message })
    }
  }
  if (known === undefined) return (context) => attempt(evaluate(context))
  let path: unknown
  return () => (path ??= attempt(known.value))
}

function suggestion(id: string): string {
  const all = [...FUNCTIONS.keys(), ...HIGHER_ORDER_FUNCTIONS.keys()]
  const name = shortName(id)
  // A right name in a wrong version is the usual mistake.
  const same = all.find((known) => shortName(known) === name)
  return same === undefined ? didYouMean(id, all) : `; did you mean "${same}"?`
}
