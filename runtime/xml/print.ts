import { escapeAttribute, escapeText, printCdata, printComment, printInstruction } from './escape.ts'
import { endOfName } from './names.ts'
import { MANY_PREFIXES, mentions } from './prefix-use.ts'
import { bound, isBound } from './repair.ts'
import { NamespaceScope } from './scope.ts'
import { inScopeNamespaces } from './select.ts'
import {
  type BinaryContent,
  COMMENT,
  DOCUMENT,
  ELEMENT,
  INSTRUCTION,
  TEXT,
  type XmlAttribute,
  type XmlDeclaration,
  type XmlDocument,
  type XmlElement,
  type XmlNode,
  type XmlText,
} from './tree.ts'
import { WrittenNames } from './written-names.ts'
import { XmlError } from './xml-error.ts'

export const XOP_NAMESPACE = 'http://www.w3.org/2004/08/xop/include'

export interface PrintOptions {
  /** The encoding that an XML declaration names; without it there is no declaration. The caller encodes the text. */
  readonly encoding?: string | undefined
  /**
   * Takes binary content out: returns the Content-ID under which it travels, and the text becomes an xop:Include (XOP 1.0);
   * undefined leaves it inline as base64.
   */
  readonly attach?: ((binary: BinaryContent) => string | undefined) | undefined
}

/**
 * A document or node as text that parses to the same tree. Always well-formed: declarations that are missing are added, names
 * and characters are checked. An element taken out of a larger tree carries the declarations around it that its content
 * uses or seems to use. Throws {@link XmlError} for what XML cannot hold.
 */
export function printXml(node: XmlNode | XmlDocument, options: PrintOptions = {}): string {
  const text = new Printer(options).print(node)
  if (!text.isWellFormed()) throw new XmlError('XML cannot hold half of a surrogate pair')
  return options.encoding === undefined ? text : `<?xml version="1.0" encoding="${options.encoding}"?>${text}`
}

class Printer {
  readonly #attach: PrintOptions['attach']
  readonly #keepsCdata: boolean
  readonly #scope = new NamespaceScope()
  readonly #names = new WrittenNames()
  #out = ''

  constructor({ attach, encoding }: PrintOptions) {
    this.#attach = attach
    // References, which an encoder may have to write, mean nothing in a CDATA section.
    this.#keepsCdata = encoding === undefined || /^utf/i.test(encoding)
  }

  print(node: XmlNode | XmlDocument): string {
    if (node.type === DOCUMENT) for (const child of node.children) this.#node(child)
    else if (node.type === ELEMENT && node.parent?.type === ELEMENT) this.#fragment(node, node.parent)
    else this.#node(node)
    return this.#out
  }

  #node(node: XmlNode): void {
    switch (node.type) {
      case ELEMENT:
        return this.#element(node)
      case TEXT:
        return this.#text(node)
      case COMMENT:
        this.#out += printComment(node.value)
        return
      case INSTRUCTION:
        this.#out += printInstruction(node.name, node.value)
    }
  }

  #text(node: XmlText): void {
    this.#out += node.cdata && this.#keepsCdata ? printCdata(node.value) : escapeText(node.value)
  }

  #element(element: XmlElement): void {
    let mark = this.#scope.enter(element.declarations)
    if (!isBound(element, this.#scope)) {
      this.#scope.leave(mark)
      element = bound(element, this.#scope)
      mark = this.#scope.enter(element.declarations)
    }
    const { declarations, attributes, children } = element
    const tag = this.#names.tag(element.prefix, element.name)
    if (declarations.length === 0 && attributes.length === 0 && children.length > 0) {
      this.#out += tag.start
    } else {
      this.#out += tag.open
      if (declarations.length > 0) this.#declarations(declarations)
      if (attributes.length > 0) this.#attributes(attributes)
      this.#out += children.length === 0 ? '/>' : '>'
    }
    if (children.length > 0) {
      this.#content(children)
      this.#out += tag.end
    }
    this.#scope.leave(mark)
  }

  #content(children: readonly XmlNode[]): void {
    for (let i = 0; i < children.length; i++) {
      const child = children[i]
      if (child === undefined) break
      if (child.type === ELEMENT) this.#element(child)
      else if (child.type !== TEXT) this.#node(child)
      else if (child.binary === undefined || children.length > 1) this.#text(child)
      else this.#binary(child, child.binary)
    }
  }

  #declarations(declarations: readonly XmlDeclaration[]): void {
    for (const { prefix, namespace } of declarations) {
      this.#out += `${prefix === '' ? ' xmlns' : ` xmlns:${prefix}`}="${escapeAttribute(namespace)}"`
    }
  }

  #attributes(attributes: readonly XmlAttribute[]): void {
    for (let i = 0; i < attributes.length; i++) {
      const attribute = attributes[i]
      if (attribute === undefined) break
      this.#out += `${this.#names.attribute(attribute.prefix, attribute.name)}${escapeAttribute(attribute.value)}"`
    }
  }

  #binary(text: XmlText, binary: BinaryContent): void {
    const id = this.#attach?.(binary)
    if (id === undefined) return this.#text(text)
    const href = escapeAttribute(encodeURI(id).replaceAll('#', '%23').replaceAll('?', '%3F'))
    this.#out += `<xop:Include xmlns:xop="${XOP_NAMESPACE}" href="cid:${href}"/>`
  }

  /** An element whose ancestors are not printed. */
  #fragment(element: XmlElement, parent: XmlElement): void {
    const around = inScopeNamespaces(parent)
    for (const { prefix } of element.declarations) around.delete(prefix)
    const outer = Array.from(around, ([prefix, namespace]) => ({ prefix, namespace }))
    this.#scope.enter(outer)
    this.#element(element)
    const printed = this.#out
    const end = endOfName(printed, 1)
    this.#out = printed.slice(0, end)
    this.#declarations(
      outer.filter((declaration) => outer.length > MANY_PREFIXES || isNeeded(declaration, element, printed)),
    )
    this.#out += printed.slice(end)
  }
}

/** Whether a declaration around a fragment is used in it, by names or perhaps by content (xsi:type, a prefix list, an XPath). */
function isNeeded({ prefix, namespace }: XmlDeclaration, element: XmlElement, printed: string): boolean {
  return prefix === '' ? hasDefault(element, namespace) : mentions(printed, prefix)
}

function hasDefault({ prefix, namespace, children }: XmlElement, around: string): boolean {
  if (prefix === '' && namespace === around) return true
  return children.some((child) => child.type === ELEMENT && hasDefault(child, around))
}
