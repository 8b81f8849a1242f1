import { attributeValue, elements, textOf, type XmlElement } from 'viaduct'
import { RAMPART_POLICY, WSSE, WSU } from './names.ts'
import type { ElementsPart } from './parts.ts'
import { elementsPart } from './read-parts.ts'
import type { PolicyReports } from './reader.ts'

/** Prefixes that the expressions of optimizeParts may use undeclared. */
const PREDECLARED: readonly (readonly [prefix: string, namespace: string])[] = [
  ['xenc', 'http://www.w3.org/2001/04/xmlenc#'],
  ['ds', 'http://www.w3.org/2000/09/xmldsig#'],
  ['wsse', WSSE],
  ['wsu', WSU],
]

/**
 * `rampart:optimizeParts`: XPaths of elements whose base64 leaves as MTOM parts once the message is secured. The older form is
 * a text with the expressions separated by `<>`.
 */
export function readOptimizeParts(element: XmlElement | undefined, reports: PolicyReports): readonly ElementsPart[] {
  if (element === undefined) return []
  const inside = elements(element)
  const declared = new Map(PREDECLARED)
  for (const namespace of named(inside, 'namespaces').flatMap((each) => elements(each)))
    declared.set(attributeValue(namespace, 'prefix') ?? '', attributeValue(namespace, 'uri') ?? '')
  const expressions = named(inside, 'expressions').flatMap((each) => named(elements(each), 'expression'))
  const parts = expressions.length > 0 ? expressions.map(elementsPart) : oldForm(element)
  if (parts.length === 0) reports.at({ element }, 'element-missing', '<optimizeParts> holds no <expression>')
  return parts.map((part) => ({ ...part, namespaces: new Map([...part.namespaces, ...declared]) }))
}

const named = (found: readonly XmlElement[], wanted: string): XmlElement[] =>
  found.filter(({ name, namespace }) => name === wanted && namespace === RAMPART_POLICY)

const oldForm = (element: XmlElement): ElementsPart[] =>
  textOf(element)
    .split('<>')
    .map((expression) => expression.trim())
    .filter((expression) => expression !== '')
    .map((expression) => ({ ...elementsPart(element), expression }))
