import { attributeValue } from '../xml/select.ts'
import { ELEMENT, type XmlDocument, type XmlElement, type XmlNode } from '../xml/tree.ts'
import { headerOf, SOAP11, SOAP12 } from './envelope.ts'

const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'

/** Axis2 property: the actor (or role) of the Security header that was acted upon, '' for the header without one. */
export const PROCESSED_SECURITY = 'viaduct.security.processed'

/** Removes the Security header of an actor: what was acted upon goes no further. */
export function removeSecurity(tree: XmlDocument, actor: string): void {
  const header = headerOf(tree)
  if (header === undefined || !header.children.some((block) => isSecurityOf(block, actor))) return
  header.children = header.children.filter((block) => !isSecurityOf(block, actor))
}

const isSecurityOf = (block: XmlNode, actor: string): boolean =>
  block.type === ELEMENT && block.name === 'Security' && block.namespace === WSSE && actorOf(block) === actor

const actorOf = (block: XmlElement): string =>
  attributeValue(block, 'actor', SOAP11) ?? attributeValue(block, 'role', SOAP12) ?? ''
