import {
  append,
  cloneNode,
  createEnvelope,
  isJsonArray,
  isJsonObject,
  JsonNumber,
  type JsonValue,
  type MessageContext,
  type Path,
  soapVersion,
  textOf,
  XmlElement,
  xmlToJsonValue,
  XmlText,
} from 'viaduct'

export interface ResultOptions {
  /** What is taken of each message. */
  readonly expression: Path
  readonly type: 'JSON' | 'XML'
  readonly enclosing: string
  /** Undefined: the results become the body. */
  readonly variable: string | undefined
}

/** Puts what the expression selects in each message together: as a JSON array, or as the children of one element. */
export function compileResult({
  expression,
  type,
  enclosing,
  variable,
}: ResultOptions): (ctx: MessageContext, messages: readonly MessageContext[]) => void {
  const collect = (messages: readonly MessageContext[]): JsonValue | XmlElement =>
    type === 'JSON' ? messages.map((each) => jsonOf(expression, each)) : elementOf(enclosing, expression, messages)
  return (ctx, messages) => {
    const result = collect(messages)
    if (variable !== undefined) ctx.variables.set(variable, result)
    else if (result instanceof XmlElement) putElement(ctx, result)
    else ctx.message.setJson(result)
  }
}

function putElement({ message, properties }: MessageContext, element: XmlElement): void {
  message.setTree(createEnvelope(soapVersion(message.tree), [element]))
  if (!message.rest) return
  message.contentType = 'application/xml'
  properties.set('axis2', 'messageType', 'application/xml')
}

function jsonOf(expression: Path, ctx: MessageContext): JsonValue {
  const [element] = expression.nodes(ctx)
  if (element instanceof XmlElement) return xmlToJsonValue(element)
  const value = expression.evaluate(ctx)
  const isJson =
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'number' ||
    value instanceof JsonNumber ||
    isJsonArray(value) ||
    isJsonObject(value)
  return isJson ? value : expression.string(ctx)
}

function elementOf(name: string, expression: Path, messages: readonly MessageContext[]): XmlElement {
  const root = new XmlElement(name)
  for (const message of messages) {
    const nodes = expression.nodes(message)
    for (const node of nodes) append(root, node instanceof XmlElement ? cloneNode(node) : new XmlText(textOf(node)))
    if (nodes.length === 0) append(root, new XmlText(expression.string(message)))
  }
  return root
}
