import type { DataType } from '../data-types/index.ts'
import type { EvaluationContext } from '../evaluation/context.ts'

/** A type of the type system: values of a data type, or bags of them. */
export interface ValueType<T = unknown> {
  readonly type: DataType<T>
  readonly bag: boolean
}

export interface Bag<T> extends ValueType<T> {
  readonly bag: true
}

export const bagOf = <T>(type: DataType<T>): Bag<T> => ({ type, bag: true })

/** A data type stands for one value of it. */
export type Parameter<T = unknown> = DataType<T> | Bag<T>

export type ValueOf<P> = P extends Bag<infer T> ? readonly T[] : P extends DataType<infer T> ? T : never

type ValuesOf<P extends readonly Parameter[]> = { [K in keyof P]: ValueOf<P[K]> }

export type Evaluate = (context: EvaluationContext) => unknown

/** A function of XACML with fixed types. */
export interface FunctionDefinition {
  readonly id: string
  readonly parameters: readonly ValueType[]
  /** The type of any number of further arguments. */
  readonly rest: ValueType | undefined
  readonly result: ValueType
  /** Takes plain values and bags; throws Indeterminate. */
  readonly call: (...args: readonly unknown[]) => unknown
  /** For a first argument that is known when the policy is compiled: what is left to do with the others. */
  readonly prepare?: ((first: unknown) => (...rest: readonly unknown[]) => unknown) | undefined
  /** Evaluates its arguments itself, one after the other. */
  readonly lazy?: ((args: readonly Evaluate[]) => Evaluate) | undefined
  /** Whether `call` takes the context before the arguments. */
  readonly contextual?: boolean
  /** Whether it is true exactly for values of the same key. */
  readonly equality?: boolean
}

/** `of` is the function, its types read from `parameters`. */
export function defineFunction<const P extends readonly Parameter[], R extends Parameter>(
  id: string,
  parameters: P,
  result: R,
  of: (...args: ValuesOf<P>) => ValueOf<R>,
): FunctionDefinition {
  return { id, parameters: parameters.map(valueType), rest: undefined, result: valueType(result), call: plain(of) }
}

/** A function of the parameters and any number of further ones of the last type. */
export function defineVariadic<P extends Parameter, R extends Parameter>(
  id: string,
  least: number,
  parameter: P,
  result: R,
  of: (args: readonly ValueOf<P>[]) => ValueOf<R>,
): FunctionDefinition {
  const type = valueType(parameter)
  return {
    id,
    parameters: Array.from({ length: least }, () => type),
    rest: type,
    result: valueType(result),
    call: plain((...args: readonly ValueOf<P>[]) => of(args)),
  }
}

export const valueType = (parameter: Parameter): ValueType =>
  'bag' in parameter ? parameter : { type: parameter, bag: false }

/** Types are checked when a policy is compiled, so the call need not know them. */
const plain = (of: unknown): FunctionDefinition['call'] => of as FunctionDefinition['call']
