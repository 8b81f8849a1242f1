import type { AnyDefinition } from '../artifact.ts'
import { EVERYWHERE } from '../element-reader.ts'
import type { Language } from '../language.ts'
import type { Attribute, Child, Shape } from '../schema.ts'

type Schema = Record<string, unknown>
type Form = Shape | AnyDefinition

/**
 * The configuration language as JSON Schema (2020-12), for tools: an element is an object with its name as the only key; its
 * value holds attributes and declared children under their names, mediators in order under `mediators`, text under `text`.
 */
export function jsonSchemaOf(language: Language): Schema {
  const mediators = language.mediators.values()
  const artifacts = [...language.artifacts.values()]
  const types = [
    ...mediators.map((each) => [`mediator.${each.name}`, elementOf(each, each.summary)] as const),
    ...artifacts.map((each) => [`artifact.${each.name}`, elementOf(each, each.summary)] as const),
  ]
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Configuration of Viaduct',
    anyOf: [
      ...artifacts.map(({ name }) => only(name, `artifact.${name}`)),
      {
        type: 'object',
        required: ['definitions'],
        properties: { definitions: { type: 'array', items: oneOfArtifacts } },
      },
    ],
    $defs: {
      artifact: { anyOf: artifacts.map(({ name }) => only(name, `artifact.${name}`)) },
      mediator: { anyOf: mediators.map(({ name }) => only(name, `mediator.${name}`)) },
      ...Object.fromEntries(types),
    },
  }
}

const oneOfArtifacts: Schema = { $ref: '#/$defs/artifact' }

const only = (name: string, type: string): Schema => ({
  type: 'object',
  required: [name],
  additionalProperties: false,
  properties: { [name]: { $ref: `#/$defs/${type}` } },
})

function elementOf(form: Form, description: string): Schema {
  const attributes = Object.entries(form.attributes).map(
    ([key, attribute]) => [attribute.xml ?? key, attribute] as const,
  )
  const children = Object.values<Child>(form.children)
  const required = [
    ...attributes.filter(([, { mandatory, fallback }]) => mandatory && fallback === undefined).map(([name]) => name),
    ...children.filter(({ mandatory }) => mandatory).map(({ element }) => element),
  ]
  const properties: Schema = {}
  for (const name of EVERYWHERE) properties[name] = { type: 'string' }
  for (const [name, attribute] of attributes) properties[name] = attributeOf(attribute)
  for (const child of children) properties[child.element] = childOf(child)
  return {
    description,
    type: 'object',
    ...(required.length === 0 ? {} : { required }),
    properties: { ...properties, ...contentOf(form) },
    additionalProperties: form.content === 'xml',
  }
}

function childOf(child: Child): Schema {
  const one = elementOf(child, child.doc)
  return child.many ? { type: 'array', items: one } : one
}

function contentOf({ content }: Form): Schema {
  switch (content) {
    case 'empty':
      return {}
    case 'text':
      return { text: { type: 'string' } }
    case 'xml':
      return { text: { type: 'string', description: 'Text or XML, read by the element itself.' } }
    case 'pipeline':
      return { mediators: { type: 'array', items: { $ref: '#/$defs/mediator' } } }
    case 'endpoint':
      return { endpoint: { $ref: '#/$defs/artifact.endpoint' } }
    case 'endpoints':
      return { endpoint: { type: 'array', items: { $ref: '#/$defs/artifact.endpoint' } } }
  }
}

function attributeOf({ doc, kind, values, fallback }: Attribute<unknown>): Schema {
  const description = doc
  const preset = fallback === undefined ? {} : { default: fallback }
  switch (kind) {
    case 'boolean':
      return { description, enum: ['true', 'false'], ...preset }
    case 'enum':
      return { description, enum: values ?? [], ...preset }
    case 'integer':
      return { description, type: 'string', pattern: '^\\s*[+-]?\\d+\\s*$', ...preset }
    case 'number':
      return { description, type: 'string', format: 'double', ...preset }
    case 'path':
    case 'key':
      return { description, type: 'string', minLength: 1, ...preset }
    case 'string':
    case 'value':
    case 'regex':
    case 'qname':
    case 'list':
      return { description, type: 'string', ...preset }
  }
}
