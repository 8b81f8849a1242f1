import { elements, firstElement, type XmlElement } from 'viaduct'
import { type ElementReading, placeOf } from './element-reading.ts'
import type { Match, Target } from './model.ts'
import { readDesignator, readSelector } from './read-expression.ts'

/** The alternatives of 2.0, section by section; the sections are ANDed. */
const SECTIONS: ReadonlyMap<string, readonly [alternative: string, match: string]> = new Map([
  ['Subjects', ['Subject', 'SubjectMatch']],
  ['Resources', ['Resource', 'ResourceMatch']],
  ['Actions', ['Action', 'ActionMatch']],
  ['Environments', ['Environment', 'EnvironmentMatch']],
])

/** Reads a target of any version; without an element it matches everything. */
export function readTarget(parent: XmlElement, reading: ElementReading): Target {
  const element = firstElement(parent, 'Target')
  if (element === undefined) return { anyOf: [], at: placeOf(parent) }
  const sections = reading.children(element, ['AnyOf', ...SECTIONS.keys()])
  return {
    anyOf: sections.flatMap((section) => {
      const old = SECTIONS.get(section.name)
      if (old === undefined) return [alternatives(section, 'AllOf', 'Match', reading)]
      // `<AnySubject/>` of XACML 1, and an empty section: everybody.
      const children = elements(section)
      if (children.length === 0 || children.some(({ name }) => name.startsWith('Any'))) return []
      return [alternatives(section, ...old, reading)]
    }),
    at: placeOf(element),
  }
}

function alternatives(section: XmlElement, each: string, match: string, reading: ElementReading): Match[][] {
  const found = reading.children(section, [each])
  if (found.length === 0)
    reading.report('element-missing', placeOf(section), `<${section.name}> needs a child <${each}>`)
  return found.map((alternative) => {
    const matches = reading.children(alternative, [match])
    if (matches.length === 0)
      reading.report('element-missing', placeOf(alternative), `<${each}> needs a child <${match}>`)
    return matches.flatMap((element) => readMatch(element, reading) ?? [])
  })
}

function readMatch(element: XmlElement, reading: ElementReading): Match | undefined {
  const [value, attribute, ...more] = elements(element)
  if (value?.name !== 'AttributeValue' || attribute === undefined || more.length > 0) {
    reading.report(
      'element-missing',
      placeOf(element),
      `<${element.name}> needs an <AttributeValue> and then a designator or selector`,
    )
    return undefined
  }
  const looked =
    attribute.name === 'AttributeSelector' ? readSelector(attribute, reading) : readDesignator(attribute, reading)
  if (looked === undefined) return undefined
  return {
    function: reading.named(element, 'MatchId'),
    literal: reading.literal(value, reading.value(value)),
    attribute: looked,
    at: placeOf(element),
  }
}
