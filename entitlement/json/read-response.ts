import type {
  Assignment,
  DecisionCategory,
  DecisionResult,
  DecisionStatus,
  MissingAttribute,
  Obligation,
  PolicyIdentifier,
  Verdict,
} from 'viaduct'
import { OK } from '../evaluation/indeterminate.ts'
import { syntaxError } from '../evaluation/indeterminate.ts'
import { type Json, JsonObject, parseJson } from './json-object.ts'
import { CATEGORY_NAMES } from './names.ts'
import { readValues } from './value.ts'

const VERDICTS: readonly Verdict[] = ['Permit', 'Deny', 'NotApplicable', 'Indeterminate']

/**
 * Reads a response of the JSON profile, and what WSO2 Identity Server makes of it (`AttributeAssignments`, obligations without
 * an Id). Throws an Error that says what is wrong with it.
 */
export function readJsonResponse(text: string): DecisionResult[] {
  const outer = new JsonObject(parseJson(text), 'the document', ['Response'])
  const results = outer.list('Response')
  if (results.length === 0) throw syntaxError('the response has no result')
  return results.map(readResult)
}

function readResult(json: Json): DecisionResult {
  const object = new JsonObject(json, 'a result', [
    'Decision',
    'Status',
    'Obligations',
    'AssociatedAdvice',
    'Attributes',
    'Category',
    'PolicyIdentifierList',
  ])
  const text = object.required('Decision')
  const decision = VERDICTS.find((verdict) => verdict === text)
  if (decision === undefined) throw syntaxError(`"${text}" is no decision`)
  return {
    decision,
    indeterminate: decision === 'Indeterminate' ? 'DP' : undefined,
    status: readStatus(object.get('Status')),
    obligations: object.list('Obligations').map(readObligation),
    advice: object.list('AssociatedAdvice').map(readObligation),
    attributes: [...object.list('Category'), ...object.list('Attributes')].map(readCategory),
    policies: readPolicies(object.get('PolicyIdentifierList')),
  }
}

function readStatus(json: Json | undefined): DecisionStatus {
  if (json === undefined) return { code: OK }
  const object = new JsonObject(json, 'Status', ['StatusCode', 'StatusMessage', 'StatusDetail'])
  const written = object.get('StatusCode')
  const code =
    written === undefined ? undefined : new JsonObject(written, 'StatusCode', ['Value', 'StatusCode']).string('Value')
  const message = object.string('StatusMessage')
  const missing = object.list('StatusDetail').flatMap(readMissing)
  return { code: code ?? OK, ...(message !== undefined && { message }), ...(missing.length > 0 && { missing }) }
}

function readMissing(json: Json): MissingAttribute[] {
  if (typeof json !== 'object') return []
  const object = new JsonObject(json, 'StatusDetail', ['AttributeId', 'Category', 'DataType', 'Issuer', 'Value'])
  const id = object.string('AttributeId')
  if (id === undefined) return []
  const [category = '', type = ''] = [object.string('Category'), object.string('DataType')]
  return [{ category, id, type, issuer: object.string('Issuer') }]
}

function readObligation(json: Json): Obligation {
  const object = new JsonObject(json, 'an obligation', ['Id', 'AttributeAssignment', 'AttributeAssignments'])
  const assignments = [...object.list('AttributeAssignment'), ...object.list('AttributeAssignments')]
  return { id: object.string('Id') ?? '', assignments: assignments.flatMap(readAssignment) }
}

function readAssignment(json: Json): Assignment[] {
  const object = new JsonObject(json, 'an assignment', ['AttributeId', 'Category', 'Issuer', 'DataType', 'Value'])
  const [category, issuer] = [object.string('Category'), object.string('Issuer')]
  const attribute = object.required('AttributeId')
  return readValues(object.get('Value'), object.string('DataType')).map((value) => ({
    attribute,
    category,
    issuer,
    value,
  }))
}

function readCategory(json: Json): DecisionCategory {
  const object = new JsonObject(json, 'a category', ['CategoryId', 'Id', 'Content', 'Attribute'])
  const category = object.required('CategoryId')
  const attributes = object.list('Attribute').map((each) => {
    const attribute = new JsonObject(each, 'an attribute', [
      'AttributeId',
      'Value',
      'Issuer',
      'DataType',
      'IncludeInResult',
    ])
    const values = readValues(attribute.get('Value'), attribute.string('DataType'))
    return { id: attribute.required('AttributeId'), issuer: attribute.string('Issuer'), includeInResult: true, values }
  })
  return { category: CATEGORY_NAMES.get(category) ?? category, id: object.string('Id'), attributes }
}

function readPolicies(json: Json | undefined): PolicyIdentifier[] {
  if (json === undefined) return []
  const object = new JsonObject(json, 'PolicyIdentifierList', ['PolicyIdReference', 'PolicySetIdReference'])
  const read = (kind: PolicyIdentifier['kind'], name: string): PolicyIdentifier[] =>
    object.list(name).map((each) => {
      const policy = new JsonObject(each, name, ['Id', 'Version'])
      return { kind, id: policy.required('Id'), version: policy.string('Version') ?? '1.0' }
    })
  return [...read('policy', 'PolicyIdReference'), ...read('policySet', 'PolicySetIdReference')]
}
