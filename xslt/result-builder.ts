import {
  cloneNode,
  DOCUMENT,
  ELEMENT,
  TEXT,
  XmlAttribute,
  XmlComment,
  type XmlDeclaration,
  XmlDocument,
  XmlElement,
  XmlInstruction,
  type XmlNode,
  XmlText,
} from 'viaduct'
import { StylesheetError } from './stylesheet-error.ts'

/** Namespaces in force where a literal result element stands in the stylesheet; shared by elements with the same ones. */
export type NamespaceList = readonly XmlDeclaration[]

/** Builds a result tree from events, in document order (XSLT 1.0, section 7). */
export class ResultBuilder {
  readonly #root = new XmlDocument()
  readonly #budget: { left: number }
  #open: XmlElement | undefined
  /** The list whose declarations are all in force at the open element. */
  #declared: NamespaceList | undefined
  readonly #outer: (NamespaceList | undefined)[] = []
  /** Texts that must not be escaped (`disable-output-escaping`). */
  raw: Set<XmlText> | undefined

  constructor(limit: number, budget = { left: limit }) {
    this.#budget = budget
  }

  /** A builder for a fragment, with the same budget. */
  nested(): ResultBuilder {
    return new ResultBuilder(0, this.#budget)
  }

  finish(): XmlDocument {
    return this.#root
  }

  /** Whether the open element can still take attributes. */
  get takesAttributes(): boolean {
    return this.#open !== undefined && this.#open.children.length === 0
  }

  start(name: string, namespace: string, prefix: string, declarations: NamespaceList | undefined): void {
    this.#spend(name.length)
    const parent = this.#open
    const element = new XmlElement(name, namespace, prefix, parent ?? this.#root)
    ;(parent ?? this.#root).children.push(element)
    this.#outer.push(this.#declared)
    this.#open = element
    if (declarations === undefined || declarations === this.#declared) return
    for (const { prefix: each, namespace: uri } of declarations) this.declare(each, uri)
    this.#declared = declarations
  }

  end(): void {
    const parent = this.#open?.parent
    this.#open = parent?.type === ELEMENT ? parent : undefined
    this.#declared = this.#outer.pop()
  }

  /** Declares a namespace on the open element unless it is in force there. */
  declare(prefix: string, namespace: string): void {
    const element = this.#open
    if (element === undefined) return
    for (let at: XmlElement | undefined = element; at !== undefined;) {
      const found = at.declarations.find((each) => each.prefix === prefix)
      if (found !== undefined) {
        if (found.namespace === namespace) return
        break
      }
      const up: XmlElement['parent'] = at.parent
      if (up?.type !== ELEMENT) {
        if (prefix === '' && namespace === '') return
        break
      }
      at = up
    }
    if (element.prefix === prefix && element.namespace !== namespace) return
    element.declarations = [...element.declarations.filter((each) => each.prefix !== prefix), { prefix, namespace }]
  }

  attribute(name: string, namespace: string, prefix: string, value: string): void {
    const element = this.#open
    // Section 7.1.3: too late or without an element; the attribute is left out.
    if (element === undefined || element.children.length > 0) return
    this.#spend(name.length + value.length)
    const attribute = new XmlAttribute(name, value, namespace, prefix, element)
    const at = element.attributes.findIndex((each) => each.name === name && each.namespace === namespace)
    if (at < 0) element.attributes = element.attributes.length === 0 ? [attribute] : [...element.attributes, attribute]
    else element.attributes = element.attributes.with(at, attribute)
  }

  text(value: string, raw = false, cdata = false): void {
    if (value === '') return
    this.#spend(value.length)
    const { children } = this.#open ?? this.#root
    const last = children.at(-1)
    if (last?.type === TEXT && !raw && !cdata && !last.cdata && this.raw?.has(last) !== true) {
      children[children.length - 1] = new XmlText(last.value + value, last.parent)
      return
    }
    const text = new XmlText(value, this.#open ?? null, cdata)
    if (raw) (this.raw ??= new Set()).add(text)
    children.push(text)
  }

  comment(value: string): void {
    this.#add(
      new XmlComment(value.replaceAll(/-(?=-)/g, '- ').replace(/-$/, '- '), this.#open ?? this.#root),
      value.length,
    )
  }

  instruction(name: string, value: string): void {
    this.#add(new XmlInstruction(name, value.replaceAll('?>', '? >'), this.#open ?? this.#root), value.length)
  }

  /** A copy of a node with all that is in it. */
  copy(node: XmlNode | XmlDocument): void {
    if (node.type === DOCUMENT) {
      for (const child of node.children) this.copy(child)
    } else if (node.type === TEXT) this.text(node.value)
    else {
      const clone = cloneNode(node)
      clone.parent = this.#open ?? this.#root
      if (clone.type === ELEMENT) clone.declarations = this.#undeclared(clone)
      this.#add(clone, sizeOf(clone))
    }
  }

  #undeclared({ declarations, parent }: XmlElement): XmlDeclaration[] {
    return declarations.filter(({ prefix, namespace }) => {
      for (let at = parent; at?.type === ELEMENT; at = at.parent) {
        const found = at.declarations.find((each) => each.prefix === prefix)
        if (found !== undefined) return found.namespace !== namespace
      }
      return true
    })
  }

  #add(node: XmlNode, size: number): void {
    this.#spend(size)
    ;(this.#open ?? this.#root).children.push(node)
  }

  #spend(size: number): void {
    this.#budget.left -= size + 1
    if (this.#budget.left < 0) throw new StylesheetError('the result of the transformation is too large')
  }
}

function sizeOf(node: XmlNode): number {
  if (node.type === TEXT) return node.value.length
  if (node.type !== ELEMENT) return 1
  let size = node.name.length + 1
  for (const child of node.children) size += sizeOf(child)
  return size
}
