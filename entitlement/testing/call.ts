import { dataTypeNamed, type DataType } from '../data-types/index.ts'
import { Indeterminate } from '../evaluation/indeterminate.ts'
import { FUNCTIONS } from '../functions/index.ts'
import type { ValueType } from '../functions/function.ts'

/** The function whose identifier ends with a name, in its newest version. */
export function functionOf(name: string) {
  const found = [...FUNCTIONS.values()].filter(({ id }) => id.endsWith(`:${name}`)).at(-1)
  if (found === undefined) throw new Error(`there is no function ${name}`)
  return found
}

/** Calls a function with texts, `[a, b]` for a bag, which are read by the types of its parameters. Gives texts; `!` is Indeterminate. */
export function call(name: string, ...args: readonly (string | readonly string[])[]): string | string[] {
  const definition = functionOf(name)
  const values = args.map((arg, i) => read(arg, definition.parameters[i] ?? definition.rest))
  try {
    return write(definition.call(...values), definition.result)
  } catch (error) {
    if (!(error instanceof Indeterminate)) throw error
    return '!'
  }
}

function read(arg: string | readonly string[], type: ValueType | undefined): unknown {
  if (type === undefined) throw new Error('too many arguments')
  return typeof arg === 'string' ? type.type.parse(arg) : arg.map((each) => type.type.parse(each))
}

const write = (value: unknown, { type, bag }: ValueType): string | string[] =>
  bag ? (value as unknown[]).map((each) => type.print(each)) : type.print(value)

export const typeNamed = (name: string): DataType => {
  const type = dataTypeNamed(name)
  if (type === undefined) throw new Error(`there is no data type ${name}`)
  return type
}
