import {
  children,
  type Config,
  type MessageContext,
  oneOf,
  path,
  required,
  type Scope,
  type Site,
  spanOf,
  string,
} from 'viaduct'
import type { EndpointProperties } from './defined-endpoint.ts'

/** The `<property>` children of an endpoint. */
export const propertyChildren = children('property', 'Set on the message at every send.', {
  attributes: {
    name: required(string('Name.')),
    value: string('The value.'),
    expression: path('Expression that gives the value.'),
    scope: oneOf(['default', 'synapse', 'axis2', 'axis2-client', 'transport'], 'Scope; default unless given.'),
    type: string('Not used; values are text.'),
    action: oneOf(['set'], 'Properties of an endpoint are set; removing one is not possible here.'),
  },
})

type PropertyConfig = Config<typeof propertyChildren.attributes, {}>

interface Setting {
  readonly name: string
  readonly scope: Scope
  value(ctx: MessageContext): unknown
}

/** Compiles them; an endpoint without any costs a message nothing. */
export function compileProperties(configs: readonly PropertyConfig[], site: Site): EndpointProperties {
  const literals = new Map<string, string>()
  const settings = configs.map(({ name, value, expression, scope = 'default', node }): Setting => {
    if (value !== undefined) literals.set(name, value)
    if (value === undefined && expression === undefined) {
      site.fail('attribute-missing', `the property "${name}" needs a value or an expression`, spanOf(node))
    }
    return {
      name,
      scope: scope === 'synapse' ? 'default' : scope,
      value: value !== undefined ? () => value : (ctx) => expression?.string(ctx) ?? '',
    }
  })
  return {
    literal: (name) => literals.get(name),
    contentAware: configs.some(({ expression }) => expression?.contentAware === true),
    apply: settings.length === 0 ? undefined : (ctx) => apply(settings, ctx),
  }
}

function apply(settings: readonly Setting[], ctx: MessageContext): void {
  for (const setting of settings) ctx.properties.set(setting.scope, setting.name, setting.value(ctx))
}
