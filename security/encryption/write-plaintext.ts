import { ELEMENT, escapeText, inScopeNamespaces, TEXT, writeCanonicalXml, type XmlElement, type XmlNode } from 'viaduct'

/** A multiple of 3, so that the base64 of pieces is the base64 of the whole. */
const BINARY_CHUNK = 49_152

/**
 * Gives nodes of one element as text that means the same wherever it is put back: every prefix in force around them is
 * declared on each element (XML Encryption 1.1 section 4.1, serialising). Attachments become base64, piece by piece.
 */
export function writePlaintext(nodes: readonly XmlNode[], parent: XmlElement, write: (text: string) => void): void {
  const around = inScopeNamespaces(parent)
  const prefixes = Array.from(around.keys(), (prefix) => (prefix === '' ? '#default' : prefix))
  const options = { form: 'exclusive', comments: true, prefixes, emptyDefault: around.has('') } as const
  for (const node of nodes) {
    if (node.type === ELEMENT) writeCanonicalXml(node, options, write)
    else if (node.type === TEXT) {
      const bytes = node.binary?.bytes
      if (bytes === undefined) write(escapeText(node.value))
      else
        for (let at = 0; at < bytes.length; at += BINARY_CHUNK) write(bytes.toString('base64', at, at + BINARY_CHUNK))
    }
  }
}
