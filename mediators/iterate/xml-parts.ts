import {
  append,
  bodyOf,
  cloneNode,
  detach,
  Fault,
  isEnvelope,
  type MessageContext,
  type Parts,
  type Path,
  XmlAttribute,
  XmlElement,
  type XmlNode,
} from 'viaduct'

/** Where a part goes when the payload around it is kept. */
export interface Place {
  readonly attachPath: Path | undefined
}

/** The selected nodes, each as the body of a message of its own, or back in the payload that held them all. */
export function xmlParts(
  expression: Path,
  place: Place | undefined,
): (ctx: MessageContext) => Pick<Parts, 'count' | 'branch'> {
  return (ctx) => {
    const rest = ctx.fork()
    rest.message.editTree()
    const parts = expression.nodes(rest).map(asNode)
    for (const part of parts) detach(part)
    if (place === undefined) bodyOf(rest.message.tree).children = []
    const branch = (index: number): MessageContext => {
      const copy = rest.fork()
      const tree = copy.message.editTree()
      const part = parts[index]
      const into = place?.attachPath === undefined ? bodyOf(tree) : placeOf(place.attachPath, copy)
      if (part !== undefined) append(into, cloneNode(part))
      return copy
    }
    return { count: parts.length, branch }
  }
}

function asNode(node: XmlNode | XmlAttribute): XmlNode {
  if (node instanceof XmlAttribute) throw new Fault(0, 'iterate: the expression selects an attribute, not an element')
  return node
}

function placeOf(attachPath: Path, ctx: MessageContext): XmlElement {
  const place = attachPath.nodes(ctx).find((node) => node instanceof XmlElement)
  if (place === undefined) throw new Fault(0, `iterate: attachPath ${attachPath.text} selects no element`)
  return isEnvelope(place) ? bodyOf(ctx.message.tree) : place
}
