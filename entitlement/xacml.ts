/** The library `viaduct/xacml`: XACML 3.0 and 2.0 policies, decided in this process. */
export type {
  Assignment,
  AttributeQuery,
  AttributeSource,
  DecisionAttribute,
  DecisionCategory,
  DecisionPoint,
  DecisionRequest,
  DecisionResult,
  DecisionStatus,
  DecisionValue,
  Diagnostic,
  Explanation,
  ExplanationStep,
  MissingAttribute,
  Obligation,
  PolicyIdentifier,
  ResourceHierarchy,
  Verdict,
} from 'viaduct'
export { PolicyDecisionPoint } from './decision-point.ts'
export type { TimeRule } from './evaluation/clock.ts'
export { Indeterminate } from './evaluation/indeterminate.ts'
export { printExplanation } from './explanation/print-explanation.ts'
export {
  loadPolicies,
  type LoadedPolicies,
  type PolicyFile,
  type PolicyOptions,
  printDiagnostics,
} from './load-policies.ts'
export { readJsonRequest, readJsonRequestObject } from './json/read-request.ts'
export { readJsonResponse } from './json/read-response.ts'
export { writeJsonRequest } from './json/write-request.ts'
export { writeJsonResponse } from './json/write-response.ts'
export type { CompilerLimits } from './policy/compile-policy.ts'
export { resourceTree } from './request/resource-tree.ts'
export { readRequest, readRequestElement, type ReadRequest } from './xml/read-request.ts'
export { readResponse, readResponseElement } from './xml/read-response.ts'
export { writeRequest } from './xml/write-request.ts'
export { writeAdvice, writeObligations, writeResponse } from './xml/write-response.ts'
