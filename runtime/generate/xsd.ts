import type { AnyArtifactDefinition, AnyDefinition } from '../artifact.ts'
import { EVERYWHERE } from '../element-reader.ts'
import type { Language } from '../language.ts'
import { qualified } from '../definitions.ts'
import { SYNAPSE } from '../mediator.ts'
import type { Attribute, Attributes, Child, Shape } from '../schema.ts'
import { documentation, element, type Markup } from './markup.ts'
import { choice, type Particle, particlesOf } from './xsd-content.ts'
import { SIMPLE_TYPES, simpleTypeOf } from './xsd-types.ts'

const SCHEMA = 'http://www.w3.org/2001/XMLSchema'

type Form = Shape | AnyDefinition

/**
 * An XML Schema (1.0) of the configuration language, from the definitions that the loader uses. What it refuses the loader
 * refuses; what only the loader can see (references, expressions, rules between attributes) it lets pass.
 */
export function xsdOf(language: Language): string {
  const mediators = language.mediators.values().filter(({ namespace }) => namespace === SYNAPSE)
  const artifacts = [...language.artifacts.values()].filter(({ namespace }) => namespace === SYNAPSE)
  const endpoint = language.artifacts.get(qualified(SYNAPSE, 'endpoint'))
  const schema = element(
    'xs:schema',
    { 'xmlns:xs': SCHEMA, xmlns: SYNAPSE, targetNamespace: SYNAPSE, elementFormDefault: 'qualified' },
    [
      ...SIMPLE_TYPES,
      everywhere(),
      definitionsElement(artifacts),
      ...artifacts.map((each) => element('xs:element', { name: each.name, type: `artifact-${each.name}` })),
      ...['registry', 'taskManager'].map((name) => element('xs:element', { name, type: 'provider' })),
      mediatorGroup(mediators.map(({ name }) => name)),
      ...mediators.map((each) => complexType(each, names(mediators), { name: `mediator-${each.name}` }, each.summary)),
      ...artifacts.map((each) => artifactType(each, names(mediators))),
      ...(endpoint === undefined
        ? []
        : [complexType(endpoint, names(mediators), { name: 'endpoint' }, endpoint.summary)]),
      NOTED,
    ],
  )
  return `<?xml version="1.0" encoding="UTF-8"?>\n${schema.print(0)}\n`
}

const names = (definitions: readonly AnyDefinition[]): ReadonlySet<string> =>
  new Set(definitions.map(({ name }) => name))

/** At top level an artifact needs its name, which the same element elsewhere may lack. */
function artifactType(definition: AnyArtifactDefinition, mediators: ReadonlySet<string>): Markup {
  const { attributes, nameAttribute } = definition
  const entry = Object.entries(attributes).find(([key, { xml = key }]) => xml === nameAttribute)
  const named = entry && { ...attributes, [entry[0]]: { ...entry[1], mandatory: true } }
  const form = { ...definition, attributes: named ?? attributes }
  return complexType(form, mediators, { name: `artifact-${definition.name}` }, definition.summary)
}

function definitionsElement(artifacts: readonly AnyArtifactDefinition[]): Markup {
  const children = [
    ...artifacts.map(({ name }) => element('xs:element', { ref: name })),
    ...['registry', 'taskManager'].map((name) => element('xs:element', { ref: name })),
    element('xs:element', { name: 'description', type: 'xs:string' }),
  ]
  const type = element('xs:complexType', {}, [choice(children), element('xs:attributeGroup', { ref: 'everywhere' })])
  return element('xs:element', { name: 'definitions' }, [documentation('A whole configuration in one file.'), type])
}

/** What says which Java class does something: accepted, because the bus has its own. */
const NOTED = element('xs:complexType', { name: 'provider' }, [
  choice([
    element('xs:element', { name: 'parameter' }, [
      element('xs:complexType', { mixed: 'true' }, [element('xs:attribute', { name: 'name', type: 'xs:string' })]),
    ]),
  ]),
  element('xs:attribute', { name: 'provider', type: 'xs:string' }),
  element('xs:anyAttribute', { namespace: '##other', processContents: 'lax' }),
])

