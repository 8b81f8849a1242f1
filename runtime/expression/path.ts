import type { MessageContext } from '../context.ts'
import { InvalidValue, type Reading } from '../schema.ts'
import { namespaceOf } from '../xml/select.ts'
import type { XmlNode, XmlAttribute } from '../xml/tree.ts'
import { compileJsonPathOf } from './json-path.ts'
import { compileSynapsePath } from './synapse/synapse-path.ts'
import { compileXPathPath } from './xpath-path.ts'
import { XPathError } from './xpath/index.ts'

/** What an expression yields: an XPath 1.0 value, a JSON value, or any object a property holds. */
export type PathValue = unknown
export type PathNode = XmlNode | XmlAttribute

/** A compiled expression attribute: XPath 1.0, `json-eval(…)` or `${…}` (language reference, section 0). */
export interface Path {
  readonly text: string
  readonly kind: 'xpath' | 'json' | 'synapse'
  /** Whether evaluation looks into the body, so that the message must have been built. */
  readonly contentAware: boolean
  /** Synapse's string value (language reference 4.1); '' when there is nothing. */
  string(ctx: MessageContext): string
  boolean(ctx: MessageContext): boolean
  evaluate(ctx: MessageContext): PathValue
  /** The selected nodes of the message's own tree, in document order; empty when the expression is no node-set. */
  nodes(ctx: MessageContext): readonly PathNode[]
}

/** A literal, or an expression in braces evaluated for every message. */
export interface DynamicValue {
  readonly text: string
  /** The value when it is a literal. */
  readonly literal: string | undefined
  readonly contentAware: boolean
  string(ctx: MessageContext): string
  evaluate(ctx: MessageContext): PathValue
}

/** Throws InvalidValue with code `expression-invalid` when the text cannot be compiled. */
export function compilePath(text: string, reading: Reading): Path {
  const { element } = reading
  const trimmed = text.trim()
  if (trimmed === '') throw new InvalidValue('the expression is empty', 'expression-invalid')
  if (trimmed.startsWith('json-eval(') && trimmed.endsWith(')'))
    return compileJsonPathOf(trimmed.slice(10, -1), (inner) => compilePath(inner, reading))
  const namespaces = (prefix: string) => (prefix === '' ? undefined : namespaceOf(prefix, element))
  if (trimmed.startsWith('${') && trimmed.endsWith('}')) return compileSynapsePath(trimmed, namespaces)
  try {
    return compileXPathPath(trimmed, namespaces)
  } catch (error) {
    if (!(error instanceof XPathError)) throw error
    throw new InvalidValue(`${error.message} (at character ${error.offset + 1})`, 'expression-invalid')
  }
}

/** COMPAT escaped-expression: `{{…}}` is a literal that keeps one pair of braces, for templates to evaluate later. */
export function compileValue(text: string, reading: Reading): DynamicValue {
  const trimmed = text.trim()
  if (!trimmed.startsWith('{') || !trimmed.endsWith('}')) return literalValue(text)
  if (trimmed.startsWith('{{') && trimmed.endsWith('}}')) return literalValue(trimmed.slice(1, -1))
  const path = compilePath(trimmed.slice(1, -1), reading)
  return {
    text,
    literal: undefined,
    contentAware: path.contentAware,
    string: (ctx) => path.string(ctx),
    evaluate: (ctx) => path.evaluate(ctx),
  }
}

const literalValue = (literal: string): DynamicValue => ({
  text: literal,
  literal,
  contentAware: false,
  string: () => literal,
  evaluate: () => literal,
})
