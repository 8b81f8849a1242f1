import {
  adopt,
  bodyOf,
  cloneElement,
  compilePath,
  ELEMENT,
  Fault,
  isJsonType,
  type JsonValue,
  type Message,
  type MessageContext,
  parseXml,
  type Path,
  printJson,
  readContent,
  setBodyChild,
  type Site,
  spanOf,
  textPayload,
  XmlElement,
  XmlError,
} from 'viaduct'

/** Prepares the copy that is sent. */
export type Outbound = (copy: MessageContext) => void

interface SourceConfig {
  readonly type: 'custom' | 'envelope' | 'body' | 'property' | 'inline' | undefined
  readonly contentType: string | undefined
  readonly text: string
  readonly node: XmlElement
}

/** Compiles `<source>`: an expression unless its type says otherwise. */
export function compileSource(config: SourceConfig | undefined, site: Site): Outbound {
  if (config === undefined) return () => {}
  const { type = 'custom', contentType } = config
  const value = valueOf(type, config, site)
  return (copy) => {
    if (value !== undefined) setBody(copy.message, value(copy), contentType ?? copy.message.contentType)
    if (contentType !== undefined) copy.properties.set('axis2', 'messageType', contentType)
  }
}

/** What becomes the body; undefined when the body stays. */
function valueOf(
  type: NonNullable<SourceConfig['type']>,
  { text, node }: SourceConfig,
  site: Site,
): ((ctx: MessageContext) => unknown) | undefined {
  switch (type) {
    case 'envelope':
    case 'body':
      return undefined
    case 'inline': {
      const element = node.children.find((child): child is XmlElement => child.type === ELEMENT)
      if (element === undefined && text === '')
        site.fail('element-missing', '<source type="inline"> needs XML or text', spanOf(node))
      return () => element ?? text
    }
    case 'property':
      if (text === '') site.fail('text-invalid', '<source type="property"> needs the name of a property', spanOf(node))
      return ({ properties }) => properties.get('default', text)
    case 'custom': {
      const path = readContent(node, site, (reading) => compilePath(text, reading))
      return path && ((ctx) => selected(path, ctx))
    }
  }
}

/** XPath selects elements; other expressions give values. */
function selected(path: Path, ctx: MessageContext): unknown {
  if (path.kind !== 'xpath') return path.evaluate(ctx)
  const elements = path.nodes(ctx).filter((node): node is XmlElement => node.type === ELEMENT)
  return elements.length > 0 ? elements : path.string(ctx)
}

function setBody(message: Message, value: unknown, contentType: string | undefined): void {
  if (value === undefined || value === null) throw new Fault(0, 'the source of the call gives nothing')
  if (contentType !== undefined && isJsonType(contentType)) {
    message.setBytes(Buffer.from(typeof value === 'string' ? value : printJson(value as JsonValue)), 'application/json')
    return
  }
  if (contentType !== undefined && /^\s*text\/plain\b/i.test(contentType)) {
    setBodyChild(message.editTree(), textPayload(typeof value === 'string' ? value : ''))
    return
  }
  const tree = message.editTree()
  const [first, ...others] = elementsOf(value).map((element) => cloneElement(element))
  setBodyChild(tree, first)
  for (const other of others) adopt(bodyOf(tree), other)
}

function elementsOf(value: unknown): readonly XmlElement[] {
  if (value instanceof XmlElement) return [value]
  if (Array.isArray(value)) return value.filter((each): each is XmlElement => each instanceof XmlElement)
  if (typeof value !== 'string') throw new Fault(0, 'the source of the call is no XML')
  try {
    return [parseXml(value).root]
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw new Fault(601000, 'the source of the call is no well-formed XML', { cause: error })
  }
}
