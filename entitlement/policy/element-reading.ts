import {
  attributeValue,
  didYouMean,
  elements,
  inScopeNamespaces,
  type DecisionValue,
  type Report,
  type Span,
  textOf,
  type XmlElement,
} from 'viaduct'
import type { Effect, Literal, Named } from './model.ts'

const NOWHERE: Span = { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 }

export const placeOf = (element: XmlElement): Span => element.at ?? NOWHERE

/** Reads attributes and children of policies; reports what is missing or unknown at its place. */
export class ElementReading {
  readonly report: Report
  /** Prefixes in force by element that declares some: most elements share those of the root. */
  readonly #scopes = new Map<XmlElement, ReadonlyMap<string, string>>()

  constructor(report: Report) {
    this.report = report
  }

  attribute(element: XmlElement, name: string): string | undefined {
    return attributeValue(element, name)?.trim()
  }

  /** '' after a report when there is none. */
  required(element: XmlElement, name: string): string {
    const value = this.attribute(element, name)
    if (value === undefined || value === '')
      this.report('attribute-missing', placeOf(element), `<${element.name}> needs the attribute "${name}"`)
    return value ?? ''
  }

  /** A required identifier and its place. */
  named(element: XmlElement, name: string): Named {
    const id = this.required(element, name)
    return { id, at: this.valuePlace(element, name) }
  }

  valuePlace(element: XmlElement, name: string): Span {
    return element.attributes.find((each) => each.name === name && each.namespace === '')?.valueAt ?? placeOf(element)
  }

  boolean(element: XmlElement, name: string, fallback: boolean): boolean {
    const value = this.attribute(element, name)
    if (value === undefined) return fallback
    if (value === 'true' || value === '1') return true
    if (value !== 'false' && value !== '0')
      this.report('attribute-invalid', this.valuePlace(element, name), `${name}="${value}": expected true or false`)
    return false
  }

  effect(element: XmlElement, name: string): Effect {
    const value = this.required(element, name)
    if (value !== 'Permit' && value !== 'Deny' && value !== '')
      this.report('attribute-invalid', this.valuePlace(element, name), `${name}="${value}": expected Permit or Deny`)
    return value === 'Permit' ? 'Permit' : 'Deny'
  }

  /** The children, each with a name that is known here; others are reported. */
  children(element: XmlElement, known: readonly string[]): XmlElement[] {
    return elements(element).filter((child) => {
      if (known.includes(child.name)) return true
      this.report(
        'element-unknown',
        placeOf(child),
        `<${element.name}> has no child <${child.name}>${didYouMean(child.name, known)}`,
      )
      return false
    })
  }

  literal(element: XmlElement, value: DecisionValue): Literal {
    return { kind: 'literal', value, typeAt: this.valuePlace(element, 'DataType'), at: placeOf(element) }
  }

  /** The text and type of an `<AttributeValue>`; paths keep the prefixes they are written with. */
  value(element: XmlElement): DecisionValue {
    const type = this.required(element, 'DataType')
    const category = this.attribute(element, 'XPathCategory')
    const text = textOf(element)
    if (category === undefined && !type.endsWith(':xpathExpression')) return { type, text }
    return { type, text, xpath: { category: category ?? '', namespaces: this.namespaces(element) } }
  }

  namespaces(element: XmlElement): ReadonlyMap<string, string> {
    const owner = declaring(element)
    let scope = this.#scopes.get(owner)
    if (scope === undefined) {
      scope = inScopeNamespaces(owner)
      this.#scopes.set(owner, scope)
    }
    return scope
  }
}

/** The nearest element that declares namespaces: what is in force at all elements below it. */
function declaring(element: XmlElement): XmlElement {
  let at = element
  while (at.declarations.length === 0 && at.parent !== null && 'attributes' in at.parent) at = at.parent
  return at
}
