import { joinUriReferences } from './uri-reference.ts'
import { ELEMENT, XML_NAMESPACE, XmlAttribute, type XmlElement, type XmlParent } from './tree.ts'

/** Canonical XML 1.0, Canonical XML 1.1, or Exclusive XML Canonicalization 1.0. */
export type CanonicalForm = 'inclusive' | 'inclusive-1.1' | 'exclusive'

/**
 * The attributes of the first element of the output: its own and those of the XML namespace that it inherits from elements
 * that are not in the output (Canonical XML 1.0 section 2.4, Canonical XML 1.1 section 2.4; nothing in the exclusive form).
 */
export function inheritedAttributes(element: XmlElement, form: CanonicalForm): readonly XmlAttribute[] {
  if (form === 'exclusive' || element.parent?.type !== ELEMENT) return element.attributes
  const isInherited = form === 'inclusive' ? () => true : (name: string) => name === 'lang' || name === 'space'
  const attributes = [...element.attributes]
  const bases: string[] = []
  for (let node: XmlParent | null = element; node?.type === ELEMENT; node = node.parent) {
    for (const attribute of node.attributes) {
      if (attribute.namespace !== XML_NAMESPACE) continue
      if (attribute.name === 'base') bases.unshift(attribute.value)
      const isKnown = attributes.some(({ name, namespace }) => name === attribute.name && namespace === XML_NAMESPACE)
      if (!isKnown && isInherited(attribute.name)) attributes.push(attribute)
    }
  }
  return form === 'inclusive-1.1' && bases.length > 0 ? withBase(attributes, bases) : attributes
}

function withBase(attributes: readonly XmlAttribute[], bases: readonly string[]): readonly XmlAttribute[] {
  const base = bases.reduce(joinUriReferences)
  const others = attributes.filter(({ name, namespace }) => name !== 'base' || namespace !== XML_NAMESPACE)
  return base === '' ? others : [...others, new XmlAttribute('base', base, XML_NAMESPACE, 'xml')]
}
