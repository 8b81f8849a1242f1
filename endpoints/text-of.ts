import { TEXT, type XmlElement } from 'viaduct'

/** The text directly inside an element. */
export function textOf(element: XmlElement): string {
  let text = ''
  for (const child of element.children) if (child.type === TEXT) text += child.value
  return text
}
