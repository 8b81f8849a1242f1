import { isNcName } from './names.ts'
import { NamespaceScope } from './scope.ts'
import {
  ELEMENT,
  NO_DECLARATIONS,
  XML_NAMESPACE,
  XmlAttribute,
  type XmlDeclaration,
  XmlElement,
  XMLNS_NAMESPACE,
} from './tree.ts'
import { XmlError } from './xml-error.ts'

/** Whether the prefixes of an element and its attributes stand for their namespaces, its own declarations being in force. */
export function isBound(element: XmlElement, scope: NamespaceScope): boolean {
  if (!scope.binds(element.prefix, element.namespace) || !areRight(element.declarations)) return false
  const { attributes } = element
  for (let i = 0; i < attributes.length; i++) {
    const attribute = attributes[i]
    if (attribute === undefined) break
    if (attribute.prefix === '' ? attribute.namespace !== '' : !scope.binds(attribute.prefix, attribute.namespace))
      return false
  }
  return true
}

function areRight(declarations: readonly XmlDeclaration[]): boolean {
  for (let i = 0; i < declarations.length; i++) {
    const declaration = declarations[i]
    if (declaration === undefined || !isRight(declaration)) return false
    for (let k = 0; k < i; k++) if (declarations[k]?.prefix === declaration.prefix) return false
  }
  return true
}

/** Namespaces in XML 1.0, constraints of sections 3 and 5. */
function isRight({ prefix, namespace }: XmlDeclaration): boolean {
  if (namespace === XMLNS_NAMESPACE || prefix === 'xmlns' || (prefix === 'xml') !== (namespace === XML_NAMESPACE))
    return false
  return prefix === '' || (namespace !== '' && isNcName(prefix))
}

/**
 * A shallow copy of an element, with the same children, that {@link isBound}: adds the declarations that are missing, and takes
 * another prefix where one cannot stand for two namespaces. `scope` is that of the parent.
 */
export function bound(element: XmlElement, scope: NamespaceScope): XmlElement {
  const repair = new Repair(element.declarations, scope)
  const prefix = repair.elementPrefix(element)
  const copy = new XmlElement(element.name, element.namespace, prefix, element.parent)
  if (element.attributes.length > 0) {
    copy.attributes = element.attributes.map((attribute) => {
      const { name, value, namespace } = attribute
      const same = new XmlAttribute(name, value, namespace, repair.attributePrefix(attribute), attribute.parent)
      same.at = attribute.at
      same.valueAt = attribute.valueAt
      return same
    })
  }
  copy.declarations = repair.declarations()
  copy.children = element.children
  return copy
}

/** Makes a tree that was put together by hand namespace-well-formed in place, as the printer would write it. */
export function repairNamespaces(root: XmlElement, scope = new NamespaceScope()): void {
  let mark = scope.enter(root.declarations)
  if (!isBound(root, scope)) {
    scope.leave(mark)
    const right = bound(root, scope)
    root.prefix = right.prefix
    root.attributes = right.attributes
    for (const attribute of root.attributes) attribute.parent = root
    root.declarations = right.declarations
    mark = scope.enter(root.declarations)
  }
  for (const child of root.children) if (child.type === ELEMENT) repairNamespaces(child, scope)
  scope.leave(mark)
}

/** Chooses prefixes for one element. A declaration written on it is kept, because names in its content may rely on it. */
class Repair {
  readonly #declared = new Map<string, string>()
  readonly #used = new Set<string>()
  readonly #scope: NamespaceScope

  constructor(declarations: readonly XmlDeclaration[], scope: NamespaceScope) {
    this.#scope = scope
    for (const declaration of declarations) {
      if (isRight(declaration)) this.#declared.set(declaration.prefix, declaration.namespace)
    }
  }

  elementPrefix({ prefix, namespace }: XmlElement): string {
    if (namespace !== '') return this.#prefix(prefix, namespace)
    if (this.#get('') !== '') this.#declared.set('', '')
    this.#used.add('')
    return ''
  }

  attributePrefix({ prefix, namespace }: XmlAttribute): string {
    return namespace === '' ? '' : this.#prefix(prefix === '' ? this.#any(namespace) : prefix, namespace)
  }

  declarations(): XmlDeclaration[] {
    if (this.#declared.size === 0) return NO_DECLARATIONS
    return Array.from(this.#declared, ([prefix, namespace]) => ({ prefix, namespace }))
  }

  #prefix(wanted: string, namespace: string): string {
    if (namespace === XML_NAMESPACE) return 'xml'
    if (namespace === XMLNS_NAMESPACE) throw new XmlError('a name cannot be in the namespace of xmlns')
    const prefix = this.#isFree(wanted, namespace) ? wanted : this.#any(namespace)
    if (this.#get(prefix) !== namespace) this.#declared.set(prefix, namespace)
    this.#used.add(prefix)
    return prefix
  }

  /** Whether a prefix can be had for a namespace: it stands for it, or neither a declaration nor a name here needs it. */
  #isFree(prefix: string, namespace: string): boolean {
    if (prefix === 'xml' || prefix === 'xmlns' || (prefix !== '' && !isNcName(prefix))) return false
    return this.#get(prefix) === namespace || !(this.#declared.has(prefix) || this.#used.has(prefix))
  }

  #any(namespace: string): string {
    for (const [prefix, bound] of this.#declared) if (bound === namespace && prefix !== '') return prefix
    const known = this.#scope.prefixOf(namespace)
    if (known !== undefined && this.#isFree(known, namespace)) return known
    let number = 1
    while (this.#get(`ns${number}`) !== undefined) number++
    return `ns${number}`
  }

  #get(prefix: string): string | undefined {
    return this.#declared.get(prefix) ?? this.#scope.get(prefix)
  }
}
