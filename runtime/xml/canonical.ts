import { type CanonicalForm, inheritedAttributes } from './canonical-inheritance.ts'
import { compareCodePoints, sortedAttributes } from './canonical-order.ts'
import { escapeAttribute, escapeText, printComment, printInstruction } from './escape.ts'
import { bound, isBound } from './repair.ts'
import { NamespaceScope } from './scope.ts'
import { inScopeNamespaces } from './select.ts'
import {
  COMMENT,
  DOCUMENT,
  ELEMENT,
  INSTRUCTION,
  NO_DECLARATIONS,
  TEXT,
  type XmlAttribute,
  type XmlDeclaration,
  type XmlDocument,
  type XmlElement,
  type XmlNode,
  type XmlText,
} from './tree.ts'
import { WrittenNames } from './written-names.ts'

export interface CanonicalOptions {
  /** Canonical XML 1.0 or 1.1, or Exclusive XML Canonicalization 1.0. */
  readonly form: CanonicalForm
  readonly comments?: boolean
  /** InclusiveNamespaces PrefixList of the exclusive form; `#default` is the default namespace. */
  readonly prefixes?: readonly string[]
  /** Left out with everything in it: the signature, where an enveloped-signature transform comes first. */
  readonly omit?: XmlElement | undefined
  /** Writes `xmlns=""` on the first element when no default namespace is in force, as the STR-Transform of WS-Security asks. */
  readonly emptyDefault?: boolean
}

/** A document or subtree in canonical form. The tree counts as {@link printXml} would write it. */
export function canonicalXml(node: XmlElement | XmlDocument, options: CanonicalOptions): string {
  const chunks: string[] = []
  writeCanonicalXml(node, options, (chunk) => chunks.push(chunk))
  return chunks.length === 1 ? (chunks[0] ?? '') : chunks.join('')
}

/** Gives the canonical form piece by piece, for a hash; never the whole at once. */
export function writeCanonicalXml(
  node: XmlElement | XmlDocument,
  options: CanonicalOptions,
  write: (chunk: string) => unknown,
): void {
  const canonicalizer = new Canonicalizer(options, write)
  if (node.type === DOCUMENT) canonicalizer.document(node)
  else canonicalizer.apex(node)
  canonicalizer.flush()
}

const CHUNK = 32_768
/** A multiple of 3, so that the base64 of pieces is the base64 of the whole. */
const BINARY_CHUNK = 49_152

class Canonicalizer {
  readonly #options: CanonicalOptions
  readonly #write: (chunk: string) => unknown
  readonly #exclusive: boolean
  readonly #prefixes: ReadonlySet<string>
  /** What is in force in the tree, and what is in force in the output. */
  readonly #scope = new NamespaceScope()
  readonly #rendered = new NamespaceScope()
  readonly #names = new WrittenNames()
  #out = ''

  constructor(options: CanonicalOptions, write: (chunk: string) => unknown) {
    this.#options = options
    this.#write = write
    this.#exclusive = options.form === 'exclusive'
    this.#prefixes = new Set(options.prefixes?.map((prefix) => (prefix === '#default' ? '' : prefix)))
  }

  document(document: XmlDocument): void {
    let afterRoot = false
    for (const child of document.children) {
      if (child.type === ELEMENT) {
        this.apex(child)
        afterRoot = true
      } else if (child.type !== COMMENT || this.#options.comments === true) {
        if (afterRoot) this.#out += '\n'
        this.#node(child)
        if (!afterRoot) this.#out += '\n'
      }
    }
  }

  /** The first element: what it inherits from elements that are not in the output is written on it. */
  apex(element: XmlElement): void {
    const outer: XmlDeclaration[] = []
    if (element.parent?.type === ELEMENT) {
      for (const [prefix, namespace] of inScopeNamespaces(element.parent)) outer.push({ prefix, namespace })
    }
    this.#scope.enter(outer)
    this.#element(element, outer, inheritedAttributes(element, this.#options.form))
  }

