import type { Assignment, DecisionResult, DecisionStatus, Obligation, PolicyIdentifier } from 'viaduct'
import type { Json } from './json-object.ts'
import { writeValue } from './value.ts'
import { writeJsonCategory } from './write-request.ts'

/** A response of the JSON profile: the results are an array always. */
export function writeJsonResponse(results: readonly DecisionResult[]): string {
  return JSON.stringify({ Response: results.map(writeResult) })
}

function writeResult({ decision, status, obligations, advice, attributes, policies }: DecisionResult): Json {
  return {
    Decision: decision,
    Status: writeStatus(status),
    ...(obligations.length > 0 && { Obligations: obligations.map(writeObligation) }),
    ...(advice.length > 0 && { AssociatedAdvice: advice.map(writeObligation) }),
    ...(attributes.length > 0 && { Category: attributes.map(writeJsonCategory) }),
    ...(policies.length > 0 && { PolicyIdentifierList: writePolicies(policies) }),
  }
}

function writeStatus({ code, message, missing = [] }: DecisionStatus): Json {
  return {
    StatusCode: { Value: code },
    ...(message !== undefined && { StatusMessage: message }),
    ...(missing.length > 0 && {
      StatusDetail: missing.map(({ category, id, type, issuer }) => ({
        AttributeId: id,
        Category: category,
        DataType: type,
        ...(issuer !== undefined && { Issuer: issuer }),
      })),
    }),
  }
}

const writeObligation = ({ id, assignments }: Obligation): Json => ({
  Id: id,
  ...(assignments.length > 0 && { AttributeAssignment: assignments.map(writeAssignment) }),
})

const writeAssignment = ({ attribute, category, issuer, value }: Assignment): Json => ({
  AttributeId: attribute,
  ...(category !== undefined && { Category: category }),
  ...(issuer !== undefined && { Issuer: issuer }),
  DataType: value.type,
  Value: writeValue(value),
})

function writePolicies(policies: readonly PolicyIdentifier[]): Json {
  const of = (kind: PolicyIdentifier['kind']): Json[] =>
    policies.filter((policy) => policy.kind === kind).map(({ id, version }) => ({ Id: id, Version: version }))
  const [single, sets] = [of('policy'), of('policySet')]
  return {
    ...(single.length > 0 && { PolicyIdReference: single }),
    ...(sets.length > 0 && { PolicySetIdReference: sets }),
  }
}
