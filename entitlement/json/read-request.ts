import {
  type DecisionAttribute,
  type DecisionCategory,
  type DecisionRequest,
  parseXml,
  type XmlElement,
  XmlError,
} from 'viaduct'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { type Json, JsonObject, parseJson } from './json-object.ts'
import { CATEGORY_NAMES } from './names.ts'
import { readValues } from './value.ts'

const IN_REQUEST = [
  'ReturnPolicyIdList',
  'CombinedDecision',
  'XPathVersion',
  'Category',
  'MultiRequests',
  ...CATEGORY_NAMES.keys(),
]
const IN_CATEGORY = ['CategoryId', 'Id', 'Content', 'Attribute']
const IN_ATTRIBUTE = ['AttributeId', 'Value', 'Issuer', 'DataType', 'IncludeInResult']

/** Reads a request of the JSON profile of XACML 3.0, version 1.1 or 1.0. Throws Indeterminate with `syntax-error`. */
export function readJsonRequest(text: string): DecisionRequest {
  return readJsonRequestObject(parseJson(text))
}

/** Likewise, from what the text says. */
export function readJsonRequestObject(json: Json): DecisionRequest {
  const outer = new JsonObject(json, 'the document', ['Request'])
  const request = new JsonObject(outer.get('Request'), 'Request', IN_REQUEST)
  const categories = request.list('Category').map((each) => readCategory(each, undefined))
  for (const [name, id] of CATEGORY_NAMES)
    for (const each of request.list(name)) categories.push(readCategory(each, id))
  const multiple = request.get('MultiRequests')
  return {
    categories,
    returnPolicyIds: request.boolean('ReturnPolicyIdList'),
    combined: request.boolean('CombinedDecision'),
    references: multiple === undefined ? undefined : readReferences(multiple),
  }
}

function readReferences(json: Json): string[][] {
  const multiple = new JsonObject(json, 'MultiRequests', ['RequestReference'])
  return multiple.list('RequestReference').map((each) =>
    new JsonObject(each, 'RequestReference', ['ReferenceId']).list('ReferenceId').map((id) => {
      if (typeof id !== 'string') throw syntaxError('ReferenceId must be a string')
      return id
    }),
  )
}

function readCategory(json: Json, name: string | undefined): DecisionCategory {
  const object = new JsonObject(json, 'a category', IN_CATEGORY)
  const written = object.string('CategoryId')
  const category = name ?? CATEGORY_NAMES.get(written ?? '') ?? written
  if (category === undefined) throw syntaxError('a category needs "CategoryId"')
  const content = object.string('Content')
  return {
    category,
    id: object.string('Id'),
    content: content === undefined ? undefined : readContent(content),
    attributes: object.list('Attribute').map(readAttribute),
  }
}

function readAttribute(json: Json): DecisionAttribute {
  const object = new JsonObject(json, 'an attribute', IN_ATTRIBUTE)
  return {
    id: object.required('AttributeId'),
    issuer: object.string('Issuer'),
    includeInResult: object.boolean('IncludeInResult'),
    values: readValues(object.get('Value'), object.string('DataType')),
  }
}

/** XML as text, or as base64 of its bytes (section 4.2.4). */
function readContent(content: string): XmlElement {
  const text = content.trimStart().startsWith('<') ? content : Buffer.from(content, 'base64').toString('utf8')
  try {
    return parseXml(text, { depth: 200, nodes: 200_000 }).root
  } catch (error) {
    if (!(error instanceof XmlError)) throw error
    throw syntaxError(`the content is not well-formed: ${error.message}`)
  }
}
