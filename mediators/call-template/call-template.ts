import {
  children,
  compilePath,
  defineMediator,
  type DynamicValue,
  Fault,
  type Flow,
  guarded,
  key,
  type Mediator,
  type MessageContext,
  nested,
  readContent,
  required,
  type Site,
  string,
  type Template,
  type TemplateFrame,
  value,
  type XmlElement,
} from 'viaduct'

/** Runs a template with values for its parameters. */
export const callTemplate = defineMediator({
  name: 'call-template',
  summary: 'Runs a template with values for its parameters.',
  attributes: {
    target: required(key('template', 'Name of the template.')),
    onError: key('sequence', 'Sequence that handles faults of the template.'),
  },
  children: {
    parameters: children(
      'with-param',
      'A value for a parameter; others that the template does not declare are ignored.',
      {
        attributes: {
          name: required(string('Name of the parameter.')),
          value: required(
            value('A literal; {expression} is evaluated now, {{expression}} where the template uses it.'),
          ),
        },
      },
    ),
  },
  compile({ target, onError, parameters }, site) {
    const given = new Map(parameters.map(({ name, value, node }) => [name, argumentOf(value, node, site)]))
    const call: Mediator = (ctx) => {
      const template = target.get(ctx)
      const outer = ctx.frame
      ctx.frame = { template: template.name, parameters: valuesFor(template, given, ctx), outer }
      return restoring(nested(template.mediator, ctx), outer, ctx)
    }
    return onError === undefined ? call : guarded(call, (ctx) => nested(onError.get(ctx).mediator, ctx))
  },
})

interface Argument {
  readonly text: string | undefined
  value(ctx: MessageContext): unknown
}

/** An expression in two pairs of braces reaches the template as it is; `$func:name` evaluates it there. */
function argumentOf(value: DynamicValue, node: XmlElement, site: Site): Argument {
  const { literal } = value
  if (literal === undefined) return { text: undefined, value: (ctx) => value.evaluate(ctx) }
  if (!literal.startsWith('{') || !literal.endsWith('}')) return { text: literal, value: () => literal }
  const path = readContent(node, site, (reading) => compilePath(literal.slice(1, -1), reading))
  return { text: literal, value: () => path }
}

/** Values are evaluated before the frame changes: they may use parameters of the template that makes the call. */
function valuesFor(
  template: Template,
  given: ReadonlyMap<string, Argument>,
  ctx: MessageContext,
): ReadonlyMap<string, unknown> {
  const values = new Map<string, unknown>()
  for (const { name, mandatory, fallback } of template.parameters) {
    const argument = given.get(name)
    if (argument === undefined && mandatory && fallback === undefined) {
      throw new Fault(500101, `the template "${template.name}" needs the parameter "${name}"`)
    }
    const value = argument === undefined ? (fallback ?? '') : argument.value(ctx)
    values.set(name, value)
    ctx.properties.set('default', `${template.name}:${name}`, argument?.text ?? value)
  }
  return values
}

// COMPAT template-frame-stays: a body that stops the flow leaves its parameters in place (language reference 3.10).
function restoring(
  flow: Flow | Promise<Flow>,
  outer: TemplateFrame | undefined,
  ctx: MessageContext,
): Flow | Promise<Flow> {
  if (typeof flow !== 'string') return flow.then((ended) => restoring(ended, outer, ctx))
  if (flow === 'continue') ctx.frame = outer
  return flow
}
