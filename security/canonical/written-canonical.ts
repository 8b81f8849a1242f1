import { type CanonicalOptions, ELEMENT, inScopeNamespaces, type XmlElement } from 'viaduct'
import { buildElement } from '../message/build-element.ts'
import { DSIG, EXC_C14N } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { CANONICAL_FORMS } from './canonical-method.ts'

/** How something is canonicalised, and the element that says so. */
export interface WrittenCanonical {
  readonly options: CanonicalOptions
  readonly method: XmlElement
}

/**
 * The canonicalisation of an element that is signed. The exclusive form names the prefixes in force around the element that it
 * does not use itself: content may rely on them (Basic Security Profile R5406, R5407).
 */
export function writtenCanonical(element: XmlElement, algorithm: string, name: string): WrittenCanonical {
  const form = CANONICAL_FORMS.get(algorithm)
  if (form === undefined) throw new SecurityFailure('protection-impossible', `canonicalisation ${algorithm}`)
  const method = (...content: XmlElement[]) => buildElement(DSIG, `ds:${name}`, { Algorithm: algorithm }, ...content)
  const prefixes = form === 'exclusive' ? unusedPrefixes(element) : []
  if (prefixes.length === 0) return { options: { form }, method: method() }
  const inclusive = buildElement(EXC_C14N, 'ec:InclusiveNamespaces', { PrefixList: prefixes.join(' ') })
  return { options: { form, prefixes }, method: method(inclusive) }
}

function unusedPrefixes(element: XmlElement): string[] {
  if (element.parent?.type !== ELEMENT) return []
  const prefixes = inScopeNamespaces(element.parent)
  prefixes.delete(element.prefix)
  for (const { prefix } of element.attributes) if (prefix !== '') prefixes.delete(prefix)
  for (const { prefix } of element.declarations) prefixes.delete(prefix)
  return Array.from(prefixes.keys(), (prefix) => (prefix === '' ? '#default' : prefix))
}
