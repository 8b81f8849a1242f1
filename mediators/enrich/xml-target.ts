import {
  append,
  bodyChild,
  bodyOf,
  cloneNode,
  detach,
  Fault,
  insertAfter,
  isEnvelope,
  type JsonValue,
  type MessageContext,
  parseJson,
  type Path,
  type PathNode,
  replace,
  type Scope,
  setText,
  XmlAttribute,
  XmlDocument,
  XmlElement,
  type XmlNode,
  XmlText,
} from 'viaduct'
import type { Material } from './material.ts'

export type Action = 'replace' | 'child' | 'sibling'

/** Puts the material in its place. */
export type XmlTarget = (ctx: MessageContext, tree: XmlDocument, material: Material) => void

/** Every node that the expression selects gets a copy of its own. */
export const customTarget =
  (path: Path, action: Action): XmlTarget =>
  (ctx, _, material) => {
    for (const node of path.nodes(ctx)) insert(node, action, copyOf(material))
  }

/** `xpath="get-property('scope', 'name')"` as a target names the property itself. */
export function propertyNamedBy(text: string): readonly [scope: string, name: string] | undefined {
  const [, first, second] =
    /^\s*get-property\(\s*["']([^"']+)["']\s*(?:,\s*["']([^"']+)["']\s*)?\)\s*$/.exec(text) ?? []
  if (first === undefined) return undefined
  return second === undefined ? ['default', first] : [first, second]
}

/** An element in a property is changed as a copy: another branch of the flow may hold the old one. */
export const propertyTarget =
  (scope: Scope, name: string, action: Action): XmlTarget =>
  (ctx, _, material) => {
    if (action === 'replace') {
      ctx.properties.set(scope, name, valueOf(material))
      return
    }
    const value = ctx.properties.get(scope, name)
    if (value instanceof XmlElement && action === 'child') {
      const changed = cloneNode(value)
      insert(changed, action, material)
      ctx.properties.set(scope, name, changed)
    } else if (value instanceof XmlElement) ctx.properties.set(scope, name, [value, ...material.elements])
    else if (Array.isArray(value)) ctx.properties.set(scope, name, [...(value as unknown[]), ...material.elements])
  }

/** Several elements are kept as a list. */
function valueOf({ elements, text }: Material): unknown {
  if (text !== undefined) return text
  return elements.length === 1 ? elements[0] : elements
}

export const bodyTarget =
  (action: Action): XmlTarget =>
  (ctx, tree, material) => {
    const json = action === 'replace' ? jsonIn(material.text) : undefined
    if (json !== undefined) {
      ctx.message.setJson(json)
      return
    }
    const child = bodyChild(tree)
    if (child !== undefined) insert(child, action, material)
    else for (const element of material.elements) append(bodyOf(tree), element)
  }

/** Text that is a JSON object or array makes the body JSON. */
function jsonIn(text: string | undefined): JsonValue | undefined {
  if (text === undefined || !/^\s*[[{]/.test(text)) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

export const envelopeTarget: XmlTarget = ({ message }, _, { elements }) => {
  const [envelope] = elements
  if (envelope === undefined || !isEnvelope(envelope)) {
    throw new Fault(0, 'only a SOAP envelope can replace the envelope of a message')
  }
  const document = new XmlDocument()
  append(document, envelope)
  bodyOf(document)
  message.setTree(document)
}

const copyOf = ({ elements, text }: Material): Material => ({
  elements: elements.map((element) => cloneNode(element)),
  text,
})

function insert(node: PathNode, action: Action, { elements, text }: Material): void {
  if (node instanceof XmlAttribute) {
    if (text !== undefined) node.value = text
    return
  }
  switch (action) {
    case 'child':
      if (!(node instanceof XmlElement)) return
      for (const element of elements) append(node, element)
      if (text !== undefined) append(node, new XmlText(text))
      return
    case 'sibling':
      for (const element of elements.toReversed()) insertAfter(element, node)
      return
    case 'replace':
      if (text !== undefined) replaceText(node, text)
      else if (elements.length > 0) replace(node, ...elements)
  }
}

function replaceText(node: XmlNode, text: string): void {
  if (node instanceof XmlElement) setText(node, text)
  else if (node.parent !== null) replace(node, new XmlText(text))
}

/** Takes out every node that the expression selects. */
export const removeSelected =
  (path: Path): ((ctx: MessageContext) => void) =>
  (ctx) => {
    for (const node of path.nodes(ctx)) {
      if (node instanceof XmlAttribute) {
        if (node.parent !== null) node.parent.attributes = node.parent.attributes.filter((each) => each !== node)
      } else detach(node)
    }
  }
