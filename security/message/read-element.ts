import { attributeValue, ELEMENT, TEXT, type XmlElement, type XmlParent } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'

/** Readers for elements that are ours: exact counts, no surprises beside the text. All throw a SecurityFailure. */

export const isNamed = (element: XmlElement, namespace: string, name: string): boolean =>
  element.name === name && element.namespace === namespace

/** The one child element of a name; two are as wrong as none. */
export function onlyChild(parent: XmlElement, namespace: string, name: string): XmlElement {
  const child = optionalChild(parent, namespace, name)
  if (child === undefined) throw new SecurityFailure('malformed', `${parent.name} has no ${name}`)
  return child
}

/** The child element of a name, if there is one; two are refused. */
export function optionalChild(parent: XmlElement, namespace: string, name: string): XmlElement | undefined {
  let found: XmlElement | undefined
  for (const child of parent.children) {
    if (child.type !== ELEMENT || !isNamed(child, namespace, name)) continue
    if (found !== undefined) throw new SecurityFailure('malformed', `${parent.name} has two ${name}`)
    found = child
  }
  return found
}

/** The only child element, of whatever name. */
export function soleElement(parent: XmlElement): XmlElement {
  let found: XmlElement | undefined
  for (const child of parent.children) {
    if (child.type !== ELEMENT) continue
    if (found !== undefined) throw new SecurityFailure('malformed', `${parent.name} has more than one child`)
    found = child
  }
  if (found === undefined) throw new SecurityFailure('malformed', `${parent.name} is empty`)
  return found
}

/** The Algorithm attribute. */
export function algorithmOf(element: XmlElement): string {
  const algorithm = attributeValue(element, 'Algorithm')
  if (algorithm === undefined) throw new SecurityFailure('malformed', `${element.name} names no algorithm`)
  return algorithm
}

/** The text of an element that holds nothing but text. */
export function simpleText(element: XmlElement): string {
  const { children } = element
  const only = children[0]
  if (children.length === 1 && only?.type === TEXT) return only.value
  let text = ''
  for (const child of children) {
    if (child.type === TEXT) text += child.value
    else if (child.type === ELEMENT)
      throw new SecurityFailure('malformed', `${element.name} holds an element where text belongs`)
  }
  return text
}

/** A decimal number without sign; the text's own limit keeps it exact. */
export function wholeNumber(element: XmlElement): number {
  const text = simpleText(element).trim()
  if (!/^[0-9]{1,9}$/.test(text)) throw new SecurityFailure('malformed', `${element.name} is not a number`)
  return Number(text)
}

/** The bytes of base64 text; those of an attachment as they are, without a detour. White space is allowed. */
export function bytesOf(element: XmlElement): Buffer {
  const only = element.children[0]
  if (element.children.length === 1 && only?.type === TEXT && only.binary !== undefined) return only.binary.bytes
  const bytes = decodeBase64(simpleText(element))
  if (bytes === undefined) throw new SecurityFailure('malformed', `${element.name} is not base64`)
  return bytes
}

/** Strict base64 (RFC 4648 section 4), white space aside; undefined when the text is not that. */
export function decodeBase64(text: string): Buffer | undefined {
  const whole = text.length % 4 === 0 ? exactBase64(text) : undefined
  if (whole !== undefined) return whole
  const dense = text.replace(/[ \t\r\n]+/g, '')
  return dense.length === text.length ? undefined : exactBase64(dense)
}

/** Node skips what it does not know, so that a wrong character shows in the length. */
function exactBase64(text: string): Buffer | undefined {
  if (text.length % 4 !== 0 || text.includes('-') || text.includes('_')) return undefined
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  const bytes = Buffer.from(text, 'base64')
  return bytes.length === (text.length / 4) * 3 - padding ? bytes : undefined
}

/** How many elements are above a node, the node's own parent included. */
export function depthOf(parent: XmlParent): number {
  let depth = 0
  for (let node: XmlParent | null = parent; node?.type === ELEMENT; node = node.parent) depth++
  return depth
}
