import {
  append,
  bodyChild,
  bodyOf,
  cloneNode,
  compilePath,
  createEnvelope,
  Fault,
  type MessageContext,
  parseJson,
  parseXml,
  payloadText,
  printJson,
  printXml,
  type Reading,
  requireHeader,
  type Scope,
  setAttribute,
  soapNamespace,
  soapVersion,
  textOf,
  XmlElement,
} from 'viaduct'
import { MessageAddresses } from './message-addresses.ts'
import { fromScript, toScript } from './script-json.ts'
import { XmlValue } from './xml-value.ts'

/** `mc`: the message as a script sees it (language reference 2.2). The names are those of Synapse. */
export class MessageAccess extends MessageAddresses {
  readonly #ctx: MessageContext
  readonly #reading: Reading

  constructor(ctx: MessageContext, reading: Reading) {
    super(ctx)
    this.#ctx = ctx
    this.#reading = reading
  }

  getPayloadXML(): XmlValue {
    const payload = bodyChild(this.#ctx.message.tree)
    return XmlValue.of(payload === undefined ? [] : [cloneNode(payload)])
  }

  setPayloadXML(payload: unknown): void {
    const elements = elementsOf(payload)
    const { message } = this.#ctx
    const body = bodyOf(message.editTree())
    body.children = []
    for (const element of elements) append(body, element)
  }

  getPayloadJSON(): unknown {
    return toScript(this.#ctx.message.json)
  }

  setPayloadJSON(payload: unknown): void {
    const value = typeof payload === 'string' ? parseJson(payload) : fromScript(payload)
    this.#ctx.message.setJson(value)
  }

  getJsonText(): string {
    return printJson(this.#ctx.message.json)
  }

  setJsonText(text: unknown): void {
    this.#ctx.message.setJson(parseJson(String(text)))
  }

  jsonObject(): unknown {
    return this.getPayloadJSON()
  }

  setJsonObject(_mc: unknown, payload: unknown): void {
    this.setPayloadJSON(payload)
  }

  getPayloadText(): string {
    const { message } = this.#ctx
    return message.isJson ? printJson(message.json) : (payloadText(message.tree) ?? this.getPayloadXML().getText())
  }

  getEnvelopeXML(): string {
    return printXml(this.#ctx.message.tree.root)
  }

  getEnvelope(): XmlValue {
    return XmlValue.of([cloneNode(this.#ctx.message.tree.root)])
  }

  setEnvelope(envelope: unknown): void {
    const [root] = elementsOf(envelope)
    if (root?.name !== 'Envelope') throw new Fault(0, 'script: setEnvelope needs an envelope')
    const { message } = this.#ctx
    const tree = createEnvelope(soapVersion(message.tree))
    tree.root.children = []
    for (const child of root.children) append(tree.root, cloneNode(child))
    message.setTree(tree)
  }

  addHeader(mustUnderstand: unknown, content: unknown): void {
    const tree = this.#ctx.message.editTree()
    const header = requireHeader(tree)
    const version = soapVersion(tree)
    for (const element of elementsOf(content)) {
      append(header, element)
      if (mustUnderstand === true)
        setAttribute(element, 'mustUnderstand', version === '1.1' ? '1' : 'true', soapNamespace(version), 'soapenv')
    }
  }

  getProperty(name: unknown, scope: unknown = 'default'): unknown {
    const value = this.#ctx.properties.get(scopeOf(scope), String(name))
    return value instanceof XmlElement ? XmlValue.of([value]) : (value ?? null)
  }

  setProperty(name: unknown, value: unknown, scope: unknown = 'default'): void {
    this.#ctx.properties.set(scopeOf(scope), String(name), ofScript(value))
  }

  removeProperty(name: unknown, scope: unknown = 'default'): void {
    this.#ctx.properties.delete(scopeOf(scope), String(name))
  }

  getVariable(name: unknown): unknown {
    return this.#ctx.variables.get(String(name)) ?? null
  }

  setVariable(name: unknown, value: unknown): void {
    this.#ctx.variables.set(String(name), ofScript(value))
  }

  /** An XPath to be asked with `selectNodes(xml)` or `stringValueOf(xml)`, as Axiom's. */
  getXpathResult(expression: unknown): { selectNodes(xml: unknown): XmlList; stringValueOf(xml: unknown): string } {
    const path = compilePath(String(expression), this.#reading)
    const probe = (xml: unknown): MessageContext => {
      const copy = this.#ctx.fork()
      copy.message.setTree(createEnvelope('1.1', elementsOf(xml)))
      return copy
    }
    return {
      selectNodes: (xml) =>
        listOf(path.nodes(probe(xml)).map((node) => XmlValue.of([node instanceof XmlElement ? node : textOf(node)]))),
      stringValueOf: (xml) => path.string(probe(xml)),
    }
  }

  parseXml(text: unknown): XmlValue {
    return XmlValue.of(elementsOf(String(text)))
  }

  getParsedOMElement(stream: unknown): XmlValue {
    return XmlValue.of(elementsOf(String(stream)))
  }

  isResponse(): boolean {
    return this.#ctx.response
  }

  getMessageID(): string {
    return this.#ctx.exchange.correlationId
  }
}

/** A list as Java's: `get(i)`, `size()`. */
interface XmlList {
  get(index: number): XmlValue
  size(): number
}

const listOf = (values: readonly XmlValue[]): XmlList => ({
  get(index) {
    const value = values[index]
    if (value === undefined) throw new RangeError(`index ${index}, size ${values.length}`)
    return value
  },
  size: () => values.length,
})

function elementsOf(content: unknown): XmlElement[] {
  if (content instanceof XmlValue)
    return content.nodes.filter((node) => node instanceof XmlElement).map((node) => cloneNode(node))
  const { root } = parseXml(String(content))
  return [cloneNode(root)]
}

const ofScript = (value: unknown): unknown => {
  if (!(value instanceof XmlValue)) return typeof value === 'object' && value !== null ? fromScript(value) : value
  const [first] = value.nodes
  return first instanceof XmlElement ? cloneNode(first) : value.toString()
}

const SCOPES: ReadonlySet<string> = new Set<Scope>([
  'default',
  'axis2',
  'axis2-client',
  'transport',
  'operation',
  'system',
  'analytics',
])

const isScope = (name: string): name is Scope => SCOPES.has(name)

function scopeOf(scope: unknown): Scope {
  const name = String(scope)
  if (isScope(name)) return name
  throw new Fault(0, `script: there is no scope "${name}"`)
}
