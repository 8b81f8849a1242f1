import { boolean } from '../data-types/index.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { bagOf, type Evaluate, type FunctionDefinition, type ValueType, valueType } from './function.ts'

/** An argument as the compiler knows it. */
export interface Argument {
  readonly value: ValueType
  readonly evaluate: Evaluate
}

/** A function that takes another one, and what it is applied to (section A.3.12 of XACML 3.0). */
export interface HigherOrderFunction {
  readonly id: string
  /** Which arguments must be bags: says what is wrong with them, or nothing. */
  readonly check: (args: readonly ValueType[]) => string | undefined
  readonly result: (inner: FunctionDefinition) => ValueType
  /** Whether the function it takes must give a boolean. */
  readonly predicate: boolean
  /** `apply` calls the function with one value for each argument. */
  readonly compile: (args: readonly Argument[], apply: Apply) => Evaluate
}

type Apply = (values: readonly unknown[]) => unknown
type Values = readonly unknown[]

const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'
const V3 = 'urn:oasis:names:tc:xacml:3.0:function:'

const oneBag = (args: readonly ValueType[]): string | undefined =>
  args.filter(({ bag }) => bag).length === 1 ? undefined : 'exactly one argument after the function must be a bag'

const bagLast = (args: readonly ValueType[]): string | undefined =>
  args.length === 2 && args[0]?.bag === false && args[1]?.bag === true
    ? undefined
    : 'it takes a function, a value and a bag'

const onlyBags = (args: readonly ValueType[]): string | undefined =>
  args.length > 0 && args.every(({ bag }) => bag) ? undefined : 'all arguments after the function must be bags'

const twoBags = (args: readonly ValueType[]): string | undefined =>
  args.length === 2 && args.every(({ bag }) => bag) ? undefined : 'it takes a function and two bags'

/** The values of the bag one after the other, the other arguments beside it. */
function overOneBag(
  args: readonly Argument[],
  use: (values: Values, call: (value: unknown) => unknown) => unknown,
  apply: Apply,
): Evaluate {
  const at = args.findIndex(({ value }) => value.bag)
  return (context) => {
    const given = args.map(({ evaluate }) => evaluate(context))
    const bag = given[at]
    const call = (value: unknown) => {
      given[at] = value
      return apply(given)
    }
    return use(Array.isArray(bag) ? bag : [], call)
  }
}

/** Calls that one function makes at most: bags come from clients, and their sizes multiply. */
const MOST_CALLS = 1_000_000

function bounded(...sizes: readonly number[]): void {
  if (sizes.reduce((product, size) => product * size, 1) > MOST_CALLS)
    throw processingError('the bags are too large to compare each value with each other one')
}

/** Every choice of one value from each argument, until one is true. */
function anyChoice(args: readonly Argument[], apply: Apply): Evaluate {
  return (context) => {
    const given = args.map(({ evaluate, value }): Values => {
      const result = evaluate(context)
      return value.bag && Array.isArray(result) ? result : [result]
    })
    bounded(...given.map(({ length }) => length))
    const chosen: unknown[] = Array.from({ length: given.length })
    const choose = (index: number): boolean => {
      if (index === given.length) return apply(chosen) === true
      return (given[index] ?? []).some((value) => {
        chosen[index] = value
        return choose(index + 1)
      })
    }
    return choose(0)
  }
}

type Quantifier = (values: Values, holds: (value: unknown) => boolean) => boolean

const every: Quantifier = (values, holds) => values.every(holds)
const some: Quantifier = (values, holds) => values.some(holds)

/** `all-of-any` and its kin: a quantifier over each of the two bags. */
function quantified(name: string, outer: Quantifier, inner: Quantifier, overFirst: boolean): HigherOrderFunction {
  return {
    id: `${V1}${name}`,
    check: twoBags,
    predicate: true,
    result: () => valueType(boolean),
    compile:
      ([first, second], apply) =>
      (context) => {
        const [a, b] = [first?.evaluate(context) as Values, second?.evaluate(context) as Values]
        bounded(a.length, b.length)
        if (overFirst) return outer(a, (x) => inner(b, (y) => apply([x, y]) === true))
        return outer(b, (y) => inner(a, (x) => apply([x, y]) === true))
      },
  }
}

function overBag(id: string, check: HigherOrderFunction['check'], quantifier: Quantifier): HigherOrderFunction {
  return {
    id,
    check,
    predicate: true,
    result: () => valueType(boolean),
    compile: (args, apply) =>
      overOneBag(args, (values, call) => quantifier(values, (value) => call(value) === true), apply),
  }
}

const anyOfAny = (id: string, check: HigherOrderFunction['check']): HigherOrderFunction => ({
  id,
  check,
  predicate: true,
  result: () => valueType(boolean),
  compile: anyChoice,
})

const map = (id: string): HigherOrderFunction => ({
  id,
  check: oneBag,
  predicate: false,
  result: (inner) => bagOf(inner.result.type),
  compile: (args, apply) => overOneBag(args, (values, call) => values.map(call), apply),
})

export const higherOrder: readonly HigherOrderFunction[] = [
  overBag(`${V3}any-of`, oneBag, some),
  overBag(`${V1}any-of`, bagLast, some),
  overBag(`${V3}all-of`, oneBag, every),
  overBag(`${V1}all-of`, bagLast, every),
  anyOfAny(`${V3}any-of-any`, onlyBags),
  anyOfAny(`${V1}any-of-any`, twoBags),
  quantified('all-of-any', every, some, true),
  quantified('any-of-all', some, every, true),
  quantified('all-of-all', every, every, true),
  map(`${V3}map`),
  map(`${V1}map`),
]
