import {
  cloneNode,
  type Config,
  convertText,
  type DataType,
  defineMediator,
  definedString,
  type DynamicValue,
  ELEMENT,
  flag,
  Fault,
  integer,
  literalElement,
  type Mediator,
  type MessageContext,
  oneOf,
  type Path,
  path,
  regex,
  required,
  type Scope,
  string,
  value as dynamic,
  withDefault,
  type XmlElement,
} from 'viaduct'
import { IDLE_PROPERTIES } from './idle-properties.ts'

/** What the property is set to; undefined where Synapse's value is null. */
type Source = (ctx: MessageContext) => unknown

const TYPES = ['STRING', 'BOOLEAN', 'INTEGER', 'LONG', 'SHORT', 'FLOAT', 'DOUBLE', 'OM', 'JSON'] as const

/** Properties that change what goes over the wire, so that the body must be in memory (language reference 5 and 6). */
const BUILDING: ReadonlySet<string> = new Set([
  'axis2 messageType',
  'axis2 DISABLE_CHUNKING',
  'axis2 FORCE_HTTP_1.0',
  'transport Content-Encoding',
])

const attributes = {
  name: required(dynamic('Name; an expression in braces is evaluated for every message.')),
  value: string('A literal. It wins over a child element, which wins over an expression.'),
  expression: path('Evaluated for every message; its string value is set.'),
  scope: withDefault(
    'default',
    oneOf(
      ['default', 'synapse', 'axis2', 'axis2-client', 'transport', 'operation', 'system', 'analytics', 'trace'],
      'Where the property lives.',
    ),
  ),
  type: withDefault('STRING', oneOf(TYPES, 'What the value is converted to.')),
  action: withDefault('set', oneOf(['set', 'remove'], 'Whether to set or to remove it.')),
  pattern: regex('Regular expression that the whole value must match; else the value is empty.'),
  group: withDefault(0, integer('Group of the pattern that is taken; 0: all of it.', 0)),
}

/** Sets or removes a property of the message. */
export const property = defineMediator({
  name: 'property',
  summary: 'Sets or removes a property of the message.',
  attributes,
  content: 'xml',
  builds: ({ name, scope, action }) => action === 'set' && BUILDING.has(`${scope} ${name.literal ?? ''}`),
  check({ name, value, expression, node, action, scope, type, pattern, group }, { fail }) {
    if (name.text === '') fail('attribute-invalid', 'name="": a property needs a name')
    if (action === 'remove') return
    const idle = IDLE_PROPERTIES.get(`${scope} ${name.text}`)
    if (idle !== undefined) {
      const at = node.attributes.find((each) => each.name === 'name')?.valueAt
      fail('attribute-idle', `the property ${name.text} has no effect: ${idle}`, at)
    }
    if (value === undefined && expression === undefined && elementIn(node) === undefined) {
      fail('constraint-violated', 'a property that is set needs a value, an expression or an element inside')
    }
    if (value === undefined) return
    try {
      convertText(matched(value, pattern, group), type)
    } catch (error) {
      fail('attribute-invalid', `value="${value}": ${reasonOf(error)}`)
    }
  },
  compile(config) {
    const scope: Scope = config.scope === 'synapse' ? 'default' : config.scope
    if (config.action === 'remove') return remove(config.name, scope)
    return set(config.name, scope, sourceOf(config))
  },
})

function set(name: DynamicValue, scope: Scope, source: Source): Mediator {
  const { literal } = name
  if (literal === undefined) {
    return (ctx) => {
      write(ctx, scope, name.string(ctx), source(ctx))
      return 'continue'
    }
  }
  if (isSpecial(scope, literal)) {
    return (ctx) => {
      write(ctx, scope, literal, source(ctx))
      return 'continue'
    }
  }
  return (ctx) => {
    ctx.properties.set(scope, literal, source(ctx))
    return 'continue'
  }
}

const isSpecial = (scope: Scope, name: string): boolean => scope === 'default' && name === 'RESPONSE'

/** A context with RESPONSE is an answer, whatever way it came: `send` then goes to the client (language reference 1.1). */
function write(ctx: MessageContext, scope: Scope, name: string, value: unknown): void {
  ctx.properties.set(scope, name, value)
  if (isSpecial(scope, name) && value !== undefined) ctx.response = flag(value) === true
}

function remove(name: DynamicValue, scope: Scope): Mediator {
  const { literal } = name
  return (ctx) => {
    ctx.properties.delete(scope, literal ?? name.string(ctx))
    return 'continue'
  }
}

function sourceOf({ value, expression, node, type, pattern, group }: Config<typeof attributes, {}>): Source {
  if (value !== undefined) {
    const converted = convertText(matched(value, pattern, group), type)
    return type === 'OM' ? () => cloneNode(converted as XmlElement) : () => converted
  }
  const inside = elementIn(node)
  if (inside !== undefined) {
    const element = literalElement(inside)
    return () => cloneNode(element)
  }
  if (expression === undefined) return () => undefined
  if (type === 'STRING' && pattern === undefined) return (ctx) => definedString(expression, ctx)
  if (type === 'OM' && pattern === undefined) return (ctx) => elementOf(expression, ctx)
  return (ctx) => {
    const text = definedString(expression, ctx)
    return text === undefined ? undefined : converted(matched(text, pattern, group), type)
  }
}

const elementIn = (node: XmlElement): XmlElement | undefined =>
  node.children.find((child): child is XmlElement => child.type === ELEMENT && child.name !== 'description')

function matched(text: string, pattern: RegExp | undefined, group: number): string {
  return pattern === undefined ? text : (pattern.exec(text)?.[group] ?? '')
}

/** An element that the expression selects is taken as it is; anything else is parsed. */
function elementOf(expression: Path, ctx: MessageContext): unknown {
  const [first] = expression.nodes(ctx)
  if (first?.type === ELEMENT) return cloneNode(first)
  const text = definedString(expression, ctx)
  return text === undefined ? undefined : converted(text, 'OM')
}

function converted(text: string, type: DataType): unknown {
  try {
    // The decimals of a result are cut off for whole numbers, since XPath 1.0 knows no others (language reference 2.1).
    return convertText(type === 'INTEGER' || type === 'SHORT' ? text.replace(/\.\d*$/, '') : text, type)
  } catch (error) {
    throw new Fault(0, `the value of a property cannot be converted to ${type}: ${reasonOf(error)}`, { cause: error })
  }
}

const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'it has the wrong form')
