import {
  decodeText,
  ELEMENT,
  escapeAttribute,
  inScopeNamespaces,
  namespaceOf,
  NO_DECLARATIONS,
  parseXml,
  type XmlElement,
  type XmlNode,
} from 'viaduct'
import { depthOf } from '../message/read-element.ts'
import type { SecurityLimits } from '../verify-plan.ts'
import { decryptionFailure } from './cipher.ts'

/**
 * Plaintext as nodes of the element that it belongs into, with the prefixes in force there. It is content: UTF-8, without XML
 * declaration or document type, closing what it opens. Anything else is the same failure as a wrong key.
 */
export function parsePlaintext(plain: Buffer, parent: XmlElement, limits: SecurityLimits): XmlNode[] {
  let start = '<content'
  for (const [prefix, namespace] of inScopeNamespaces(parent))
    start += ` ${prefix === '' ? 'xmlns' : `xmlns:${prefix}`}="${escapeAttribute(namespace)}"`
  const depth = limits.depth - depthOf(parent) + 1
  if (depth < 2) throw decryptionFailure()
  let nodes: XmlNode[]
  try {
    // One root element is all that the parser accepts, so that the text cannot leave the element it is put into.
    nodes = parseXml(`${start}>${decodeText(plain, 'utf-8')}</content>`, { depth, declarations: limits.namespaces })
      .root.children
  } catch {
    throw decryptionFailure()
  }
  for (const node of nodes) {
    node.parent = parent
    if (node.type === ELEMENT) dropRepeated(node, parent)
  }
  return nodes
}

/** Senders repeat the declarations around a fragment on it. */
function dropRepeated(element: XmlElement, parent: XmlElement): void {
  if (element.declarations === NO_DECLARATIONS) return
  const needed = element.declarations.filter(({ prefix, namespace }) => namespaceOf(prefix, parent) !== namespace)
  element.declarations = needed.length > 0 ? needed : NO_DECLARATIONS
}
