import { ELEMENT, TEXT, XmlElement, XmlText } from 'viaduct'

/** Elements directly below `parent`, in document order. */
export function elementsOf(
  parent: { readonly children: readonly { readonly type: number }[] } | undefined,
): XmlElement[] {
  return (parent?.children ?? []).filter((node): node is XmlElement => node.type === ELEMENT)
}

/** First child with this local name, whatever its namespace: Axis2's RPC services do not look at prefixes. */
export function childOf(parent: XmlElement | undefined, name: string): XmlElement | undefined {
  return elementsOf(parent).find((element) => element.name === name)
}

/** All character data directly below the element, or undefined without an element. */
export function textOf(element: XmlElement): string {
  let text = ''
  for (const node of element.children) if (node.type === TEXT) text += node.value
  return text
}

/** Puts `text` in the place of everything that the element contains. */
export function replaceText(element: XmlElement, text: string): void {
  element.children = [new XmlText(text, element)]
}

/** Writes character data so that it reads back as `text`. */
export function escapeXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('\r', '&#13;')
}

/** The wrapper element that query or form parameters stand for. */
export function wrapperOf(operation: string, namespace: string, parameters: URLSearchParams): XmlElement {
  const wrapper = new XmlElement(operation, namespace)
  for (const [name, value] of parameters) {
    const child = new XmlElement(name, namespace, '', wrapper)
    replaceText(child, value)
    wrapper.children.push(child)
  }
  return wrapper
}
