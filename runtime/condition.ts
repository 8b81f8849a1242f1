import { spanOf } from './compiler.ts'
import type { MessageContext } from './context.ts'
import { didYouMean } from './diagnostic.ts'
import { definedString } from './expression/defined-string.ts'
import { javaRegex } from './expression/java-regex.ts'
import { compilePath } from './expression/path.ts'
import type { Site } from './mediator.ts'
import { words } from './properties.ts'
import { InvalidValue } from './schema.ts'
import { parseUri, type UriFragments } from './uri-fragments.ts'
import { ELEMENT, XmlElement } from './xml/tree.ts'

/** A condition of `conditionalRouter` and `rewrite` (language reference 2.1: evaluators), compiled. */
export interface Condition {
  /** It looks into the body, so that the message must have been built. */
  readonly contentAware: boolean
  test(ctx: MessageContext, subject: ConditionSubject): boolean
}

/** The address a condition of type `url` or `param` looks at; taken apart when the first one asks. */
export class ConditionSubject {
  readonly address: string
  #fragments: UriFragments | undefined
  #parameters: URLSearchParams | undefined

  constructor(address: string) {
    this.address = address
  }

  get fragments(): UriFragments | undefined {
    return (this.#fragments ??= parseUri(this.address))
  }

  parameter(name: string): string | undefined {
    this.#parameters ??= new URLSearchParams(this.fragments?.query ?? '')
    return this.#parameters.get(name) ?? undefined
  }
}

type Source = (ctx: MessageContext, subject: ConditionSubject) => string | undefined

const KINDS = ['and', 'or', 'not', 'equal', 'match', 'exist'] as const
const TYPES = ['header', 'param', 'url', 'property', 'soap'] as const
const FRAGMENTS = ['protocol', 'user', 'host', 'port', 'path', 'query', 'ref'] as const

/** Compiles the one condition inside `parent`; undefined when something is wrong, which has been reported. */
export function compileCondition(parent: XmlElement, site: Site): Condition | undefined {
  const [only, second] = elementsOf(parent)
  if (only === undefined) {
    site.fail('element-missing', `<${parent.name}> needs a condition: one of ${KINDS.join(', ')}`, spanOf(parent))
    return undefined
  }
  if (second !== undefined) {
    site.fail(
      'element-repeated',
      `<${parent.name}> holds one condition; combine them with <and> or <or>`,
      spanOf(second),
    )
    return undefined
  }
  return compileEvaluator(only, site)
}

const elementsOf = (element: XmlElement): XmlElement[] =>
  element.children.filter((node): node is XmlElement => node.type === ELEMENT)

// Evaluators are known by their local name alone: configurations write them with and without the namespace.
function compileEvaluator(element: XmlElement, site: Site): Condition | undefined {
  const kind = KINDS.find((name) => name === element.name)
  switch (kind) {
    case undefined: {
      site.fail(
        'element-unknown',
        `there is no condition <${element.name}>${didYouMean(element.name, KINDS)}`,
        spanOf(element),
      )
      return undefined
    }
    case 'and':
    case 'or':
      return compileCombination(kind, element, site)
    case 'not': {
      const inner = compileCondition(element, site)
      return inner && { contentAware: inner.contentAware, test: (ctx, subject) => !inner.test(ctx, subject) }
    }
    case 'equal':
    case 'match':
    case 'exist':
      return compileComparison(kind, element, site)
  }
}

function compileCombination(kind: 'and' | 'or', element: XmlElement, site: Site): Condition | undefined {
  const parts = elementsOf(element).map((each) => compileEvaluator(each, site))
  const conditions = parts.filter((part) => part !== undefined)
  if (conditions.length < parts.length) return undefined
  if (conditions.length === 0) {
    site.fail('element-missing', `<${kind}> needs conditions inside it`, spanOf(element))
    return undefined
  }
  const contentAware = conditions.some((each) => each.contentAware)
  if (kind === 'and')
    return { contentAware, test: (ctx, subject) => conditions.every((each) => each.test(ctx, subject)) }
  return { contentAware, test: (ctx, subject) => conditions.some((each) => each.test(ctx, subject)) }
}

function compileComparison(kind: 'equal' | 'match' | 'exist', element: XmlElement, site: Site): Condition | undefined {
  const source = compileSource(element, site)
  if (source === undefined) return undefined
  const { contentAware, read } = source
  if (kind === 'exist') return { contentAware, test: (ctx, subject) => read(ctx, subject) !== undefined }
  const expected = attribute(element, kind === 'equal' ? 'value' : 'regex')
  if (expected === undefined) {
    site.fail(
      'attribute-missing',
      `<${kind}> needs the attribute "${kind === 'equal' ? 'value' : 'regex'}"`,
      spanOf(element),
    )
    return undefined
  }
  if (kind === 'match') return compileMatch(element, expected, source, site)
  // COMPAT condition-equal-ignores-case: "equal" compares without regard to case (language reference 2.1).
  const word = expected.toLowerCase()
  return { contentAware, test: (ctx, subject) => read(ctx, subject)?.toLowerCase() === word }
}

function compileMatch(
  element: XmlElement,
  text: string,
  { contentAware, read }: CompiledSource,
  site: Site,
): Condition | undefined {
  try {
    const pattern = javaRegex(text, true)
    const test = (ctx: MessageContext, subject: ConditionSubject) => {
      const value = read(ctx, subject)
      return value !== undefined && pattern.test(value)
    }
    return { contentAware, test }
  } catch (error) {
    const place = element.attributes.find(({ name }) => name === 'regex')?.valueAt ?? spanOf(element)
    site.fail(
      'attribute-invalid',
      `regex="${text}": not a regular expression: ${error instanceof Error ? error.message : ''}`,
      place,
    )
    return undefined
  }
}

interface CompiledSource {
  readonly contentAware: boolean
  readonly read: Source
}

function compileSource(element: XmlElement, site: Site): CompiledSource | undefined {
  const written = attribute(element, 'type') ?? 'header'
  const type = TYPES.find((each) => each === written)
  const source = attribute(element, 'source')
  if (type === undefined) {
    site.fail(
      'attribute-invalid',
      `type="${written}": expected one of ${TYPES.join(', ')}${didYouMean(written, TYPES)}`,
      spanOf(element),
    )
    return undefined
  }
  if (type === 'url') return compileUrlSource(source, element, site)
  if (source === undefined) {
    site.fail('attribute-missing', `<${element.name}> needs the attribute "source"`, spanOf(element))
    return undefined
  }
  switch (type) {
    case 'header':
      return { contentAware: false, read: (ctx) => ctx.message.headers.get(source) }
    case 'param':
      return { contentAware: false, read: (_, subject) => subject.parameter(source) }
    case 'property':
      return { contentAware: false, read: (ctx) => words(ctx.properties.get('default', source)) }
    case 'soap':
      return compileBodySource(source, element, site)
  }
}

function compileUrlSource(source: string | undefined, element: XmlElement, site: Site): CompiledSource | undefined {
  if (source === undefined) return { contentAware: false, read: (_, { address }) => address }
  const fragment = FRAGMENTS.find((each) => each === source)
  if (fragment === undefined) {
    site.fail('attribute-invalid', `source="${source}": expected one of ${FRAGMENTS.join(', ')}`, spanOf(element))
    return undefined
  }
  if (fragment === 'port') return { contentAware: false, read: (_, { fragments }) => String(fragments?.port ?? -1) }
  return { contentAware: false, read: (_, { fragments }) => fragments?.[fragment] }
}

function compileBodySource(source: string, element: XmlElement, site: Site): CompiledSource | undefined {
  const at = element.attributes.find(({ name }) => name === 'source')?.valueAt ?? spanOf(element)
  try {
    const path = compilePath(source, { element, at, linker: site.linker })
    return { contentAware: path.contentAware, read: (ctx) => definedString(path, ctx) }
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, `source="${source}": ${error.message}`, at)
    return undefined
  }
}

const attribute = (element: XmlElement, wanted: string): string | undefined =>
  element.attributes.find(({ name, namespace }) => name === wanted && namespace === '')?.value
