import {
  append,
  attributeValue,
  cloneNode,
  type DecisionAttribute,
  type DecisionCategory,
  type DecisionValue,
  elements,
  inScopeNamespaces,
  textOf,
  XML_NAMESPACE,
  XmlDocument,
  type XmlElement,
} from 'viaduct'
import { dataType } from '../data-types/index.ts'
import { syntaxError } from '../evaluation/indeterminate.ts'

/** A boolean attribute; false without it. */
export function flag(element: XmlElement, name: string): boolean {
  const value = attributeValue(element, name)?.trim()
  if (value === undefined || value === 'false' || value === '0') return false
  if (value === 'true' || value === '1') return true
  throw syntaxError(`${name} must be true or false`)
}

/** Throws Indeterminate when the attribute is not there. */
export function required(element: XmlElement, name: string): string {
  const value = attributeValue(element, name)
  if (value === undefined) throw syntaxError(`<${element.name}> needs the attribute ${name}`)
  return value.trim()
}

/** Reads `<Attributes>` of XACML 3.0, in requests and results alike. Throws Indeterminate with `syntax-error`. */
export function readCategory(element: XmlElement): DecisionCategory {
  const category = required(element, 'Category')
  const id = attributeValue(element, 'id', XML_NAMESPACE) ?? attributeValue(element, 'id')
  let content: XmlElement | undefined
  const attributes: DecisionAttribute[] = []
  for (const child of elements(element)) {
    if (child.name === 'Attribute') attributes.push(readAttribute(child))
    else if (child.name === 'Content') content = readContent(child)
    else throw syntaxError(`<Attributes> has no child <${child.name}>`)
  }
  return { category, id, content, attributes: content === undefined ? attributes : attributes.map(knowing(content)) }
}

/** Paths may use the prefixes of the content that they look into, as Balana allows it. */
function knowing(content: XmlElement): (attribute: DecisionAttribute) => DecisionAttribute {
  return (attribute) => {
    if (attribute.values.every(({ xpath }) => xpath === undefined)) return attribute
    const values = attribute.values.map((value) => {
      if (value.xpath === undefined) return value
      const namespaces = new Map([...inScopeNamespaces(content), ...value.xpath.namespaces])
      return { ...value, xpath: { ...value.xpath, namespaces } }
    })
    return { ...attribute, values }
  }
}

/** The single element inside, as the root of a document of its own (XACML 3.0 section 5.45). */
export function readContent(element: XmlElement): XmlElement | undefined {
  const [root, ...more] = elements(element)
  if (root === undefined) return undefined
  if (more.length > 0) throw syntaxError(`<${element.name}> must hold one element`)
  const document = new XmlDocument()
  append(document, cloneNode(root))
  return document.root
}

function readAttribute(element: XmlElement): DecisionAttribute {
  const values = elements(element).map(readValue)
  const issuer = attributeValue(element, 'Issuer')
  return { id: required(element, 'AttributeId'), issuer, includeInResult: flag(element, 'IncludeInResult'), values }
}

/** A value of a type that nobody knows is a mistake of the request (Balana and the JSON profile agree). */
export function knownType(id: string): string {
  if (dataType(id) === undefined) throw syntaxError(`there is no data type "${id}"`)
  return id
}

function readValue(element: XmlElement): DecisionValue {
  if (element.name !== 'AttributeValue') throw syntaxError(`<Attribute> has no child <${element.name}>`)
  const value = { type: knownType(required(element, 'DataType')), text: textOf(element) }
  const category = attributeValue(element, 'XPathCategory')
  if (category === undefined && !value.type.endsWith(':xpathExpression')) return value
  return { ...value, xpath: { category: category ?? '', namespaces: inScopeNamespaces(element) } }
}
