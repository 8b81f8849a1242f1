import { ELEMENT, TEXT, type XmlElement } from 'viaduct'

/** What an element says, whatever its layout, comments and prefixes: state is kept while this stays the same. */
export function fingerprint(element: XmlElement): string {
  const attributes = element.attributes.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).sort()
  let text = ''
  const children: string[] = []
  for (const child of element.children) {
    if (child.type === TEXT) text += child.value
    else if (child.type === ELEMENT) children.push(fingerprint(child))
  }
  return `${element.name}(${attributes.join(' ')})${JSON.stringify(text.trim())}[${children.join(',')}]`
}
