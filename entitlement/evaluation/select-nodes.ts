import { ELEMENT, type XmlDocument, type XmlParent, type XPath, type XPathNode } from 'viaduct'
import type { EvaluationContext } from './context.ts'
import { processingError, syntaxError } from './indeterminate.ts'

/** How much work one path may take, in nodes looked at. */
const MOST_WORK = 20_000_000

/** The nodes that a path selects from a node of a document, in document order. Throws Indeterminate when it would take too long. */
export function selectIn(document: XmlDocument, from: XPathNode, path: XPath, breadth: number): readonly XPathNode[] {
  if (breadth > 1 && sizeOf(document) ** breadth > MOST_WORK)
    throw processingError(`the path ${path.text.trim()} is too expensive for a document of this size`)
  const value = path.evaluate(from, undefined)
  if (!Array.isArray(value)) throw syntaxError(`the path ${path.text.trim()} selects no nodes`)
  return value
}

/**
 * The nodes that a path selects in the content of a category; none when there is no content. Without a category the path
 * looks into the whole request, in the form of XACML 2.0.
 */
export function selectNodes(
  path: XPath,
  breadth: number,
  category: string | undefined,
  context: EvaluationContext,
  from?: XPathNode,
): readonly XPathNode[] {
  const wholeRequest = category === undefined || category === ''
  const document = wholeRequest ? context.requestTree() : context.content(category)
  if (document === undefined) return []
  // In 2.0 paths start at the <Request> (section 5.42).
  return selectIn(document, from ?? (wholeRequest ? document.root : document), path, breadth)
}

function sizeOf(parent: XmlParent): number {
  let size = parent.children.length
  for (const child of parent.children)
    if (child.type === ELEMENT) size += child.attributes.length + (child.children.length > 0 ? sizeOf(child) : 0)
  return size
}
