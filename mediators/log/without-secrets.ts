import { cloneNode, elements, headerOf, setText, type XmlDocument, type XmlElement } from 'viaduct'

/** Elements of WS-Security and WS-Trust whose text lets anybody be somebody else, in whatever version of their namespaces. */
const SECRETS: ReadonlySet<string> = new Set(['Password', 'BinarySecret'])
const MASK = '***'

/** The message without passwords and keys in the header of WS-Security; the tree itself where there are none. */
export function withoutSecrets(tree: XmlDocument): XmlDocument {
  if (secretsIn(tree).length === 0) return tree
  const copy = cloneNode(tree)
  for (const secret of secretsIn(copy)) setText(secret, MASK)
  return copy
}

function secretsIn(tree: XmlDocument): XmlElement[] {
  const header = headerOf(tree)
  const blocks = header === undefined ? [] : elements(header).filter(({ name }) => name === 'Security')
  return blocks.flatMap(secretsBelow)
}

const secretsBelow = (element: XmlElement): XmlElement[] =>
  SECRETS.has(element.name) ? [element] : elements(element).flatMap(secretsBelow)
