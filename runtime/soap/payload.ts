import { ELEMENT, type XmlDocument, XmlElement, XmlText } from '../xml/tree.ts'
import { bodyChild } from './envelope.ts'

/** Namespace of the elements that stand for payloads that are no XML. */
export const PAYLOAD = 'http://ws.apache.org/commons/ns/payload'

/** `<text xmlns="http://ws.apache.org/commons/ns/payload">…</text>`: a text message. */
export function textPayload(text: string): XmlElement {
  return wrapper('text', new XmlText(text))
}

/** `<binary xmlns="http://ws.apache.org/commons/ns/payload">…</binary>`: bytes, read as base64 text. */
export function binaryPayload(bytes: Buffer, contentType = 'application/octet-stream'): XmlElement {
  return wrapper('binary', new XmlText({ bytes, contentType }))
}

/** The text of a text message; undefined when the payload is anything else. */
export function payloadText(tree: XmlDocument): string | undefined {
  const child = bodyChild(tree)
  return child !== undefined && isPayload(child, 'text') ? contentOf(child) : undefined
}

/** The bytes of a binary message; undefined when the payload is anything else. */
export function payloadBytes(tree: XmlDocument): Buffer | undefined {
  const child = bodyChild(tree)
  if (child === undefined || !isPayload(child, 'binary')) return undefined
  const [only] = child.children
  if (child.children.length === 1 && only instanceof XmlText && only.binary !== undefined) return only.binary.bytes
  return Buffer.from(contentOf(child), 'base64')
}

const isPayload = (element: XmlElement, name: string): boolean =>
  element.type === ELEMENT && element.name === name && element.namespace === PAYLOAD

function wrapper(name: string, content: XmlText): XmlElement {
  const element = new XmlElement(name, PAYLOAD)
  element.declarations = [{ prefix: '', namespace: PAYLOAD }]
  content.parent = element
  element.children.push(content)
  return element
}

function contentOf(element: XmlElement): string {
  let text = ''
  for (const child of element.children) if (child instanceof XmlText) text += child.value
  return text
}
