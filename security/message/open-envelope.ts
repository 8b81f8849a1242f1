import {
  attributeValue,
  ELEMENT,
  elements,
  INSTRUCTION,
  isEnvelope,
  SOAP12,
  TEXT,
  type XmlDocument,
  type XmlElement,
} from 'viaduct'
import { WSSE } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { isNamed } from './read-element.ts'

/** The places of an envelope that count. */
export interface OpenEnvelope {
  readonly header: XmlElement | undefined
  readonly body: XmlElement
  /** The Security block for the actor. */
  readonly security: XmlElement | undefined
}

/**
 * Finds the parts of an envelope, whose shape has to be exact: Header, if any, then one Body, then nothing. There is at most
 * one Security block for an actor. Throws a SecurityFailure.
 */
export function openEnvelope(document: XmlDocument, actor: string | undefined): OpenEnvelope {
  if (document.children.some(({ type }) => type === INSTRUCTION))
    refuse('a processing instruction stands beside the envelope')
  const envelope = document.root
  if (!isEnvelope(envelope)) refuse('the message is no SOAP envelope')
  const children = elements(envelope)
  const first = children[0]
  const header = first !== undefined && isNamed(first, envelope.namespace, 'Header') ? first : undefined
  const body = children[header === undefined ? 0 : 1]
  if (body === undefined || !isNamed(body, envelope.namespace, 'Body')) return refuse('the envelope has no Body')
  if (children.length !== (header === undefined ? 1 : 2)) refuse('an element follows the Body')
  if (envelope.children.some((child) => child.type === TEXT && child.value.trim() !== ''))
    refuse('text stands in the envelope')
  return { header, body, security: header === undefined ? undefined : securityBlock(header, envelope.namespace, actor) }
}

function securityBlock(header: XmlElement, soap: string, actor: string | undefined): XmlElement | undefined {
  let found: XmlElement | undefined
  for (const block of header.children) {
    if (block.type !== ELEMENT || !isNamed(block, WSSE, 'Security') || actorOf(block, soap) !== actor) continue
    if (found !== undefined)
      throw new SecurityFailure('header-duplicate', `two blocks are for ${actor ?? 'the receiver'}`)
    found = block
  }
  return found
}

function actorOf(block: XmlElement, soap: string): string | undefined {
  if (soap !== SOAP12) return attributeValue(block, 'actor', soap)
  const role = attributeValue(block, 'role', soap)
  return role === `${SOAP12}/role/ultimateReceiver` ? undefined : role
}

function refuse(detail: string): never {
  throw new SecurityFailure('malformed', detail)
}
