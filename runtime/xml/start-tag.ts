import type { XmlLimits } from './limits.ts'
import { type Binding, type QualifiedName, QualifiedNames } from './qualified-names.ts'
import type { XmlSource } from './source.ts'
import {
  NO_DECLARATIONS,
  XML_NAMESPACE,
  XmlAttribute,
  type XmlDeclaration,
  XmlElement,
  XMLNS_NAMESPACE,
  type XmlParent,
} from './tree.ts'
import { shown } from './xml-error.ts'

const QUOTE = 0x22
const APOSTROPHE = 0x27
const SLASH = 0x2f
const EQUALS = 0x3d
const GREATER = 0x3e

/** Up to here comparing each with each is cheaper than a set. */
const FEW_ATTRIBUTES = 12

/** Is told where things were written, as offsets into the text with line ends made LF. */
export interface PositionRecorder {
  opened(element: XmlElement, start: number): void
  closed(element: XmlElement, end: number): void
  attribute(attribute: XmlAttribute, start: number, valueStart: number, valueEnd: number): void
}

/** Reads start tags and keeps the namespaces in scope. The properties tell about the tag read last. */
export class StartTagReader {
  /** As written, for the comparison with the end tag. */
  name: string = ''
  /** After the `>`. */
  end = 0
  /** Ended by `/>`. */
  isEmpty = false
  /** The next `<`. */
  nextTag = 0
  readonly #names: QualifiedNames
  readonly #source: XmlSource
  readonly #limits: XmlLimits
  readonly #recorder: PositionRecorder | undefined
  /** For each declaration in scope, the binding and the namespace that it had before. */
  readonly #before: { readonly binding: Binding; readonly namespace: string | undefined }[] = []
  /** Attributes of the tag, resolved once all its declarations are known. The arrays are filled anew for each tag. */
  #count = 0
  readonly #attributeNames: QualifiedName[] = []
  readonly #values: string[] = []
  readonly #offsets: number[] = []

  constructor(source: XmlSource, limits: XmlLimits, recorder: PositionRecorder | undefined) {
    this.#source = source
    this.#limits = limits
    this.#names = new QualifiedNames(limits.nameLength)
    this.#recorder = recorder
  }

  /** Reads the tag whose `<` is at `tag`. Its declarations stay in force until {@link leave}. */
  read(tag: number, parent: XmlParent): XmlElement {
    const { text, fail } = this.#source
    this.nextTag = this.#source.tagFrom(tag + 1)
    const name = this.#name(tag + 1)
    const at = this.#names.end
    const code = text.charCodeAt(at)
    const hasMore = code !== GREATER && code !== SLASH
    const declarations = hasMore ? this.#attributes(at) : this.#finish(at, NO_DECLARATIONS)
    const namespace = name.binding.namespace
    if (namespace === undefined) fail(tag + 1, `the prefix of <${shown(name.text)}> is not declared`)
    const element = new XmlElement(name.local, namespace, name.binding.prefix, parent)
    this.name = name.text
    element.declarations = declarations
    if (hasMore && this.#count > 0) this.#attach(element, tag)
    this.#recorder?.opened(element, tag)
    return element
  }

  /** Ends the scope of the declarations of an element. */
  leave(element: XmlElement): void {
    for (let count = element.declarations.length; count > 0; count--) {
      const before = this.#before.pop()
      if (before !== undefined) before.binding.namespace = before.namespace
    }
  }

  #name(start: number): QualifiedName {
    const name = this.#names.read(this.#source.text, start)
    if (name !== undefined) return name
    const isLong = this.#names.end - start > this.#limits.nameLength
    return this.#source.fail(start, isLong ? 'a name is too long' : 'a name is expected here')
  }

