import type { MessageContext } from '../context.ts'

/** The first argument of get-property is no scope. */
export const UNKNOWN_SCOPE = Symbol('unknown scope')

/** Reads a property as `get-property(scope, name)` does: every scope of the language reference 1.1, readable ones included. */
export function readScope(ctx: MessageContext, scope: string, name: string): unknown {
  switch (scope) {
    case 'default':
    case 'synapse':
      return (
        ctx.properties.get('default', name) ??
        ctx.deployment.find('localEntry', name)?.element ??
        ctx.deployment.find('localEntry', name)?.text
      )
    case 'axis2':
    case 'axis2-client':
    case 'transport':
    case 'operation':
    case 'system':
    case 'analytics':
      return ctx.properties.get(scope, name)
    case 'env':
      return ctx.services.environment(name)
    case 'file':
      return ctx.deployment.parameters.file(name)
    case 'func':
      return templateParameter(ctx, name)
    case 'registry':
      return registryValue(ctx, name)
    default:
      return UNKNOWN_SCOPE
  }
}

/** A parameter of the running template; an escaped expression is evaluated where it is used. */
function templateParameter(ctx: MessageContext, name: string): unknown {
  const value = ctx.frame?.parameters.get(name)
  if (typeof value !== 'object' || value === null || !('evaluate' in value) || typeof value.evaluate !== 'function')
    return value
  return (value as { evaluate(ctx: MessageContext): unknown }).evaluate(ctx)
}

/** `path` is the text of a resource, `path@property` one of its properties. */
function registryValue(ctx: MessageContext, key: string): string | undefined {
  const at = key.lastIndexOf('@')
  if (at < 0) return ctx.deployment.resource(key)?.bytes.toString('utf8')
  return ctx.deployment.resource(key.slice(0, at))?.properties.get(key.slice(at + 1))
}
