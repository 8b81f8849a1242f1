import { ELEMENT, type XmlParent, type XPath, type XPathNode } from 'viaduct'
import type { EvaluationContext } from './context.ts'
import { processingError, syntaxError } from './indeterminate.ts'

/** How much work one path may take, in nodes looked at. */
const MOST_WORK = 20_000_000

/**
 * The nodes that a path selects in the content of a category, in document order; none when there is no content. Without a
 * category the path looks into the whole request, in the form of XACML 2.0.
 */
export function selectNodes(
  path: XPath,
  breadth: number,
  category: string | undefined,
  context: EvaluationContext,
  from?: XPathNode,
): readonly XPathNode[] {
  const document = category === undefined || category === '' ? context.requestTree() : context.content(category)
  if (document === undefined) return []
  if (breadth > 1 && sizeOf(document) ** breadth > MOST_WORK)
    throw processingError(`the path ${path.text.trim()} is too expensive for a document of this size`)
  // In 2.0 paths start at the <Request> (section 5.42).
  const start = from ?? (category === undefined || category === '' ? document.root : document)
  const value = path.evaluate(start, undefined)
  if (!Array.isArray(value)) throw syntaxError(`the path ${path.text.trim()} selects no nodes`)
  return value
}

function sizeOf(parent: XmlParent): number {
  let size = parent.children.length
  for (const child of parent.children)
    if (child.type === ELEMENT) size += child.attributes.length + (child.children.length > 0 ? sizeOf(child) : 0)
  return size
}
