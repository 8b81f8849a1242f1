import {
  type Assignment,
  attributeValue,
  type DecisionResult,
  type DecisionStatus,
  elements,
  firstElement,
  inScopeNamespaces,
  type MissingAttribute,
  type Obligation,
  parseXml,
  type PolicyIdentifier,
  textOf,
  type Verdict,
  type XmlElement,
} from 'viaduct'
import { OK } from '../evaluation/indeterminate.ts'
import { readCategory } from './read-category.ts'

const VERDICTS: readonly Verdict[] = ['Permit', 'Deny', 'NotApplicable', 'Indeterminate']

/** Reads a `<Response>` of XACML 3.0 or 2.0, in any namespace. Throws an Error that says what is wrong with it. */
export function readResponse(text: string): DecisionResult[] {
  return readResponseElement(parseXml(text, { depth: 200, nodes: 200_000 }).root)
}

/** Likewise, from a tree. */
export function readResponseElement(root: XmlElement): DecisionResult[] {
  if (root.name !== 'Response') throw new Error(`<${root.name}> is no response`)
  const results = elements(root).filter(({ name }) => name === 'Result')
  if (results.length === 0) throw new Error('the response has no result')
  return results.map(readResult)
}

function readResult(element: XmlElement): DecisionResult {
  const written = firstElement(element, 'Decision')
  const text = written === undefined ? '' : textOf(written).trim()
  const decision = VERDICTS.find((verdict) => verdict === text)
  if (decision === undefined) throw new Error(`"${text}" is no decision`)
  return {
    decision,
    indeterminate: decision === 'Indeterminate' ? 'DP' : undefined,
    status: readStatus(firstElement(element, 'Status')),
    obligations: readList(firstElement(element, 'Obligations'), 'ObligationId'),
    advice: readList(firstElement(element, 'AssociatedAdvice'), 'AdviceId'),
    attributes: elements(element)
      .filter(({ name }) => name === 'Attributes')
      .map(readCategory),
    policies: readPolicies(firstElement(element, 'PolicyIdentifierList')),
  }
}

function readStatus(element: XmlElement | undefined): DecisionStatus {
  if (element === undefined) return { code: OK }
  const code = firstElement(element, 'StatusCode')
  const message = firstElement(element, 'StatusMessage')
  const detail = firstElement(element, 'StatusDetail')
  return {
    code: (code && attributeValue(code, 'Value')) ?? OK,
    ...(message === undefined ? {} : { message: textOf(message) }),
    ...(detail === undefined ? {} : { missing: elements(detail).flatMap(readMissing) }),
  }
}

function readMissing(element: XmlElement): MissingAttribute[] {
  if (element.name !== 'MissingAttributeDetail') return []
  const value = (name: string): string => attributeValue(element, name) ?? ''
  const issuer = attributeValue(element, 'Issuer')
  return [{ category: value('Category'), id: value('AttributeId'), type: value('DataType'), issuer }]
}

function readList(list: XmlElement | undefined, id: string): Obligation[] {
  if (list === undefined) return []
  return elements(list).map((each) => ({
    id: attributeValue(each, id) ?? '',
    assignments: elements(each).map(readAssignment),
  }))
}

function readAssignment(element: XmlElement): Assignment {
  const xpathCategory = attributeValue(element, 'XPathCategory')
  const xpath =
    xpathCategory === undefined ? {} : { xpath: { category: xpathCategory, namespaces: inScopeNamespaces(element) } }
  return {
    attribute: attributeValue(element, 'AttributeId') ?? '',
    category: attributeValue(element, 'Category'),
    issuer: attributeValue(element, 'Issuer'),
    value: { type: attributeValue(element, 'DataType') ?? '', text: textOf(element), ...xpath },
  }
}

function readPolicies(list: XmlElement | undefined): PolicyIdentifier[] {
  if (list === undefined) return []
  return elements(list).map((each) => ({
    kind: each.name === 'PolicySetIdReference' ? 'policySet' : 'policy',
    id: textOf(each).trim(),
    version: attributeValue(each, 'Version') ?? '1.0',
  }))
}
