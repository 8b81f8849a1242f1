import { attributeValue, elements, textOf, type XmlElement } from 'viaduct'
import { parseInstant } from '../message/instant.ts'
import { DSIG } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SamlAttribute } from './assertion.ts'

/** How much one assertion may hold. Assertions of real issuers have some tens of attributes. */
const LIMITS = { children: 64, attributes: 500, values: 2000, confirmations: 10, text: 100_000 }

/** Readers that both versions of SAML share. All throw a SecurityFailure with `token-malformed`. */

export function malformed(detail: string): never {
  throw new SecurityFailure('token-malformed', `SAML assertion: ${detail}`)
}

export function requiredAttribute(element: XmlElement, name: string): string {
  const value = attributeValue(element, name)
  if (value === undefined || value.trim() === '') return malformed(`${element.name} has no ${name}`)
  return value
}

export function requiredInstant(element: XmlElement, name: string): number {
  return optionalInstant(element, name) ?? malformed(`${element.name} has no ${name}`)
}

export function optionalInstant(element: XmlElement, name: string): number | undefined {
  const text = attributeValue(element, name)
  if (text === undefined) return undefined
  return parseInstant(text) ?? malformed(`${name} of ${element.name} is no instant with a time zone`)
}

/** Text of an element that holds no elements, trimmed. */
export function textIn(element: XmlElement): string {
  if (elements(element).length > 0) malformed(`${element.name} holds an element where text belongs`)
  const text = textOf(element).trim()
  if (text.length > LIMITS.text) malformed(`the text of ${element.name} is too long`)
  return text
}

/** The children of an element, which all have to be of one namespace but for ds elements. */
export function childrenOf(parent: XmlElement, most = LIMITS.children): readonly XmlElement[] {
  const found = elements(parent)
  if (found.length > most) malformed(`${parent.name} has more than ${most} children`)
  return found
}

/** Children by place: each name at most once, in this order, and nothing else. */
export function childrenInOrder(parent: XmlElement, names: readonly string[]): Map<string, XmlElement> {
  const found = new Map<string, XmlElement>()
  let place = -1
  for (const child of childrenOf(parent)) {
    const name = nameIn(child, parent.namespace)
    const at = names.indexOf(name)
    if (at < 0) malformed(`${parent.name} may not hold ${child.name}`)
    if (at <= place) malformed(`${child.name} is not at its place in ${parent.name}`)
    place = at
    found.set(name, child)
  }
  return found
}

/** The local name of an element of the assertion's namespace, `ds:` before those of XML Signature, `other` for the rest. */
export function nameIn(element: XmlElement, namespace: string): string {
  if (element.namespace === namespace) return element.name
  return element.namespace === DSIG ? `ds:${element.name}` : `other:${element.name}`
}

export const confirmationLimit = LIMITS.confirmations

/** Attributes of all statements; bounded together. */
export function readAttributes(
  statements: readonly XmlElement[],
  read: (attribute: XmlElement) => SamlAttribute,
): SamlAttribute[] {
  const found = statements
    .flatMap((statement) =>
      elements(statement).filter(({ name, namespace }) => name === 'Attribute' && namespace === statement.namespace),
    )
    .slice(0, LIMITS.attributes + 1)
    .map(read)
  if (found.length > LIMITS.attributes || found.reduce((sum, { values }) => sum + values.length, 0) > LIMITS.values)
    malformed('there are too many attributes')
  return found
}

/** The values of an attribute: text, or the text inside of structured ones. */
export const attributeValues = (attribute: XmlElement): string[] =>
  elements(attribute)
    .filter(({ name, namespace }) => name === 'AttributeValue' && namespace === attribute.namespace)
    .map((value) => textOf(value).trim())
