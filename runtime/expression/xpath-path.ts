import type { MessageContext } from '../context.ts'
import { isJsonArray, isJsonObject, JsonNumber, printJson } from '../json/index.ts'
import type { Peek } from '../xml/peek.ts'
import { printXml } from '../xml/print.ts'
import type { Tape } from '../xml/tape.ts'
import { ELEMENT, TEXT, XmlElement } from '../xml/tree.ts'
import { javaDouble } from './java-double.ts'
import { messageHost, objectReader, readsBody } from './message-xpath.ts'
import type { Path, PathNode, PathValue } from './path.ts'
import { compilePeekAnswer, type PeekAnswer } from './peek-answer.ts'
import { tapeStringValue } from './tape-string-value.ts'
import { compileXPath, Evaluation, isNode, type XPath, type XPathNode } from './xpath/index.ts'
import type { Expression, Step } from './xpath/syntax.ts'

/** An XPath of a configuration, evaluated with the SOAP envelope as context node. */
export class XPathPath implements Path {
  readonly kind = 'xpath'
  readonly text: string
  readonly contentAware: boolean
  /** It is a location path: its value is a node-set whatever the message is. */
  readonly selectsNodes: boolean
  readonly #xpath: XPath<MessageContext>
  /** Set when the expression is nothing but a variable or a `get-property`: the value is then the object itself. */
  readonly #object: ((ctx: MessageContext) => unknown) | undefined
  /** What the first bytes of a message may tell without reading it. */
  readonly #onPeek: PeekAnswer | undefined

  constructor(xpath: XPath<MessageContext>, onPeek?: PeekAnswer) {
    this.text = xpath.text
    this.#xpath = xpath
    this.#object = objectReader(xpath.syntax)
    this.contentAware = looksIntoBody(xpath.syntax)
    this.selectsNodes = xpath.syntax.kind === 'path'
    this.#onPeek = onPeek
  }

  string(ctx: MessageContext): string {
    if (this.#object !== undefined) return objectText(this.#object(ctx))
    return this.#textOnPeek(ctx) ?? this.#textOnTape(ctx) ?? stringValue(this.evaluate(ctx))
  }

  boolean(ctx: MessageContext): boolean {
    const peek = this.#peek(ctx)
    const known = peek && this.#onPeek?.boolean(peek)
    if (known !== undefined) return known
    const tape = this.#tape(ctx)
    const answer = tape === undefined ? undefined : this.#xpath.onTape?.boolean(tape, ctx)
    return answer ?? this.#xpath.boolean(this.#context(ctx), ctx)
  }

  evaluate(ctx: MessageContext): PathValue {
    return this.#object === undefined ? this.#xpath.evaluate(this.#context(ctx), ctx) : this.#object(ctx)
  }

  nodes(ctx: MessageContext): readonly PathNode[] {
    return this.#xpath.nodes(this.#context(ctx), ctx) as readonly PathNode[]
  }

  /** What is known of a SOAP message without reading it, when that can answer. */
  #peek({ message }: MessageContext): Peek | undefined {
    const peek = this.#onPeek === undefined ? undefined : message.peek
    return peek?.soap === undefined ? undefined : peek
  }

  #textOnPeek(ctx: MessageContext): string | undefined {
    const peek = this.#peek(ctx)
    return peek && this.#onPeek?.string(peek)
  }

  /** The tape of the message when that can answer and no tree has been made yet. */
  #tape({ message }: MessageContext): Tape | undefined {
    return this.contentAware && this.#xpath.onTape !== undefined ? message.tape : undefined
  }

  #textOnTape(ctx: MessageContext): string | undefined {
    const tape = this.#tape(ctx)
    const answer = tape === undefined ? undefined : this.#xpath.onTape?.evaluate(tape, ctx)
    if (tape === undefined || answer === undefined) return undefined
    return Array.isArray(answer) ? tapeStringValue(tape, answer) : stringValue(answer)
  }

  /** An expression that does not look into the body needs no tree; any node will do as its context. */
  #context(ctx: MessageContext): XPathNode {
    return this.contentAware ? ctx.message.tree.root : NO_CONTEXT
  }
}

/** Compiles an XPath with Synapse's variables and functions. Throws XPathError. */
export function compileXPathPath(text: string, namespaces: (prefix: string) => string | undefined): XPathPath {
  const xpath = compileXPath(text, messageHost(namespaces))
  return new XPathPath(xpath, compilePeekAnswer(xpath.syntax, namespaces))
}

const NO_CONTEXT = new XmlElement('none')

/**
 * Synapse's string value of an XPath result. COMPAT xpath-string-value: one element gives its own text, or its XML when that
 * is blank; several give the XML of each.
 */
export function stringValue(value: PathValue): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return javaDouble(value)
  if (!Array.isArray(value)) return typeof value === 'string' ? value : (value as boolean).toString()
  const nodes = value as readonly XPathNode[]
  const [only] = nodes
  if (nodes.length === 1 && only?.type === ELEMENT) {
    let text = ''
    for (const child of only.children) if (child.type === TEXT) text += child.value
    return text.replaceAll(/^[\s\u00A0]+|[\s\u00A0]+$/g, '') || printXml(only)
  }
  let text = ''
  for (const node of nodes) {
    if (node.type === ELEMENT) text += printXml(node)
    else if ('value' in node) text += new Evaluation(undefined).stringValue(node)
  }
  return text
}

/** The text of what a property or variable holds: nodes as an XPath result, JSON as JSON, anything else as it prints itself. */
function objectText(value: unknown): string {
  if (typeof value === 'number') return String(value)
  if (isJsonObject(value) || value instanceof JsonNumber) return printJson(value)
  if (isJsonArray(value) && !(value.length > 0 && value.every(isNode))) return printJson(value)
  return stringValue(isNode(value) ? [value] : value)
}

/** Functions that ask about the body: `get-property('FAULT')` and the like. */
const BODY_PROPERTIES = new Set([
  'FAULT',
  'From',
  'OperationName',
  'OperationNamespace',
  'MESSAGE_FORMAT',
  'ReplyTo',
  'FaultTo',
  'RelatesTo',
  'MessageID',
])

function looksIntoBody(expression: Expression): boolean {
  switch (expression.kind) {
    case 'literal':
    case 'number':
      return false
    case 'variable':
      return expression.name.prefix === '' && readsBody(expression.name.local)
    case 'call': {
      const [first] = expression.args
      if (expression.name.local === 'get-property' && expression.args.length === 1 && first?.kind === 'literal')
        return BODY_PROPERTIES.has(first.value)
      // Functions of the core library without arguments work on the context node.
      if (expression.args.length === 0) return !['true', 'false', 'position', 'last'].includes(expression.name.local)
      return expression.args.some(looksIntoBody)
    }
    case 'negate':
      return looksIntoBody(expression.operand)
    case 'binary':
      return looksIntoBody(expression.left) || looksIntoBody(expression.right)
    case 'filter':
      return looksIntoBody(expression.primary) || expression.predicates.some(looksIntoBody)
    case 'path':
      return typeof expression.start === 'string' || looksIntoBody(expression.start) || expression.steps.some(stepLooks)
  }
}

const stepLooks = ({ predicates }: Step): boolean => predicates.some(looksIntoBody)
