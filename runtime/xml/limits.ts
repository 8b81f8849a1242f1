/** What one document may ask for (reliability over generality: real messages stay far below). */
export interface XmlLimits {
  /** Elements inside each other; the root counts as 1. */
  readonly depth: number
  /** Attributes of one element, namespace declarations not counted. */
  readonly attributes: number
  /** Namespace declarations of one element. */
  readonly declarations: number
  /** UTF-16 units of a qualified name. */
  readonly nameLength: number
  /** Elements, texts, comments and instructions of one document: a short tag is forty times its length in memory. */
  readonly nodes: number
}

export const XML_LIMITS: XmlLimits = {
  depth: 512,
  attributes: 1000,
  declarations: 100,
  nameLength: 1024,
  nodes: 2_000_000,
}
