import { ELEMENT, elements, setText, TEXT, type XmlElement } from 'viaduct'
import type { SecurityResults } from '../security-results.ts'

/** Characters from which on text that is base64 counts as binary content; shorter words may be base64 by chance. */
const LONG = 1024

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Marks what was decrypted and is binary content, so that it can leave as an attachment: nothing on the wire says that it came
 * as one. Elements that the description of the service types as base64Binary count (`{namespace}name`), and long texts that
 * are exactly the base64 of some bytes. A mark changes nothing about the text: XOP gives the same characters back.
 */
export function markBinary({ decryptions }: SecurityResults, typed: ReadonlySet<string>): void {
  for (const { kind, node } of decryptions) {
    if (node === undefined || kind === 'attachment') continue
    visit(node, typed)
  }
}

function visit(element: XmlElement, typed: ReadonlySet<string>): void {
  const [only, second] = element.children
  if (only?.type === TEXT && second === undefined) return mark(element, only.value, typed)
  for (const child of elements(element)) if (child.type === ELEMENT) visit(child, typed)
}

function mark(element: XmlElement, text: string, typed: ReadonlySet<string>): void {
  const named = typed.has(`{${element.namespace}}${element.name}`)
  if (text.length % 4 !== 0 || text.length < (named ? 1 : LONG) || !BASE64.test(text)) return
  const bytes = Buffer.from(text, 'base64')
  // Bits that do not belong to any byte would be lost.
  if (bytes.toString('base64') === text) setText(element, { bytes, contentType: 'application/octet-stream' })
}
