import {
  boolean,
  child,
  children,
  compilePath,
  type Config,
  defineMediator,
  ELEMENT,
  Fault,
  InvalidValue,
  type MessageContext,
  named,
  oneOf,
  type Reading,
  requiredChild,
  type Site,
  spanOf,
  string,
  value as dynamic,
  withDefault,
  type XmlElement,
} from 'viaduct'
import { type Argument, computedArgument, literalArgument, type Media } from './argument.ts'
import { compileTextFormat, compileXmlFormat, type Format, renderFormat } from './format.ts'
import { placeJson, placeText, placeXml } from './placing.ts'

const argumentShape = {
  attributes: {
    value: string('A literal.'),
    expression: string('Evaluated for every message: XPath, or JSONPath with evaluator="json".'),
    evaluator: withDefault('xml', oneOf(['xml', 'json'], 'Language of the expression.')),
    literal: withDefault(false, boolean('Whether the value is text even when it looks like XML or JSON.')),
    deepCheck: boolean('Accepted for old configurations; values are always checked to the end.'),
  },
} as const

const MEDIA = { xml: placeXml, json: placeJson, text: placeText }

/** Replaces the body by a format filled with values. */
export const payloadFactory = defineMediator({
  name: 'payloadFactory',
  summary: 'Replaces the body by XML, JSON or text made from a format and arguments.',
  attributes: {
    media: named('media-type', withDefault('xml', oneOf(['xml', 'json', 'text'], 'What the format is.'))),
    template: named(
      'template-type',
      withDefault('default', oneOf(['default', 'freemarker'], 'Language of the format.')),
    ),
    escapeXmlChars: withDefault(
      false,
      boolean('Whether &, < and > are escaped in JSON values that are inserted as JSON.'),
    ),
  },
  children: {
    format: requiredChild('format', 'The new body; $1 … $n stand for the arguments, ${…} for expressions.', {
      attributes: { key: dynamic('Registry resource or local entry that holds the format.') },
      content: 'xml',
    }),
    args: child('args', 'Values for $1, $2 …', { children: { list: children('arg', 'A value.', argumentShape) } }),
  },
  builds: true,
  check({ template, args }, { fail }) {
    if (template === 'freemarker') {
      fail('element-unsupported', 'template-type="freemarker" is not supported: write the format with $1 and ${…}')
    }
    for (const { value, expression, node } of args?.list ?? []) {
      if (value === undefined && (expression === undefined || expression === '')) {
        fail('constraint-violated', '<arg> needs a value or an expression', spanOf(node))
      }
    }
  },
  compile({ media, escapeXmlChars, format, args }, site) {
    const list = (args?.list ?? []).map((each) => compileArgument(each, media, site))
    const place = MEDIA[media]
    const formatFor = formatSource({ media, escapeXmlChars, args: list.length }, format, site)
    return (ctx) => {
      const compiled = formatFor(ctx)
      const values = list.map((argument) => argument(ctx))
      place(ctx, renderFormat(compiled, values, ctx), compiled)
      if (ctx.properties.get('axis2', 'NO_ENTITY_BODY') !== undefined) ctx.properties.delete('axis2', 'NO_ENTITY_BODY')
      return 'continue'
    }
  },
})

type ArgumentConfig = Config<(typeof argumentShape)['attributes'], {}>

function compileArgument(
  { value, expression = '', evaluator, literal, node }: ArgumentConfig,
  media: Media,
  site: Site,
): Argument {
  if (value !== undefined) return literalArgument(value, media)
  const at = node.attributes.find(({ name }) => name === 'expression')?.valueAt ?? spanOf(node)
  const text =
    evaluator === 'json' && !/^\s*(?:json-eval\(|\$\{)/.test(expression) ? `json-eval(${expression})` : expression
  try {
    return computedArgument(compilePath(text, { element: node, at, linker: site.linker }), literal, media)
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, `expression="${expression}": ${error.message}`, at)
    return () => ({ kind: 'text', text: '' })
  }
}

interface FormatOptions {
  readonly media: Media
  readonly escapeXmlChars: boolean
  readonly args: number
}

type FormatConfig = Config<{ readonly key: ReturnType<typeof dynamic> }, {}>

/** The format written in the configuration, or read by key: once at deployment, or once for each key that a message names. */
function formatSource(
  options: FormatOptions,
  { key, node, text }: FormatConfig,
  site: Site,
): (ctx: MessageContext) => Format {
  const reading: Reading = { element: node, at: spanOf(node), linker: site.linker }
  if (key === undefined) {
    const inline = reported(site, reading, () => compileFormat(options, elementIn(node) ?? text, reading))
    return () => inline
  }
  const { literal } = key
  if (literal !== undefined) {
    const resource = site.linker.resource(literal)
    if (resource === undefined)
      site.fail('resource-unreadable', `key="${literal}": there is no such resource or local entry`)
    const stored = reported(site, reading, () =>
      compileFormat(options, resource?.bytes.toString('utf8') ?? '', reading),
    )
    return () => stored
  }
  const known = new Map<string, Format>()
  return (ctx) => {
    const name = key.string(ctx)
    let format = known.get(name)
    if (format === undefined) {
      const resource = ctx.deployment.resource(name)
      if (resource === undefined) throw new Fault(0, `there is no format "${name.slice(0, 200)}"`)
      format = compileFormat(options, resource.bytes.toString('utf8'), reading)
      known.set(name, format)
    }
    return format
  }
}

function compileFormat(
  { media, escapeXmlChars, args }: FormatOptions,
  source: XmlElement | string,
  reading: Reading,
): Format {
  if (media === 'xml') return compileXmlFormat(source, args, reading)
  return compileTextFormat(typeof source === 'string' ? source.trim() : '', media, args, escapeXmlChars, reading)
}

const EMPTY: Format = { parts: [], wellFormed: false, envelope: false }

function reported(site: Site, { at }: Reading, compile: () => Format): Format {
  try {
    return compile()
  } catch (error) {
    if (!(error instanceof InvalidValue)) throw error
    site.fail(error.code, `<format>: ${error.message}`, at)
    return EMPTY
  }
}

const elementIn = (node: XmlElement): XmlElement | undefined =>
  node.children.find((child): child is XmlElement => child.type === ELEMENT)
