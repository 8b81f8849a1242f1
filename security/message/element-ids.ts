import { COMMENT, ELEMENT, INSTRUCTION, TEXT, type XmlElement, XmlText } from 'viaduct'
import { DSIG, SAML_11, SAML_20, WSU, XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityLimits } from '../verify-plan.ts'

/**
 * Elements by identifier. Only wsu:Id, the Id of ds and xenc elements and that of SAML assertions are identifiers; one that
 * comes twice is refused wherever it stands and whether or not anybody refers to it, so that a reference has one meaning.
 * Indexing also makes the tree mean one thing: comments go (no signature covers them, and texts beside them join), and
 * processing instructions are refused (SOAP 1.1 section 3).
 */
export class ElementIds {
  readonly #elements = new Map<string, XmlElement>()
  /** Identifiers of elements that are gone; they stay taken. */
  readonly #gone = new Set<string>()
  readonly #limits: SecurityLimits
  /** EncryptedData elements that are in the tree, and how many encryptions they stand in, their own included. */
  readonly encrypted = new Map<XmlElement, number>()

  constructor(limits: SecurityLimits) {
    this.#limits = limits
  }

  /** Takes an element and everything in it. `namespaces` counts the declarations around it, `level` the encryptions. */
  index(element: XmlElement, namespaces = 0, level = 0): void {
    namespaces += element.declarations.length
    if (namespaces > this.#limits.namespaces)
      throw new SecurityFailure('limit-exceeded', `more than ${this.#limits.namespaces} namespaces are in force`)
    if (element.namespace === XENC && element.name === 'EncryptedData') this.encrypted.set(element, level + 1)
    const { attributes } = element
    for (let i = 0; i < attributes.length; i++) {
      const attribute = attributes[i]
      if (attribute !== undefined && isIdentifier(element, attribute.namespace, attribute.name))
        this.#add(attribute.value, element)
    }
    this.content(element, element.children, namespaces, level)
  }

  /** Takes children of an element: all of them, or those that came out of a decryption. */
  content(element: XmlElement, taken: XmlElement['children'], namespaces: number, level: number): void {
    for (let i = 0; i < taken.length; i++) {
      const child = taken[i]
      if (child?.type === ELEMENT) this.index(child, namespaces, level)
      else if (child?.type === INSTRUCTION)
        throw new SecurityFailure('malformed', 'a processing instruction is not allowed in a SOAP message')
    }
    const { children } = element
    for (let i = 0; i < children.length; i++) {
      const child = children[i]
      if (child?.type === COMMENT || (child?.type === TEXT && i > 0 && children[i - 1]?.type === TEXT))
        return joinTexts(element)
    }
  }

  /** The element that a `#name` reference leads to. */
  find(uri: string | undefined): XmlElement {
    if (uri === undefined || !isFragment(uri))
      throw new SecurityFailure(
        'reference-refused',
        'only a reference to an identifier inside of the message is followed',
      )
    const element = this.#elements.get(uri.slice(1))
    if (element === undefined)
      throw new SecurityFailure('reference-unresolved', `nothing bears the identifier ${shown(uri)}`)
    return element
  }

  /** Forgets an element that is taken out of the message; what bears its identifier from now on is refused. */
  forget(element: XmlElement): void {
    this.encrypted.delete(element)
    for (const { name, namespace, value } of element.attributes) {
      if (!isIdentifier(element, namespace, name)) continue
      this.#elements.delete(value)
      this.#gone.add(value)
    }
  }

  #add(id: string, element: XmlElement): void {
    if (this.#elements.has(id) || this.#gone.has(id))
      throw new SecurityFailure('id-duplicate', `two elements bear the identifier ${shown(id)}`)
    this.#elements.set(id, element)
  }
}

/** `#` and a name; neither XPointer nor the whole document. */
export const isFragment = (uri: string): boolean => /^#[^#()'"\s]{1,1024}$/.test(uri)

const shown = (text: string): string => JSON.stringify(text.slice(0, 80))

function isIdentifier(element: XmlElement, namespace: string, name: string): boolean {
  if (namespace === WSU) return name === 'Id'
  if (namespace !== '') return false
  switch (element.namespace) {
    case DSIG:
    case XENC:
      return name === 'Id'
    case SAML_11:
      return name === 'AssertionID' && element.name === 'Assertion'
    case SAML_20:
      return name === 'ID' && element.name === 'Assertion'
    default:
      return false
  }
}

function joinTexts(element: XmlElement): void {
  const joined: XmlElement['children'] = []
  let text: string | undefined
  const flush = () => {
    if (text !== undefined) joined.push(new XmlText(text, element))
    text = undefined
  }
  for (const child of element.children) {
    if (child.type === TEXT && child.binary === undefined) text = (text ?? '') + child.value
    else if (child.type !== COMMENT) {
      flush()
      joined.push(child)
    }
  }
  flush()
  element.children = joined
}