  #finish(at: number, declarations: XmlDeclaration[]): XmlDeclaration[] {
    const { text, fail } = this.#source
    this.isEmpty = text.charCodeAt(at) === SLASH
    if (this.isEmpty) at++
    if (text.charCodeAt(at) !== GREATER) fail(at, 'a tag that does not end')
    this.end = at + 1
    return declarations
  }

  /** Reads what follows the name. */
  #attributes(at: number): XmlDeclaration[] {
    const { text, fail } = this.#source
    this.#count = 0
    let declarations = NO_DECLARATIONS
    for (;;) {
      const start = this.#source.afterSpace(at)
      const code = text.charCodeAt(start)
      if (code === GREATER || code === SLASH) return this.#finish(start, declarations)
      if (start === at) fail(at, start === text.length ? 'a tag that does not end' : 'white space is expected here')
      const name = this.#name(start)
      const valueStart = this.#valueStart(this.#names.end)
      const valueEnd = text.indexOf(text.charCodeAt(valueStart - 1) === QUOTE ? '"' : "'", valueStart)
      if (valueEnd < 0 || valueEnd > this.nextTag)
        fail(valueStart, '< in the value of an attribute, or its quote is missing')
      const value = this.#source.attributeValue(valueStart, valueEnd)
      if (name.declares !== undefined) {
        if (declarations === NO_DECLARATIONS) declarations = []
        this.#declare(name.declares, value, start, declarations)
      } else this.#collect(name, value, start, valueStart, valueEnd)
      at = valueEnd + 1
    }
  }

  #valueStart(endOfName: number): number {
    const { text, fail } = this.#source
    let at = this.#source.afterSpace(endOfName)
    if (text.charCodeAt(at) !== EQUALS) fail(at, 'a = is expected here')
    at = this.#source.afterSpace(at + 1)
    const quote = text.charCodeAt(at)
    if (quote !== QUOTE && quote !== APOSTROPHE) fail(at, 'a quote is expected here')
    return at + 1
  }

  #collect(name: QualifiedName, value: string, start: number, valueStart: number, valueEnd: number): void {
    const i = this.#count++
    if (i >= this.#limits.attributes) {
      this.#source.fail(start, `an element has more than ${this.#limits.attributes} attributes`)
    }
    this.#attributeNames[i] = name
    this.#values[i] = value
    if (this.#recorder !== undefined) this.#offsets.splice(i * 3, 3, start, valueStart, valueEnd)
  }

  /** Namespaces in XML 1.0, constraints of section 3 and 5. */
  #declare(binding: Binding, namespace: string, at: number, declarations: XmlDeclaration[]): void {
    const { fail } = this.#source
    const { prefix } = binding
    if (prefix === 'xmlns' || namespace === XMLNS_NAMESPACE)
      fail(at, 'the prefix xmlns and its namespace cannot be declared')
    if ((prefix === 'xml') !== (namespace === XML_NAMESPACE))
      fail(at, 'the prefix xml and its namespace belong together')
    if (prefix !== '' && namespace === '') fail(at, 'a prefix cannot be undeclared')
    for (const declared of declarations)
      if (declared.prefix === prefix) fail(at, `xmlns:${shown(prefix)} appears twice`)
    if (declarations.push({ prefix, namespace }) > this.#limits.declarations) {
      fail(at, `an element has more than ${this.#limits.declarations} namespace declarations`)
    }
    this.#before.push({ binding, namespace: binding.namespace })
    binding.namespace = namespace
  }

  #attach(element: XmlElement, tag: number): void {
    const names = this.#attributeNames
    const attributes: XmlAttribute[] = []
    for (let i = 0; i < this.#count; i++) {
      const name = names[i]
      if (name === undefined) break
      // The default namespace does not apply to attributes (Namespaces in XML section 6.2).
      const namespace = name.binding.prefix === '' ? '' : name.binding.namespace
      if (namespace === undefined)
        this.#source.fail(tag, `the prefix of the attribute ${shown(name.text)} is not declared`)
      const attribute = new XmlAttribute(name.local, this.#values[i] ?? '', namespace, name.binding.prefix, element)
      attributes.push(attribute)
      this.#record(attribute, i * 3)
    }
    this.#checkDuplicates(attributes, tag)
    element.attributes = attributes
  }

  #record(attribute: XmlAttribute, i: number): void {
    const offsets = this.#offsets
    this.#recorder?.attribute(attribute, offsets[i] ?? 0, offsets[i + 1] ?? 0, offsets[i + 2] ?? 0)
  }

  #checkDuplicates(attributes: readonly XmlAttribute[], tag: number): void {
    if (attributes.length > FEW_ATTRIBUTES) {
      const seen = new Set<string>()
      for (const { name, namespace } of attributes) {
        const key = `${name} ${namespace}`
        if (seen.has(key)) this.#duplicate(name, tag)
        seen.add(key)
      }
      return
    }
    for (let i = 1; i < attributes.length; i++) {
      const attribute = attributes[i]
      for (let k = 0; k < i; k++) {
        const other = attributes[k]
        if (other?.name === attribute?.name && other?.namespace === attribute?.namespace)
          this.#duplicate(attribute?.name, tag)
      }
    }
  }

  #duplicate(name: string | undefined, tag: number): never {
    return this.#source.fail(tag, `the attribute ${shown(name ?? '')} appears twice`)
  }
}