const everywhere = (): Markup =>
  element('xs:attributeGroup', { name: 'everywhere' }, [
    ...[...EVERYWHERE].map((name) => element('xs:attribute', { name, type: 'xs:string' })),
    element('xs:anyAttribute', { namespace: '##other', processContents: 'lax' }),
  ])

const mediatorGroup = (mediators: readonly string[]): Markup =>
  element('xs:group', { name: 'mediators' }, [element('xs:choice', {}, mediators.map(mediatorElement))])

const mediatorElement = (name: string): Markup => element('xs:element', { name, type: `mediator-${name}` })

function complexType(
  form: Form,
  mediators: ReadonlySet<string>,
  attributes: Readonly<Record<string, string>>,
  doc?: string,
): Markup {
  const mixed = form.content === 'text' || form.content === 'xml' ? { mixed: 'true' } : {}
  return element('xs:complexType', { ...attributes, ...mixed }, [
    ...(doc === undefined ? [] : [documentation(doc)]),
    ...content(form, mediators),
    ...attributesOf(form.attributes),
  ])
}

function content(form: Form, mediators: ReadonlySet<string>): Markup[] {
  if (form.content === 'xml') {
    const any = { minOccurs: '0', maxOccurs: 'unbounded', processContents: 'skip' }
    return [element('xs:sequence', {}, [element('xs:any', any)])]
  }
  const declared = Object.values<Child>(form.children).map((child): Particle => ({
    name: child.element,
    single: !child.many,
    mandatory: child.mandatory,
    markup: (occurs) =>
      element('xs:element', { name: child.element, ...occurs }, [
        documentation(child.doc),
        complexType(child, mediators, {}),
      ]),
  }))
  return particlesOf([...declared, ...implied(form, declared, mediators)])
}

/** What an element may hold without declaring it: a description, endpoints, mediators and elements of drop-in modules. */
function implied(form: Form, declared: readonly Particle[], mediators: ReadonlySet<string>): Particle[] {
  const taken = new Set(declared.map(({ name }) => name))
  const found: Particle[] = []
  const add = (name: string, single: boolean, markup: Particle['markup']) => {
    if (!taken.has(name)) found.push({ name, single, mandatory: false, markup })
  }
  add('description', true, (occurs) => element('xs:element', { name: 'description', type: 'xs:string', ...occurs }))
  if (form.content === 'endpoint' || form.content === 'endpoints') {
    const single = form.content === 'endpoint'
    add('endpoint', single, (occurs) => element('xs:element', { name: 'endpoint', type: 'endpoint', ...occurs }))
  }
  if (form.content !== 'pipeline') return found
  // A declared child of a mediator's name takes its place: one name has one type in one content model.
  const free = [...mediators].filter((name) => !taken.has(name))
  if (free.length === mediators.size) add('', false, () => element('xs:group', { ref: 'mediators' }))
  else for (const name of free) add(name, false, () => mediatorElement(name))
  add('', false, () => element('xs:any', { namespace: '##other', processContents: 'lax' }))
  return found
}

function attributesOf(attributes: Attributes): Markup[] {
  const declared = Object.entries(attributes).map(([key, attribute]) => attributeOf(attribute.xml ?? key, attribute))
  const taken = new Set(Object.entries(attributes).map(([key, { xml = key }]) => xml))
  const free = [...EVERYWHERE].filter((name) => !taken.has(name))
  if (free.length === EVERYWHERE.size) return [...declared, element('xs:attributeGroup', { ref: 'everywhere' })]
  return [
    ...declared,
    ...free.map((name) => element('xs:attribute', { name, type: 'xs:string' })),
    element('xs:anyAttribute', { namespace: '##other', processContents: 'lax' }),
  ]
}

/** `required` and `default` exclude each other in XML Schema; a default wins, because the loader then needs no value. */
function attributeOf(name: string, attribute: Attribute<unknown>): Markup {
  const { doc, fallback, mandatory } = attribute
  const use: Record<string, string> =
    fallback !== undefined ? { default: fallback } : mandatory ? { use: 'required' } : {}
  const { type, inline } = simpleTypeOf(attribute)
  return element('xs:attribute', { name, ...(type === undefined ? {} : { type }), ...use }, [
    documentation(doc),
    ...(inline === undefined ? [] : [inline]),
  ])
}
