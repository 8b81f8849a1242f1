import {
  append,
  appendBlocks,
  cloneNode,
  type Config,
  defineMediator,
  definedString,
  ELEMENT,
  literalElement,
  type Mediator,
  type MessageContext,
  namespaceOf,
  oneOf,
  parseXml,
  path,
  removeBlocks,
  string,
  withDefault,
  XmlElement,
  XmlText,
} from 'viaduct'

type Source = (ctx: MessageContext) => string

const ADDRESSING = {
  To: 'to',
  From: 'from',
  Action: 'action',
  FaultTo: 'faultTo',
  ReplyTo: 'replyTo',
  RelatesTo: 'relatesTo',
} as const

type AddressingName = keyof typeof ADDRESSING

const isAddressing = (name: string): name is AddressingName => Object.hasOwn(ADDRESSING, name)

const attributes = {
  name: string(
    'To, From, Action, FaultTo, ReplyTo, RelatesTo, or prefix:name of a SOAP header; any name in transport scope.',
  ),
  value: string('A literal.'),
  expression: path('Evaluated for every message; its string value is set.'),
  scope: withDefault(
    'default',
    oneOf(['default', 'transport'], 'SOAP header, or header field of the transport (HTTP).'),
  ),
  action: withDefault('set', oneOf(['set', 'remove'], 'Whether to set or to remove it.')),
  type: oneOf(['OM', 'STRING'], 'OM: the value is XML and becomes a child of the SOAP header.'),
}

/** Sets or removes a SOAP header, an addressing field or a header field of the transport. */
export const header = defineMediator({
  name: 'header',
  summary: 'Sets or removes a SOAP header, an addressing field such as To, or an HTTP header field.',
  attributes,
  content: 'xml',
  builds: ({ name, scope }) => scope === 'default' && (name === undefined || !isAddressing(name)),
  check({ name, value, expression, scope, action, node }, { fail }) {
    const inside = elementsIn(node)
    if (name === undefined) {
      if (inside.length === 0)
        fail('attribute-missing', '<header> needs the attribute "name", or SOAP headers inside it')
      return
    }
    if (scope === 'default' && !isAddressing(name)) {
      const [prefix = '', local = ''] = name.split(':', 2)
      if (local === '')
        fail('attribute-invalid', `name="${name}": a SOAP header must be namespace qualified: write prefix:name`)
      else if (namespaceOf(prefix, node) === undefined)
        fail('attribute-invalid', `name="${name}": the prefix "${prefix}" is not declared`)
    }
    if (action === 'set' && value === undefined && expression === undefined && inside.length === 0) {
      fail('constraint-violated', 'a header that is set needs a value, an expression or elements inside')
    }
  },
  compile(config) {
    const { name, scope, action, node } = config
    if (name === undefined) return addBlocks(elementsIn(node).map(literalElement))
    const source = sourceOf(config)
    if (scope === 'transport') return action === 'remove' ? removeField(name) : setField(name, source)
    if (isAddressing(name)) return action === 'remove' ? removeAddress(name) : setAddress(name, source)
    return action === 'remove' ? removeNamed(name, node) : addBlock(config, name, source)
  },
})

function sourceOf({ value, expression }: Config<typeof attributes, {}>): Source {
  if (value !== undefined) return () => value
  if (expression === undefined) return () => ''
  return (ctx) => {
    const text = definedString(expression, ctx)
    if (text === undefined)
      ctx.log('WARN', 'header', `the expression ${expression.text} yields nothing; the header is empty`)
    return text ?? ''
  }
}

const setField =
  (name: string, source: Source): Mediator =>
  (ctx) => {
    ctx.message.headers.set(name, source(ctx))
    return 'continue'
  }

const removeField =
  (name: string): Mediator =>
  (ctx) => {
    ctx.message.headers.delete(name)
    return 'continue'
  }

function setAddress(name: AddressingName, source: Source): Mediator {
  const field = ADDRESSING[name]
  return (ctx) => {
    ctx.addressing[field] = source(ctx)
    return 'continue'
  }
}

function removeAddress(name: AddressingName): Mediator {
  const field = ADDRESSING[name]
  return (ctx) => {
    ctx.addressing[field] = undefined
    return 'continue'
  }
}

function addBlock({ node, type }: Config<typeof attributes, {}>, name: string, source: Source): Mediator {
  const [prefix, local, namespace] = qualified(name, node)
  const inside = elementsIn(node).map(literalElement)
  return (ctx) => {
    const block = new XmlElement(local, namespace, prefix)
    if (inside.length > 0) for (const element of inside) append(block, cloneNode(element))
    else if (type === 'OM') append(block, parseXml(source(ctx)).root)
    else append(block, new XmlText(source(ctx)))
    appendBlocks(ctx.message, [block])
    return 'continue'
  }
}

const addBlocks =
  (blocks: readonly XmlElement[]): Mediator =>
  (ctx) => {
    appendBlocks(ctx.message, blocks.map(cloneNode))
    return 'continue'
  }

function removeNamed(name: string, node: XmlElement): Mediator {
  const [, local, namespace] = qualified(name, node)
  return ({ message }) => {
    removeBlocks(message, namespace, local)
    return 'continue'
  }
}

function qualified(name: string, node: XmlElement): readonly [prefix: string, local: string, namespace: string] {
  const [prefix = '', local = ''] = name.split(':', 2)
  return [prefix, local, namespaceOf(prefix, node) ?? '']
}

const elementsIn = (node: XmlElement): XmlElement[] =>
  node.children.filter((child): child is XmlElement => child.type === ELEMENT && child.name !== 'description')
