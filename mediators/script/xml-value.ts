import {
  append,
  attributeValue,
  cloneNode,
  elements,
  ELEMENT,
  firstElement,
  printXml,
  setText,
  textOf,
  XmlElement,
  XmlText,
} from 'viaduct'

/**
 * XML as scripts see it: a list of elements that answers as E4X lists do (children by name, `toString()` is the text of simple
 * content), and as Axiom's elements do (`getText()`, `getFirstElement()` …).
 */
export class XmlValue {
  readonly nodes: readonly (XmlElement | string)[]

  private constructor(nodes: readonly (XmlElement | string)[]) {
    this.nodes = nodes
  }

  /** Children are members: `value.symbol`, `value[0]`. */
  static of(nodes: readonly (XmlElement | string)[]): XmlValue {
    return new Proxy(new XmlValue(nodes), {
      get(value, name) {
        if (typeof name === 'symbol' || name in value) {
          const member: unknown = Reflect.get(value, name, value)
          return typeof member === 'function' ? member.bind(value) : member
        }
        return /^\d+$/.test(name)
          ? XmlValue.of(value.nodes.slice(Number(name), Number(name) + 1))
          : value.$children(name)
      },
      set: (value, name, content) => typeof name === 'string' && value.#put(name, content),
      has: (value, name) => name in value,
    })
  }

  get #elements(): XmlElement[] {
    return this.nodes.filter((node) => node instanceof XmlElement)
  }

  get #first(): XmlElement | undefined {
    return this.#elements[0]
  }

  $children(name: string): XmlValue {
    return XmlValue.of(this.#elements.flatMap((element) => elements(element).filter(named(name))))
  }

  $descendants(name: string): XmlValue {
    return XmlValue.of(this.#elements.flatMap((element) => [...below(element)].filter(named(name))))
  }

  $attribute(name: string): XmlValue {
    return XmlValue.of(this.#elements.flatMap((element) => attributesOf(element, name)))
  }

  $allAttributes(name: string): XmlValue {
    return XmlValue.of(
      this.#elements.flatMap((element) => [element, ...below(element)].flatMap((each) => attributesOf(each, name))),
    )
  }

  /** The text of what has no child elements, else XML. */
  toString(): string {
    return this.#elements.some((element) => elements(element).length > 0) ? this.toXMLString() : this.getText()
  }

  toXMLString(): string {
    return this.nodes.map((node) => (typeof node === 'string' ? node : printXml(node))).join('\n')
  }

  valueOf(): string {
    return this.toString()
  }

  length(): number {
    return this.nodes.length
  }

  text(): string {
    return this.getText()
  }

  child(name: string): XmlValue {
    return this.$children(name)
  }

  children(): XmlValue {
    return this.$children('*')
  }

  descendants(name = '*'): XmlValue {
    return this.$descendants(name)
  }

  attribute(name: string): XmlValue {
    return this.$attribute(name)
  }

  localName(): string {
    return this.#first?.name ?? ''
  }

  name(): string {
    return this.localName()
  }

  copy(): XmlValue {
    return XmlValue.of(this.nodes.map((node) => (typeof node === 'string' ? node : cloneNode(node))))
  }

  appendChild(child: unknown): XmlValue {
    const parent = this.#first
    if (parent !== undefined) for (const node of contentOf(child)) append(parent, node)
    return XmlValue.of(this.nodes)
  }

  getText(): string {
    return this.nodes.map((node) => (typeof node === 'string' ? node : textOf(node))).join('')
  }

  setText(text: unknown): void {
    if (this.#first !== undefined) setText(this.#first, String(text))
  }

  getLocalName(): string {
    return this.localName()
  }

  getNamespaceURI(): string {
    return this.#first?.namespace ?? ''
  }

  getFirstElement(): XmlValue | null {
    const child = this.#first && firstElement(this.#first)
    return child === undefined ? null : XmlValue.of([child])
  }

  getAttributeValue(name: unknown): string | null {
    return (this.#first && attributeValue(this.#first, String(name))) ?? null
  }

  addChild(child: unknown): void {
    this.appendChild(child)
  }

  /** E4X assignment: the text of the first child of that name, which is made when there is none. */
  #put(name: string, content: unknown): boolean {
    const parent = this.#first
    if (parent === undefined) return false
    let child = elements(parent).find(named(name))
    if (child === undefined) append(parent, (child = new XmlElement(name, parent.namespace, parent.prefix)))
    child.children = []
    for (const node of contentOf(content)) append(child, node)
    return true
  }
}

const named =
  (name: string) =>
  (element: XmlElement): boolean =>
    name === '*' || element.name === name

function* below(element: XmlElement): Iterable<XmlElement> {
  for (const child of element.children) {
    if (child.type !== ELEMENT) continue
    yield child
    yield* below(child)
  }
}

const attributesOf = ({ attributes }: XmlElement, name: string): string[] =>
  attributes.filter((each) => name === '*' || each.name === name).map(({ value }) => value)

/** What a script puts into an element: elements, or text. */
function contentOf(content: unknown): (XmlElement | XmlText)[] {
  if (!(content instanceof XmlValue)) return [new XmlText(String(content))]
  return content.nodes.map((node) => (typeof node === 'string' ? new XmlText(node) : cloneNode(node)))
}
