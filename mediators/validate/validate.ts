import {
  boolean,
  bodyChild,
  children,
  defineMediator,
  ERROR_DETAIL,
  ERROR_EXCEPTION,
  ERROR_MESSAGE,
  JsonPathPath,
  type Mediator,
  type MessageContext,
  type Path,
  path,
  required,
  requiredChild,
  string,
  value,
  withDefault,
  XmlElement,
} from 'viaduct'
import { compileSchemas, type Validator } from './schemas.ts'

/** `validate`: checks a part of the message against schemas (language reference 2.1). */
export const validate = defineMediator({
  name: 'validate',
  summary: 'Checks the payload against XML Schemas or, when it is JSON, a JSON Schema; what is wrong goes to on-fail.',
  attributes: {
    source: path('Selects what is checked; without it, the first child of the body, or the JSON payload.'),
    cacheSchema: { ...withDefault(true, boolean('Not used: schemas are compiled once.')), xml: 'cache-schema' },
    jsonSource: { ...path('Selects what of a JSON payload is checked.'), xml: 'json-source' },
    key: string('Not used: schemas are named by <schema>.'),
  },
  children: {
    schemas: children('schema', 'A schema.', {
      attributes: { key: required(value('Where it is kept.')) },
    }),
    properties: children('property', 'Not used: they set up Java validators.', {
      attributes: { name: required(string('Name.')), value: boolean('true or false.') },
    }),
    features: children('feature', 'Not used: they set up Java validators.', {
      attributes: { name: required(string('Name.')), value: boolean('true or false.') },
    }),
    resources: children('resource', 'Where a location that a schema names leads.', {
      attributes: {
        location: required(string('The location, as import and include have it.')),
        key: required(string('Where it is kept.')),
      },
    }),
    onFail: requiredChild('on-fail', 'Mediators for what is invalid.', { content: 'pipeline' }),
  },
  builds: true,
  check({ schemas, onFail, node }, { fail }) {
    if (schemas.length === 0) fail('element-missing', '<validate> needs a <schema>', node.at)
    if (onFail.pipeline === undefined) fail('element-missing', '<on-fail> needs mediators', onFail.node.at)
  },
  compile({ source, jsonSource, schemas, resources, onFail }, site) {
    const places = new Map(resources.map(({ location, key }) => [location, key]))
    const find = compileSchemas(
      schemas.map(({ key }) => key),
      places,
      site,
    )
    const failing = onFail.pipeline ?? (() => 'continue' as const)
    const mediator: Mediator = (ctx) => {
      const problems = problemsOf(ctx, find(ctx), source, jsonSource)
      if (problems.length === 0) return 'continue'
      ctx.properties.set('default', ERROR_MESSAGE.name, problems.join('\n'))
      ctx.properties.set('default', ERROR_DETAIL.name, problems[0] ?? '')
      ctx.properties.set('default', ERROR_EXCEPTION.name, problems[0] ?? '')
      return failing(ctx)
    }
    return mediator
  },
})

function problemsOf(
  ctx: MessageContext,
  validator: Validator,
  source: Path | undefined,
  jsonSource: Path | undefined,
): readonly string[] {
  if (validator.kind === 'json') {
    const path = jsonSource ?? (source?.kind === 'json' ? source : undefined)
    return validator.problems((path instanceof JsonPathPath ? path.evaluate(ctx) : ctx.message.json) ?? null)
  }
  const element =
    source === undefined || source.kind === 'json'
      ? bodyChild(ctx.message.tree)
      : source.nodes(ctx).find((node) => node instanceof XmlElement)
  return element === undefined ? ['there is nothing to validate'] : validator.problems(element)
}
