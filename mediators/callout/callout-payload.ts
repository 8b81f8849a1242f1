import {
  bodyChild,
  cloneElement,
  ELEMENT,
  Fault,
  type MessageContext,
  type Path,
  setBodyChild,
  XmlElement,
} from 'viaduct'

/** Prepares the copy that is sent. */
export type Request = (copy: MessageContext) => void
/** Puts the answer into the message. */
export type Response = (ctx: MessageContext, answer: MessageContext) => void

interface Selection {
  readonly xpath: Path | undefined
  readonly key: string | undefined
}

/** The part of the message that becomes the body; a JSON message always goes whole, as upstream. */
export function compileRequest(source: (Selection & { readonly type: string | undefined }) | undefined): Request {
  if (source === undefined || source.type !== undefined) return () => {}
  return (copy) => {
    if (copy.message.isJson) return
    const element = source.key === undefined ? selected(source.xpath, copy) : kept(source.key, copy)
    setBodyChild(copy.message.editTree(), cloneElement(element))
  }
}

/** Where the answer goes: instead of an element, into a property, or instead of the message. */
export function compileResponse(target: Selection | undefined): Response {
  return (ctx, answer) => {
    const { message } = answer
    if (message.empty) return
    if (message.isJson) {
      ctx.message.setJson(message.json)
    } else if (target?.xpath !== undefined) replace(ctx, target.xpath, payload(answer))
    else if (target?.key !== undefined) ctx.properties.set('default', target.key, payload(answer))
    else ctx.message.setTree(message.fork().editTree())
  }
}

function replace(ctx: MessageContext, xpath: Path, result: XmlElement): void {
  ctx.message.editTree()
  const place = selected(xpath, ctx)
  const { parent } = place
  const at = parent?.children.indexOf(place) ?? -1
  if (parent === null || at < 0)
    throw new Fault(0, `the target ${xpath.text} of the callout selects nothing that can be replaced`)
  const copy = cloneElement(result, parent)
  parent.children[at] = copy
}

function payload({ message }: MessageContext): XmlElement {
  const child = bodyChild(message.tree)
  if (child === undefined) throw new Fault(0, 'the answer of the service has an empty body')
  return child
}

function selected(xpath: Path | undefined, ctx: MessageContext): XmlElement {
  const element = xpath?.nodes(ctx).find((node): node is XmlElement => node.type === ELEMENT)
  if (element === undefined) throw new Fault(0, `the expression ${xpath?.text ?? ''} of the callout selects no element`)
  return element
}

function kept(name: string, ctx: MessageContext): XmlElement {
  const value: unknown = ctx.properties.get('default', name)
  const found = Array.isArray(value) ? (value as unknown[])[0] : value
  if (found instanceof XmlElement) return found
  const entry = ctx.deployment.find('localEntry', name)?.element
  if (entry === undefined) throw new Fault(0, `the property "${name}" holds no XML element`)
  return entry
}
