import { XmlDocument, XmlElement } from '../xml/tree.ts'
import { bodyOf, cloneElement, headerOf } from './envelope.ts'

/**
 * A copy of an envelope to be changed while it is written: Envelope, Header and Body are new, the payload is that of the
 * original. Good for printing only, since the payload still belongs to the original.
 */
export function draftEnvelope(tree: XmlDocument): XmlDocument {
  const draft = new XmlDocument()
  const envelope = shallow(tree.root)
  envelope.parent = draft
  draft.children.push(envelope)
  const header = headerOf(tree)
  const body = bodyOf(tree)
  for (const child of tree.root.children) {
    if (child === header) envelope.children.push(cloneElement(header, envelope))
    else if (child === body) {
      const copy = shallow(body)
      copy.parent = envelope
      copy.children = [...body.children]
      envelope.children.push(copy)
    } else envelope.children.push(child)
  }
  return draft
}

function shallow({ name, namespace, prefix, attributes, declarations }: XmlElement): XmlElement {
  const copy = new XmlElement(name, namespace, prefix)
  copy.attributes = attributes
  copy.declarations = declarations
  return copy
}
