import {
  append,
  cloneNode,
  type DecisionAttribute,
  type DecisionCategory,
  setAttribute,
  setText,
  XmlDocument,
  XmlElement,
} from 'viaduct'
import { ACTION_CATEGORY, CONTEXT_2, ENVIRONMENT_CATEGORY, RESOURCE_CATEGORY } from '../policy/namespaces.ts'

const NAMES: ReadonlyMap<string, string> = new Map([
  [RESOURCE_CATEGORY, 'Resource'],
  [ACTION_CATEGORY, 'Action'],
  [ENVIRONMENT_CATEGORY, 'Environment'],
])

/** A `<Request>` of XACML 2.0 as a tree. Categories that 2.0 does not know become subjects. */
export function writeRequestTree2(categories: readonly DecisionCategory[]): XmlDocument {
  const document = new XmlDocument()
  const request = new XmlElement('Request', CONTEXT_2)
  append(document, request)
  const named = (name: string) => categories.filter((each) => (NAMES.get(each.category) ?? 'Subject') === name)
  for (const name of ['Subject', 'Resource', 'Action', 'Environment'])
    for (const category of named(name)) append(request, categoryElement(name, category))
  for (const name of ['Action', 'Environment'])
    if (named(name).length === 0) append(request, new XmlElement(name, CONTEXT_2))
  return document
}

function categoryElement(name: string, { category, content, attributes }: DecisionCategory): XmlElement {
  const element = new XmlElement(name, CONTEXT_2)
  if (name === 'Subject') setAttribute(element, 'SubjectCategory', category)
  if (content !== undefined) {
    const holder = new XmlElement('ResourceContent', CONTEXT_2)
    append(element, holder)
    append(holder, cloneNode(content))
  }
  for (const attribute of attributes)
    for (const type of new Set(attribute.values.map((value) => value.type)))
      append(element, attributeElement(attribute, type))
  return element
}

function attributeElement({ id, issuer, values }: DecisionAttribute, type: string): XmlElement {
  const element = new XmlElement('Attribute', CONTEXT_2)
  setAttribute(element, 'AttributeId', id)
  setAttribute(element, 'DataType', type)
  if (issuer !== undefined) setAttribute(element, 'Issuer', issuer)
  for (const value of values.filter((each) => each.type === type)) {
    const child = new XmlElement('AttributeValue', CONTEXT_2)
    append(element, child)
    setText(child, value.text)
  }
  return element
}
