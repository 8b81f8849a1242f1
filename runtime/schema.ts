import type { DiagnosticCode, Span } from './diagnostic.ts'
import type { DynamicValue, Path } from './expression/path.ts'
import type { Linker } from './linker.ts'
import type { Endpoint } from './endpoint.ts'
import type { Mediator } from './mediator.ts'
import type { XmlElement } from './xml/tree.ts'

/** The text of an attribute did not have the form that its definition asks for. */
export class InvalidValue extends Error {
  readonly code: DiagnosticCode

  constructor(message: string, code: DiagnosticCode = 'attribute-invalid') {
    super(message)
    this.code = code
  }
}

/** What reading one attribute needs besides its text: where it stands, the prefixes in force there, and the linker. */
export interface Reading {
  readonly element: XmlElement
  readonly at: Span
  readonly linker: Linker
}

export type AttributeKind =
  'string' | 'boolean' | 'integer' | 'number' | 'enum' | 'path' | 'value' | 'regex' | 'qname' | 'list' | 'key'

/** One XML attribute: how to read it, and everything that generators need to describe it. */
export interface Attribute<T> {
  /** The XML name when it differs from the name used in code. */
  readonly xml?: string
  readonly doc: string
  readonly kind: AttributeKind
  readonly values?: readonly string[]
  /** The case of the values does not count. */
  readonly anyCase?: boolean
  readonly fallback?: string
  readonly mandatory: boolean
  /** Throws {@link InvalidValue}. */
  read(text: string, reading: Reading): NonNullable<T>
}

type Value<A> = A extends Attribute<infer T> ? T : never

export type Attributes = Readonly<Record<string, Attribute<unknown>>>
export type Values<A extends Attributes> = { readonly [K in keyof A]: Value<A[K]> }

/**
 * What an element may hold besides declared children: nothing, text, mediators, endpoints, or XML that the definition
 * reads itself (`xml`: nothing in it is checked).
 */
export type ContentKind = 'empty' | 'text' | 'pipeline' | 'endpoint' | 'endpoints' | 'xml'

/** The form of an element: attributes, declared children, and other content. */
export interface Shape<A extends Attributes = Attributes, C extends Children = Children> {
  readonly attributes: A
  readonly children: C
  readonly content: ContentKind
}

/** A declared child element, with a form of its own. */
export interface Child<A extends Attributes = Attributes, C extends Children = Children> extends Shape<A, C> {
  readonly element: string
  readonly doc: string
  readonly many: boolean
  readonly mandatory: boolean
}

/** Keyed by the name used in code. `then` is forbidden: an object with a callable `then` is a promise to `await`. */
export type Children = Readonly<Record<string, Child>> & { readonly then?: never }

type ChildValue<C> =
  C extends Child<infer A, infer D>
    ? C extends { readonly many: true }
      ? readonly Config<A, D>[]
      : C extends { readonly mandatory: true }
        ? Config<A, D>
        : Config<A, D> | undefined
    : never

/** What is always there beside attributes and children; which of them can be filled follows from {@link ContentKind}. */
export interface Content {
  readonly node: XmlElement
  /** Text content, trimmed; '' when there is none. */
  readonly text: string
  /** The mediators inside, as one; undefined when there are none. */
  readonly pipeline: Mediator | undefined
  readonly endpoint: Endpoint | undefined
  readonly endpoints: readonly Endpoint[]
}

/** An element as its definition sees it: every attribute read, every child compiled. */
export type Config<A extends Attributes = Attributes, C extends Children = Children> = Values<A> & {
  readonly [K in Exclude<keyof C, 'then'>]: ChildValue<C[K]>
} & Content

type ChildShape<A extends Attributes, C extends Children> = Partial<Shape<A, C>>

function shapeOf<A extends Attributes, C extends Children>(shape: ChildShape<A, C>): Shape<A, C> {
  return {
    content: 'empty',
    ...shape,
    attributes: shape.attributes ?? ({} as A),
    children: shape.children ?? ({} as C),
  }
}

/** A child element that may appear once. */
export function child<const A extends Attributes = {}, const C extends Children = {}>(
  element: string,
  doc: string,
  shape: ChildShape<A, C> = {},
): Child<A, C> & { readonly many: false; readonly mandatory: false } {
  return { element, doc, many: false, mandatory: false, ...shapeOf(shape) }
}

/** A child element that must appear once. */
export function requiredChild<const A extends Attributes = {}, const C extends Children = {}>(
  element: string,
  doc: string,
  shape: ChildShape<A, C> = {},
): Child<A, C> & { readonly many: false; readonly mandatory: true } {
  return { element, doc, many: false, mandatory: true, ...shapeOf(shape) }
}

/** A child element that may appear any number of times; in document order. */
export function children<const A extends Attributes = {}, const C extends Children = {}>(
  element: string,
  doc: string,
  shape: ChildShape<A, C> = {},
): Child<A, C> & { readonly many: true; readonly mandatory: false } {
  return { element, doc, many: true, mandatory: false, ...shapeOf(shape) }
}

export type { DynamicValue, Path }
