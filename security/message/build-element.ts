import { XmlAttribute, XmlElement, XmlText } from 'viaduct'

/** What an element to be written contains: elements, text, or nothing where something optional is absent. */
export type BuiltContent = XmlElement | string | undefined

/** Makes an element. `name` is `prefix:local`, and the prefix is declared; attributes that are undefined are left out. */
export function buildElement(
  namespace: string,
  name: string,
  attributes: Readonly<Record<string, string | undefined>> = {},
  ...content: readonly BuiltContent[]
): XmlElement {
  const [prefix, local] = splitName(name)
  const element = new XmlElement(local, namespace, prefix)
  element.declarations = [{ prefix, namespace }]
  const written = Object.entries(attributes).filter((entry): entry is [string, string] => entry[1] !== undefined)
  if (written.length > 0)
    element.attributes = written.map(([key, value]) => new XmlAttribute(key, value, '', '', element))
  for (const child of content) {
    if (child === undefined || child === '') continue
    if (typeof child === 'string') element.children.push(new XmlText(child, element))
    else adoptChild(element, child)
  }
  return element
}

/** Sets an attribute of another namespace, and declares its prefix. */
export function withAttribute(element: XmlElement, namespace: string, name: string, value: string): XmlElement {
  const [prefix, local] = splitName(name)
  if (!element.declarations.some((declaration) => declaration.prefix === prefix)) {
    element.declarations = [...element.declarations, { prefix, namespace }]
  }
  element.attributes = [...element.attributes, new XmlAttribute(local, value, namespace, prefix, element)]
  return element
}

/** What the parent declares is not declared again. */
function adoptChild(parent: XmlElement, child: XmlElement): void {
  child.parent = parent
  child.declarations = child.declarations.filter(
    ({ prefix, namespace }) =>
      !parent.declarations.some((outer) => outer.prefix === prefix && outer.namespace === namespace),
  )
  parent.children.push(child)
}

function splitName(name: string): readonly [prefix: string, local: string] {
  const colon = name.indexOf(':')
  return [name.slice(0, Math.max(colon, 0)), name.slice(colon + 1)]
}
