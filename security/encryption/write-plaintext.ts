import { ELEMENT, escapeText, inScopeNamespaces, TEXT, writeCanonicalXml, type XmlElement, type XmlNode } from 'viaduct'

/** A multiple of 3, so that the base64 of pieces is the base64 of the whole. */
const BINARY_CHUNK = 49_152

/**
 * Gives nodes of one element as text that means the same wherever it is put back (XML Encryption 1.1 section 4.1,
 * serialising): every prefix in force around them is declared on each element, and every declaration in them is kept, since
 * content may rely on it. Attributes of the XML namespace are not inherited: what was signed before has to stay the same.
 * Attachments become base64, piece by piece.
 */
export function writePlaintext(nodes: readonly XmlNode[], parent: XmlElement, write: (text: string) => void): void {
  const around = inScopeNamespaces(parent)
  for (const node of nodes) {
    if (node.type === ELEMENT) {
      const prefixes = new Set(around.keys())
      addDeclared(node, prefixes)
      const list = Array.from(prefixes, (prefix) => (prefix === '' ? '#default' : prefix))
      writeCanonicalXml(
        node,
        { form: 'exclusive', comments: true, prefixes: list, emptyDefault: around.has('') },
        write,
      )
    } else if (node.type === TEXT) {
      const bytes = node.binary?.bytes
      if (bytes === undefined) write(escapeText(node.value))
      else
        for (let at = 0; at < bytes.length; at += BINARY_CHUNK) write(bytes.toString('base64', at, at + BINARY_CHUNK))
    }
  }
}

function addDeclared({ declarations, children }: XmlElement, prefixes: Set<string>): void {
  for (const { prefix } of declarations) prefixes.add(prefix)
  for (const child of children) if (child.type === ELEMENT) addDeclared(child, prefixes)
}
