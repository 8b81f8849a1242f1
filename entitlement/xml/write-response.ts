import {
  type Assignment,
  type DecisionResult,
  type DecisionStatus,
  escapeText,
  type MissingAttribute,
  type Obligation,
  type PolicyIdentifier,
} from 'viaduct'
import { CONTEXT_2, POLICY_2, XACML_3 } from '../policy/namespaces.ts'
import { valueAttributes, writeCategory, xmlAttribute } from './write-attributes.ts'

const RESOURCE_ID = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'

/**
 * A `<Response>` of XACML 3.0 or 2.0. The namespace is declared without a prefix: WSO2's mediator reads no other form. Parts
 * come in the order of the schema.
 */
export function writeResponse(results: readonly DecisionResult[], version: '2.0' | '3.0' = '3.0'): string {
  if (version === '2.0') return `<Response xmlns="${CONTEXT_2}">${results.map(writeResult2).join('')}</Response>`
  return `<Response xmlns="${XACML_3}">${results.map(writeResult).join('')}</Response>`
}

function writeResult({ decision, status, obligations, advice, attributes, policies }: DecisionResult): string {
  return (
    `<Result><Decision>${decision}</Decision>${writeStatus(status, missingDetail3)}` +
    writeObligations(obligations) +
    writeAdvice(advice) +
    attributes.map(writeCategory).join('') +
    writePolicies(policies) +
    '</Result>'
  )
}

/** `<Obligations>` without a namespace declaration of its own; '' when there are none. */
export function writeObligations(obligations: readonly Obligation[]): string {
  if (obligations.length === 0) return ''
  const inner = obligations.map(
    ({ id, assignments }) => `<Obligation${xmlAttribute('ObligationId', id)}>${assigned(assignments)}</Obligation>`,
  )
  return `<Obligations>${inner.join('')}</Obligations>`
}

/** `<AssociatedAdvice>`, likewise. */
export function writeAdvice(advice: readonly Obligation[]): string {
  if (advice.length === 0) return ''
  const inner = advice.map(
    ({ id, assignments }) => `<Advice${xmlAttribute('AdviceId', id)}>${assigned(assignments)}</Advice>`,
  )
  return `<AssociatedAdvice>${inner.join('')}</AssociatedAdvice>`
}

const assigned = (assignments: readonly Assignment[]): string =>
  assignments
    .map(({ attribute, category, issuer, value }) => {
      const own = `${xmlAttribute('AttributeId', attribute)}${xmlAttribute('Category', category)}${xmlAttribute('Issuer', issuer)}`
      return `<AttributeAssignment${own}${valueAttributes(value)}>${escapeText(value.text)}</AttributeAssignment>`
    })
    .join('')

function writeStatus({ code, message, missing }: DecisionStatus, detail: (each: MissingAttribute) => string): string {
  return (
    `<Status><StatusCode${xmlAttribute('Value', code)}/>` +
    (message === undefined ? '' : `<StatusMessage>${escapeText(message)}</StatusMessage>`) +
    (missing === undefined || missing.length === 0
      ? ''
      : `<StatusDetail>${missing.map(detail).join('')}</StatusDetail>`) +
    '</Status>'
  )
}

function missingDetail3({ category, id, type, issuer }: MissingAttribute): string {
  const own = `${xmlAttribute('Category', category)}${xmlAttribute('AttributeId', id)}${xmlAttribute('DataType', type)}`
  return `<MissingAttributeDetail${own}${xmlAttribute('Issuer', issuer)}/>`
}

function missingDetail2({ id, type, issuer }: MissingAttribute): string {
  return `<MissingAttributeDetail${xmlAttribute('AttributeId', id)}${xmlAttribute('DataType', type)}${xmlAttribute('Issuer', issuer)}/>`
}

function writePolicies(policies: readonly PolicyIdentifier[]): string {
  if (policies.length === 0) return ''
  const inner = policies.map(({ kind, id, version }) => {
    const name = kind === 'policy' ? 'PolicyIdReference' : 'PolicySetIdReference'
    return `<${name}${xmlAttribute('Version', version)}>${escapeText(id)}</${name}>`
  })
  return `<PolicyIdentifierList>${inner.join('')}</PolicyIdentifierList>`
}

/** In 2.0 obligations belong to the namespace of policies and name the decision they go with. */
function writeResult2({ decision, status, obligations, attributes }: DecisionResult): string {
  const resource = attributes.flatMap((each) => each.attributes).find(({ id }) => id === RESOURCE_ID)?.values[0]?.text
  const inner = obligations.map(
    ({ id, assignments }) =>
      `<Obligation${xmlAttribute('ObligationId', id)} FulfillOn="${decision}">${assigned(assignments.map(plainly))}</Obligation>`,
  )
  return (
    `<Result${xmlAttribute('ResourceId', resource?.trim())}><Decision>${decision}</Decision>${writeStatus(status, missingDetail2)}` +
    (inner.length === 0 ? '' : `<Obligations xmlns="${POLICY_2}">${inner.join('')}</Obligations>`) +
    '</Result>'
  )
}

/** Assignments of 2.0 have neither category nor issuer. */
const plainly = ({ attribute, value }: Assignment): Assignment => ({ attribute, value })
