import {
  bodyChild,
  cloneNode,
  definedString,
  detach,
  isJsonArray,
  isJsonObject,
  jsonToXml,
  type MessageContext,
  type Path,
  textOf,
  words,
  type XmlDocument,
  XmlElement,
} from 'viaduct'
import type { Inline } from './inline.ts'

/** What an enrich takes from its source: elements that belong to nobody, or text. */
export interface Material {
  readonly elements: readonly XmlElement[]
  /** Set when the source is text. */
  readonly text: string | undefined
}

/** Takes the material from the tree of the message, which may be changed (`clone="false"` moves nodes out of it). */
export type XmlSource = (ctx: MessageContext, tree: XmlDocument) => Material

const NOTHING: Material = { elements: [], text: undefined }

const ofText = (text: string): Material => ({ elements: [], text })

const ofElements = (elements: readonly XmlElement[]): Material => ({ elements, text: undefined })

export const nothingSource: XmlSource = () => NOTHING

export const inlineSource =
  (inline: Inline): XmlSource =>
  (ctx) => {
    const element = inline.element(ctx)
    return element === undefined ? ofText(inline.text(ctx)) : ofElements([element])
  }

export const envelopeSource: XmlSource = (_, tree) => ofElements([cloneNode(tree.root)])

/** The first element of the body only, as upstream. */
export const bodySource =
  (clone: boolean): XmlSource =>
  (_, tree) => {
    const child = bodyChild(tree)
    return child === undefined ? NOTHING : ofElements([clone ? cloneNode(child) : detach(child)])
  }

export const propertySource =
  (name: string): XmlSource =>
  (ctx) =>
    materialOf(ctx.properties.get('default', name))

/** All nodes that the expression selects; else its value, which may be a property that holds elements. */
export const customSource =
  (path: Path, clone: boolean): XmlSource =>
  (ctx) => {
    const nodes = path.nodes(ctx)
    if (nodes.length === 0) {
      const value = path.evaluate(ctx)
      if (Array.isArray(value) && value.length === 0) return NOTHING
      return materialOf(typeof value === 'object' ? value : definedString(path, ctx))
    }
    const elements = nodes.filter((node) => node instanceof XmlElement)
    if (elements.length === 0) return ofText(nodes.map(textOf).join(''))
    return ofElements(elements.map((element) => (clone ? cloneNode(element) : detach(element))))
  }

/** A value of a property as material: elements stay elements, JSON becomes the elements that stand for it. */
function materialOf(value: unknown): Material {
  if (value === undefined || value === null) return NOTHING
  if (value instanceof XmlElement) return ofElements([cloneNode(value)])
  if (Array.isArray(value) && value.every((each) => each instanceof XmlElement))
    return ofElements(value.map((each) => cloneNode(each)))
  if (isJsonObject(value) || isJsonArray(value)) return ofElements([jsonToXml(value)])
  return ofText(words(value) ?? '')
}
