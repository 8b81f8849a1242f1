import type { MessageContext } from '../../context.ts'
import { readScope } from '../scope-reader.ts'
import { numericText } from './number.ts'
import type { LookupRoot } from './syntax.ts'
import { type Value, valueOf } from './value.ts'

/** Reads by name from a root other than payload and vars; undefined when there is nothing of that name. */
export function lookup(root: LookupRoot, name: string): (ctx: MessageContext) => Value | undefined {
  const read = READERS[root](name)
  return (ctx) => {
    const value = valueOf(read(ctx))
    // COMPAT numeric-looking-text: headers, properties, parameters and configs that look like numbers are numbers ("007" is 7).
    return typeof value === 'string' ? (numericText(value) ?? value) : value
  }
}

/** What each root holds, for messages. */
export const LOOKED_UP: Readonly<Record<LookupRoot, string>> = {
  headers: 'header',
  synapse: 'property',
  axis2: 'axis2 property',
  pathParams: 'path parameter',
  queryParams: 'query parameter',
  functionParams: 'parameter of a template',
  configs: 'configuration property',
}

type Read = (ctx: MessageContext) => unknown

const READERS: Readonly<Record<LookupRoot, (name: string) => Read>> = {
  headers: (name) => (ctx) => ctx.message.headers.get(name),
  synapse: (name) => (ctx) => ctx.properties.get('default', name),
  axis2: (name) => (ctx) => ctx.properties.get('axis2', name),
  pathParams: (name) => (ctx) => ctx.properties.get('default', `uri.var.${name}`),
  queryParams: (name) => (ctx) => ctx.properties.get('default', `query.param.${name}`),
  functionParams: (name) => (ctx) => readScope(ctx, 'func', name),
  configs: (name) => (ctx) => ctx.deployment.parameters.configuration(name),
}
