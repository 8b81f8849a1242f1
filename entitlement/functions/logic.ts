import { boolean, integer } from '../data-types/index.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { defineFunction, type Evaluate, type FunctionDefinition, valueType } from './function.ts'

const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'

const truth = valueType(boolean)

function lazy(
  id: string,
  first: FunctionDefinition['parameters'],
  of: NonNullable<FunctionDefinition['lazy']>,
): FunctionDefinition {
  const call = () => {
    throw processingError(`${id} cannot be handed to another function`)
  }
  return { id, parameters: first, rest: truth, result: truth, call, lazy: of }
}

const and = (args: readonly Evaluate[]): Evaluate => {
  const [a, b] = args
  if (a !== undefined && b !== undefined && args.length === 2)
    return (context) => a(context) === true && b(context) === true
  return (context) => args.every((arg) => arg(context) === true)
}

const or = (args: readonly Evaluate[]): Evaluate => {
  const [a, b] = args
  if (a !== undefined && b !== undefined && args.length === 2)
    return (context) => a(context) === true || b(context) === true
  return (context) => args.some((arg) => arg(context) === true)
}

/** Ends as soon as enough arguments are true, or too few are left. */
const nOf = ([count, ...args]: readonly Evaluate[]): Evaluate => {
  return (context) => {
    let wanted = Number(count?.(context))
    if (wanted < 0 || wanted > args.length) throw processingError(`n-of wants ${wanted} of ${args.length} arguments`)
    for (let i = 0; i < args.length && wanted > 0; i++) {
      if (wanted > args.length - i) return false
      if (args[i]?.(context) === true) wanted--
    }
    return wanted === 0
  }
}

/** Section A.3.5 of XACML 3.0: arguments are evaluated in order, and only as far as they matter. */
export const logic: readonly FunctionDefinition[] = [
  lazy(`${V1}or`, [], or),
  lazy(`${V1}and`, [], and),
  lazy(`${V1}n-of`, [valueType(integer)], nOf),
  defineFunction(`${V1}not`, [boolean], boolean, (value) => !value),
]
