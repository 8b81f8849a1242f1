import {
  attributeValue,
  type DecisionAttribute,
  type DecisionCategory,
  type DecisionRequest,
  elements,
  firstElement,
  textOf,
  type XmlElement,
} from 'viaduct'
import { ACTION_CATEGORY, ENVIRONMENT_CATEGORY, RESOURCE_CATEGORY, SUBJECT_CATEGORY } from '../policy/namespaces.ts'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { knownType, readContent, required } from './read-category.ts'

const CATEGORIES: ReadonlyMap<string, string> = new Map([
  ['Subject', SUBJECT_CATEGORY],
  ['Resource', RESOURCE_CATEGORY],
  ['Action', ACTION_CATEGORY],
  ['Environment', ENVIRONMENT_CATEGORY],
])

const RESOURCE_ID = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'

/**
 * Reads a `<Request>` of XACML 2.0 or 1.x. Subjects of one category are one subject; several resources are several questions,
 * whose answers name the resource.
 */
export function readRequest2(root: XmlElement): DecisionRequest {
  const categories: DecisionCategory[] = []
  for (const child of elements(root)) {
    const fallback = CATEGORIES.get(child.name)
    if (fallback === undefined) throw syntaxError(`<Request> has no child <${child.name}>`)
    const category = child.name === 'Subject' ? (attributeValue(child, 'SubjectCategory') ?? fallback) : fallback
    const attributes = readAttributes(child)
    const same = categories.findIndex((each) => each.category === category)
    const known = categories[same]
    if (child.name !== 'Subject' || known === undefined)
      categories.push({ category, content: contentOf(child), attributes })
    else categories[same] = { ...known, attributes: [...known.attributes, ...attributes] }
  }
  return { categories }
}

function contentOf(element: XmlElement): XmlElement | undefined {
  const content = firstElement(element, 'ResourceContent')
  return content === undefined ? undefined : readContent(content)
}

function readAttributes(element: XmlElement): DecisionAttribute[] {
  return elements(element)
    .filter(({ name }) => name !== 'ResourceContent')
    .map((child) => {
      if (child.name !== 'Attribute') throw syntaxError(`<${element.name}> has no child <${child.name}>`)
      const id = required(child, 'AttributeId')
      const type = knownType(required(child, 'DataType'))
      const values = elements(child)
        .filter(({ name }) => name === 'AttributeValue')
        .map((value) => ({ type, text: textOf(value) }))
      return { id, issuer: attributeValue(child, 'Issuer'), includeInResult: id === RESOURCE_ID, values }
    })
}
