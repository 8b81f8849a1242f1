import type { Evaluate, FunctionDefinition } from '../functions/function.ts'
import type { CompiledExpression } from './compile-expression.ts'

/** The closure of a call, made for the number of arguments that it has. */
export function applyFunction(definition: FunctionDefinition, args: readonly CompiledExpression[]): Evaluate {
  const { call, lazy, prepare, contextual = false } = definition
  const evaluates = args.map(({ evaluate }) => evaluate)
  if (lazy !== undefined) return lazy(evaluates)
  const [a, b] = evaluates
  if (contextual) return (context) => call(context, ...evaluates.map((evaluate) => evaluate(context)))
  if (prepare !== undefined && b !== undefined && args.length === 2) {
    const known = args[0]?.constant
    const prepared = known === undefined ? undefined : attempt(() => prepare(known.value))
    if (prepared !== undefined) return (context) => prepared(b(context))
  }
  if (a !== undefined && args.length === 1) return (context) => call(a(context))
  if (a !== undefined && b !== undefined && args.length === 2) return (context) => call(a(context), b(context))
  return (context) => call(...evaluates.map((evaluate) => evaluate(context)))
}

/** What cannot be prepared fails when it is called, as it would have. */
function attempt<T>(work: () => T): T | undefined {
  try {
    return work()
  } catch {
    return undefined
  }
}
