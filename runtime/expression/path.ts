import type { MessageContext } from '../context.ts'
import type { Reading } from '../schema.ts'
import type { XmlNode, XmlAttribute } from '../xml/tree.ts'

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
export declare function compilePath(text: string, reading: Reading): Path

export declare function compileValue(text: string, reading: Reading): DynamicValue
