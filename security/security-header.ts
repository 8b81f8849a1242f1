import {
  attributeValue,
  elements,
  ELEMENT,
  namespaceOf,
  NO_DECLARATIONS,
  requireHeader,
  setAttribute,
  SOAP12,
  type XmlDocument,
  XmlElement,
} from 'viaduct'
import { buildElement } from './message/build-element.ts'
import { isNamed } from './message/read-element.ts'
import { WSSE, WSU } from './names.ts'

/**
 * The wsse:Security block that is written. What goes in stands in three runs: tokens that keys come from, in the order they
 * were made; signatures and reference lists, the last one first; all other tokens. A Timestamp stands before or behind them.
 */
export class SecurityHeader {
  readonly block: XmlElement
  /** The SOAP Header around it. */
  readonly header: XmlElement
  #keys = 0

  constructor(envelope: XmlDocument, actor: string | undefined, mustUnderstand: boolean) {
    this.header = requireHeader(envelope)
    const soap = envelope.root
    const attribute = soap.namespace === SOAP12 ? 'role' : 'actor'
    const existing = elements(this.header).find(
      (child) => isNamed(child, WSSE, 'Security') && attributeValue(child, attribute, soap.namespace) === actor,
    )
    this.block = existing ?? this.#create()
    if (actor !== undefined) setAttribute(this.block, attribute, actor, soap.namespace, soap.prefix)
    if (mustUnderstand) setAttribute(this.block, 'mustUnderstand', '1', soap.namespace, soap.prefix)
  }

  first(timestamp: XmlElement): void {
    this.#insert(0, timestamp)
    this.#keys++
  }

  /** A token that a key comes from. */
  key(token: XmlElement): void {
    this.#insert(this.#keys, token)
    this.#keys++
  }

  /** Something that a receiver undoes before all that was done so far. */
  operation(element: XmlElement): void {
    this.#insert(this.#keys, element)
  }

  last(token: XmlElement): void {
    this.#insert(this.block.children.length, token)
  }

  #insert(at: number, element: XmlElement): void {
    element.parent = this.block
    if (element.declarations !== NO_DECLARATIONS) {
      const needed = element.declarations.filter(
        ({ prefix, namespace }) => namespaceOf(prefix, this.block) !== namespace,
      )
      element.declarations = needed.length > 0 ? needed : NO_DECLARATIONS
    }
    this.block.children.splice(at, 0, element)
  }

  #create(): XmlElement {
    const block = buildElement(WSSE, 'wsse:Security')
    block.declarations = [
      { prefix: 'wsse', namespace: WSSE },
      { prefix: 'wsu', namespace: WSU },
    ]
    block.parent = this.header
    this.header.children.unshift(block)
    return block
  }
}

/** The prefix of a namespace at an element, declared there when it is not; another one when the wanted is taken. */
export function usePrefix(element: XmlElement, wanted: string, namespace: string): string {
  let prefix = wanted
  for (let number = 1; ; number++) {
    const bound = namespaceOf(prefix, element)
    if (bound === namespace) return prefix
    if (bound === undefined) break
    prefix = `${wanted}${number}`
  }
  element.declarations = [...element.declarations, { prefix, namespace }]
  return prefix
}

/** Puts elements where one was. */
export function putInPlace(old: XmlElement, element: XmlElement): void {
  const { parent } = old
  if (parent?.type !== ELEMENT) throw new TypeError('the root of a message cannot be replaced')
  parent.children[parent.children.indexOf(old)] = element
  element.parent = parent
  old.parent = null
}
