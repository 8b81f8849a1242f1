import type { Span } from '../diagnostic.ts'

export const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace'
export const XMLNS_NAMESPACE = 'http://www.w3.org/2000/xmlns/'

/** DOM node type numbers: one small integer compare per node on the hot path. */
export const ELEMENT = 1
export const ATTRIBUTE = 2
export const TEXT = 3
export const INSTRUCTION = 7
export const COMMENT = 8
export const DOCUMENT = 9

/** What an element or a document may contain. */
export type XmlNode = XmlElement | XmlText | XmlComment | XmlInstruction
export type XmlParent = XmlElement | XmlDocument

/** A document: prolog and epilog nodes, and exactly one element once it is complete. */
export class XmlDocument {
  readonly type = DOCUMENT
  readonly parent = null
  readonly children: XmlNode[] = []

  get root(): XmlElement {
    for (const child of this.children) if (child.type === ELEMENT) return child
    throw new Error('the document has no root element')
  }
}

/**
 * An element. `prefix` and `namespace` are '' when there is none. `declarations` holds exactly the namespace declarations
 * written on this element (prefix '' for the default namespace); the printer adds those that are missing.
 */
export class XmlElement {
  readonly type = ELEMENT
  prefix: string
  name: string
  namespace: string
  parent: XmlParent | null
  attributes: XmlAttribute[] = NO_ATTRIBUTES
  declarations: XmlDeclaration[] = NO_DECLARATIONS
  children: XmlNode[] = []
  /** Where the element was written: from its `<` to the end of its end tag. Only in configuration documents. */
  at: Span | undefined = undefined

  constructor(name: string, namespace = '', prefix = '', parent: XmlParent | null = null) {
    this.name = name
    this.namespace = namespace
    this.prefix = prefix
    this.parent = parent
  }
}

/** Shared empty arrays: most elements have neither. Replace, never push into them (they are frozen). */
export const NO_ATTRIBUTES: XmlAttribute[] = Object.freeze([]) as unknown as XmlAttribute[]
export const NO_DECLARATIONS: XmlDeclaration[] = Object.freeze([]) as unknown as XmlDeclaration[]

export interface XmlDeclaration {
  readonly prefix: string
  readonly namespace: string
}

export class XmlAttribute {
  readonly type = ATTRIBUTE
  readonly prefix: string
  readonly name: string
  readonly namespace: string
  value: string
  parent: XmlElement | null
  /** Where name and value were written. Only in configuration documents. */
  at: Span | undefined = undefined
  valueAt: Span | undefined = undefined

  constructor(name: string, value: string, namespace = '', prefix = '', parent: XmlElement | null = null) {
    this.name = name
    this.value = value
    this.namespace = namespace
    this.prefix = prefix
    this.parent = parent
  }
}

/**
 * Character data. A text made from an attachment keeps its bytes and shows them as base64 (XOP 1.0 section 3.1), encoding
 * them only when somebody reads `value`.
 */
export class XmlText {
  readonly type = TEXT
  #value: string | undefined
  readonly cdata: boolean
  readonly binary: BinaryContent | undefined
  parent: XmlElement | null

  constructor(value: string | BinaryContent, parent: XmlElement | null = null, cdata = false) {
    this.#value = typeof value === 'string' ? value : undefined
    this.binary = typeof value === 'string' ? undefined : value
    this.parent = parent
    this.cdata = cdata
  }

  get value(): string {
    return (this.#value ??= this.binary?.bytes.toString('base64') ?? '')
  }
}

/** Bytes that stand for base64 text: what MTOM sends as a part of its own. */
export interface BinaryContent {
  readonly bytes: Buffer
  readonly contentType: string
  readonly contentId?: string | undefined
}

export class XmlComment {
  readonly type = COMMENT
  readonly value: string
  parent: XmlParent | null

  constructor(value: string, parent: XmlParent | null = null) {
    this.value = value
    this.parent = parent
  }
}

export class XmlInstruction {
  readonly type = INSTRUCTION
  readonly name: string
  readonly value: string
  parent: XmlParent | null

  constructor(name: string, value: string, parent: XmlParent | null = null) {
    this.name = name
    this.value = value
    this.parent = parent
  }
}