  flush(): void {
    if (this.#out !== '') this.#write(this.#out)
    this.#out = ''
  }

  #node(node: XmlNode): void {
    switch (node.type) {
      case ELEMENT:
        return this.#element(node, undefined, node.attributes)
      case TEXT:
        return this.#text(node)
      case COMMENT:
        if (this.#options.comments === true) this.#out += printComment(node.value)
        return
      case INSTRUCTION:
        this.#out += printInstruction(node.name, node.value)
    }
  }

  #text(text: XmlText): void {
    if (text.binary === undefined) this.#out += escapeText(text.value)
    else {
      const { bytes } = text.binary
      for (let at = 0; at < bytes.length; at += BINARY_CHUNK) {
        this.#out += bytes.toString('base64', at, at + BINARY_CHUNK)
        this.flush()
      }
    }
    if (this.#out.length > CHUNK) this.flush()
  }

  /** `outer` is what is in force around the apex, undefined for other elements. */
  #element(
    element: XmlElement,
    outer: readonly XmlDeclaration[] | undefined,
    attributes: readonly XmlAttribute[],
  ): void {
    if (element === this.#options.omit) return
    let mark = this.#scope.enter(element.declarations)
    if (!isBound(element, this.#scope)) {
      this.#scope.leave(mark)
      element = bound(element, this.#scope)
      attributes = outer === undefined ? element.attributes : inheritedAttributes(element, this.#options.form)
      mark = this.#scope.enter(element.declarations)
    }
    const rendered = this.#declarations(element, outer)
    const renderedMark = this.#rendered.enter(rendered)
    const tag = this.#names.tag(element.prefix, element.name)
    if (rendered === NO_DECLARATIONS && attributes.length === 0) this.#out += tag.start
    else {
      this.#out += tag.open
      for (const { prefix, namespace } of rendered) {
        this.#out += `${prefix === '' ? ' xmlns' : ` xmlns:${prefix}`}="${escapeAttribute(namespace)}"`
      }
      if (attributes.length > 0) this.#attributes(attributes)
      this.#out += '>'
    }
    const { children } = element
    for (let i = 0; i < children.length; i++) {
      const child = children[i]
      if (child !== undefined) this.#node(child)
    }
    this.#out += tag.end
    this.#rendered.leave(renderedMark)
    this.#scope.leave(mark)
  }

  #attributes(attributes: readonly XmlAttribute[]): void {
    for (const { prefix, name, value } of sortedAttributes(attributes)) {
      this.#out += `${this.#names.attribute(prefix, name)}${escapeAttribute(value)}"`
    }
  }

  /** The declarations to write, in order. */
  #declarations(element: XmlElement, outer: readonly XmlDeclaration[] | undefined): readonly XmlDeclaration[] {
    let found = NO_DECLARATIONS
    if (this.#exclusive) found = this.#use(element.prefix, element.namespace, found)
    const { attributes, declarations } = element
    for (let i = 0; this.#exclusive && i < attributes.length; i++) {
      const attribute = attributes[i]
      if (attribute !== undefined && attribute.prefix !== '')
        found = this.#use(attribute.prefix, attribute.namespace, found)
    }
    for (const { prefix, namespace } of declarations) {
      if (!this.#exclusive || this.#prefixes.has(prefix)) found = this.#use(prefix, namespace, found)
    }
    if (outer !== undefined) found = this.#atApex(outer, found)
    return found.length > 1 ? found.sort((a, b) => compareCodePoints(a.prefix, b.prefix)) : found
  }

  #atApex(outer: readonly XmlDeclaration[], found: XmlDeclaration[]): XmlDeclaration[] {
    for (const { prefix } of outer) {
      const namespace = this.#scope.get(prefix)
      if (namespace === undefined || (this.#exclusive && !this.#prefixes.has(prefix))) continue
      found = this.#use(prefix, namespace, found)
    }
    const hasDefault = this.#options.emptyDefault !== true || found.some(({ prefix }) => prefix === '')
    return hasDefault ? found : [...found, { prefix: '', namespace: '' }]
  }

  /** Adds a declaration unless the output has it in force already. */
  #use(prefix: string, namespace: string, found: XmlDeclaration[]): XmlDeclaration[] {
    if (prefix === 'xml' || this.#rendered.binds(prefix, namespace)) return found
    if (found === NO_DECLARATIONS) return [{ prefix, namespace }]
    for (const declaration of found) if (declaration.prefix === prefix) return found
    found.push({ prefix, namespace })
    return found
  }
}
