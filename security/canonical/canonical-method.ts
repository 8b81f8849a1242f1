import { attributeValue, type CanonicalForm, type CanonicalOptions, type XmlElement } from 'viaduct'
import { algorithmOf, optionalChild } from '../message/read-element.ts'
import { EXC_C14N } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'

/** Canonicalisations, all without comments. Nobody who signs needs the others. */
export const CANONICAL_FORMS: ReadonlyMap<string, CanonicalForm> = new Map<string, CanonicalForm>([
  [EXC_C14N, 'exclusive'],
  ['http://www.w3.org/TR/2001/REC-xml-c14n-20010315', 'inclusive'],
  ['http://www.w3.org/2006/12/xml-c14n11', 'inclusive-1.1'],
])

/** What a CanonicalizationMethod or Transform asks for, its InclusiveNamespaces included. */
export function readCanonicalMethod(element: XmlElement, allowed: ReadonlySet<string>): CanonicalOptions {
  const algorithm = algorithmOf(element)
  const form = CANONICAL_FORMS.get(algorithm)
  if (form === undefined || !allowed.has(algorithm))
    throw new SecurityFailure('algorithm-refused', `canonicalisation ${algorithm}`)
  if (form !== 'exclusive') return { form }
  const inclusive = optionalChild(element, EXC_C14N, 'InclusiveNamespaces')
  const list = inclusive === undefined ? undefined : attributeValue(inclusive, 'PrefixList')
  const prefixes = list?.split(/[ \t\r\n]+/).filter((prefix) => prefix !== '') ?? []
  return prefixes.length === 0 ? { form } : { form, prefixes }
}
