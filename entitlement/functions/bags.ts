import {
  boolean,
  DATA_TYPES,
  type DataType,
  dayTimeDuration,
  integer,
  xpathExpression,
  yearMonthDuration,
} from '../data-types/index.ts'
import { processingError } from '../evaluation/indeterminate.ts'
import { bagOf, defineFunction, defineVariadic, type FunctionDefinition } from './function.ts'

/** The versions under which the bag and set functions of a type are known. */
export function versionsOf(type: DataType): readonly string[] {
  const duration = type === dayTimeDuration || type === yearMonthDuration
  if (duration) return ['urn:oasis:names:tc:xacml:1.0:function:', 'urn:oasis:names:tc:xacml:3.0:function:']
  if (type.id.includes(':2.0:data-type:')) return ['urn:oasis:names:tc:xacml:2.0:function:']
  if (type === xpathExpression) return ['urn:oasis:names:tc:xacml:3.0:function:']
  return ['urn:oasis:names:tc:xacml:1.0:function:']
}

function bagFunctions(type: DataType, version: string): FunctionDefinition[] {
  const name = `${version}${type.name}`
  const bag = bagOf(type)
  return [
    defineFunction(`${name}-one-and-only`, [bag], type, (values) => {
      if (values.length !== 1) throw processingError(`one value is wanted, there are ${values.length}`)
      return values[0]
    }),
    defineFunction(`${name}-bag-size`, [bag], integer, (values) => BigInt(values.length)),
    defineVariadic(`${name}-bag`, 0, type, bag, (values) => values),
    defineFunction(`${name}-is-in`, [type, bag], boolean, (value, values) => {
      const key = type.key(value)
      for (let i = 0; i < values.length; i++) if (type.key(values[i]) === key) return true
      return false
    }),
  ]
}

/** Section A.3.10 of XACML 3.0, for all types. */
export const bags: readonly FunctionDefinition[] = DATA_TYPES.flatMap((type) =>
  versionsOf(type).flatMap((version) => bagFunctions(type, version)),
)
