import type { AnyDefinition } from '../artifact.ts'
import type { Language } from '../language.ts'
import { SYNAPSE } from '../mediator.ts'
import type { Attribute, AttributeKind, Child, ContentKind, Shape } from '../schema.ts'

/** An element as the reference shows it. */
export interface ElementPage {
  readonly name: string
  readonly kind: 'mediator' | 'artifact' | 'child'
  readonly namespace: string
  readonly summary: string
  readonly attributes: readonly AttributeLine[]
  readonly children: readonly ChildLine[]
  /** What it may hold besides declared children. */
  readonly holds: string
}

export interface AttributeLine {
  readonly name: string
  readonly form: string
  readonly required: boolean
  readonly default: string | undefined
  readonly doc: string
}

export interface ChildLine extends Pick<ElementPage, 'name' | 'attributes' | 'children' | 'holds'> {
  readonly doc: string
  /** `1`, `?` or `*`. */
  readonly occurs: string
}

const FORMS: Readonly<Record<AttributeKind, string>> = {
  string: 'text',
  boolean: 'true | false',
  integer: 'whole number',
  number: 'number',
  enum: '',
  path: 'expression',
  value: 'text or {expression}',
  regex: 'regular expression',
  qname: 'qualified name',
  list: 'list of words',
  key: 'name or {expression}',
}

const HOLDS: Readonly<Record<ContentKind, string>> = {
  empty: '',
  text: 'text',
  pipeline: 'mediators',
  endpoint: 'an <endpoint>',
  endpoints: '<endpoint>s',
  xml: 'text or XML',
}

/** Pages of every element of that name: a mediator, an artifact, children of others. */
export function pagesOf(language: Language, name: string): ElementPage[] {
  const found: ElementPage[] = []
  const kinds = [
    ['mediator', language.mediators],
    ['artifact', language.artifacts],
  ] as const
  for (const [kind, definitions] of kinds)
    for (const definition of definitions.values()) if (definition.name === name) found.push(page(definition, kind))
  if (found.length > 0) return found
  for (const [, definitions] of kinds)
    for (const definition of definitions.values()) found.push(...below(definition, definition.name, name))
  return found
}

/** Every name that `pagesOf` knows at top level. */
export const pageNames = (language: Language): string[] =>
  [...new Set([...language.mediators.values(), ...language.artifacts.values()].map(({ name }) => name))].toSorted()

const page = (definition: AnyDefinition, kind: ElementPage['kind']): ElementPage => ({
  name: definition.name,
  kind,
  namespace: definition.namespace,
  summary: definition.summary,
  ...linesOf(definition),
})

function below(form: Shape | AnyDefinition, path: string, name: string): ElementPage[] {
  return Object.values<Child>(form.children).flatMap((child) => [
    ...(child.element === name
      ? [{ name, kind: 'child' as const, namespace: SYNAPSE, summary: `In <${path}>: ${child.doc}`, ...linesOf(child) }]
      : []),
    ...below(child, `${path}/${child.element}`, name),
  ])
}

const linesOf = (form: Shape | AnyDefinition): Pick<ElementPage, 'attributes' | 'children' | 'holds'> => ({
  attributes: Object.entries(form.attributes).map(([key, attribute]) => attributeLine(attribute.xml ?? key, attribute)),
  children: Object.values<Child>(form.children).map((child) => ({
    name: child.element,
    doc: child.doc,
    occurs: child.many ? '*' : child.mandatory ? '1' : '?',
    ...linesOf(child),
  })),
  holds: HOLDS[form.content],
})

const attributeLine = (
  name: string,
  { kind, values, fallback, mandatory, doc }: Attribute<unknown>,
): AttributeLine => ({
  name,
  form: kind === 'enum' ? (values ?? []).join(' | ') : FORMS[kind],
  required: mandatory && fallback === undefined,
  default: fallback,
  doc,
})

/** The page as text for a terminal. */
export function pageText(shown: ElementPage): string {
  const { name, kind, namespace, summary } = shown
  const head = [`<${name}>  ${kind}${namespace === SYNAPSE ? '' : ` in ${namespace}`}`, '', `  ${summary}`]
  return [...head, ...partText(shown, '  ')].join('\n')
}

function partText(
  { attributes, children, holds }: Pick<ElementPage, 'attributes' | 'children' | 'holds'>,
  indent: string,
): string[] {
  const lines: string[] = []
  if (attributes.length > 0)
    lines.push('', `${indent}Attributes`, ...attributes.flatMap((each) => attributeText(each, `${indent}  `)))
  if (children.length > 0) lines.push('', `${indent}Children`)
  for (const child of children) {
    const often = { '*': 'any number', '?': 'optional', '1': 'required' }[child.occurs] ?? ''
    lines.push(
      `${indent}  <${child.name}>  ${often}`,
      `${indent}      ${child.doc}`,
      ...partText(child, `${indent}    `),
    )
  }
  if (holds !== '') lines.push('', `${indent}Holds ${holds}.`)
  return lines
}

function attributeText({ name, form, required, default: preset, doc }: AttributeLine, indent: string): string[] {
  const more = [form, required ? 'required' : '', preset === undefined ? '' : `default ${preset}`].filter(
    (text) => text !== '',
  )
  return [`${indent}${name}  ${more.join(', ')}`, `${indent}    ${doc}`]
}

/** The page as Markdown for the documentation. */
export function pageMarkdown(shown: ElementPage): string {
  const lines = [`# ${shown.name}`, '', shown.summary]
  lines.push(...tables(shown, `<${shown.name}>`))
  return `${lines.join('\n')}\n`
}

function tables(
  { attributes, children, holds }: Pick<ElementPage, 'attributes' | 'children' | 'holds'>,
  title: string,
): string[] {
  const lines: string[] = []
  if (attributes.length > 0) {
    lines.push('', `## Attributes of \`${title}\``, '', '| name | form | default | meaning |', '|---|---|---|---|')
    for (const each of attributes) {
      const preset = each.required ? '*required*' : each.default === undefined ? '' : `\`${each.default}\``
      lines.push(`| \`${each.name}\` | ${cell(each.form)} | ${preset} | ${cell(each.doc)} |`)
    }
  }
  if (children.length > 0) {
    lines.push('', `## Children of \`${title}\``, '', '| element | occurs | meaning |', '|---|---|---|')
    for (const { name, occurs, doc } of children) lines.push(`| \`<${name}>\` | ${occurs} | ${cell(doc)} |`)
  }
  if (holds !== '') lines.push('', `\`${title}\` holds ${cell(holds)}.`)
  for (const child of children) lines.push(...tables(child, `${title.slice(0, -1)}/${child.name}>`))
  return lines
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('<', '&lt;')
