import type { DecisionCategory, DecisionRequest, DecisionResult, DecisionValue } from 'viaduct'
import { loadPolicies, type PolicyOptions } from '../xacml.ts'

export const XACML = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
export const SUBJECT = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
export const RESOURCE = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
export const ACTION = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
export const ENVIRONMENT = 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'
export const RULE = 'urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:'
export const POLICY = 'urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:'
export const FIRST = 'urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable'
export const XSD = 'http://www.w3.org/2001/XMLSchema#'
export const F1 = 'urn:oasis:names:tc:xacml:1.0:function:'
export const F3 = 'urn:oasis:names:tc:xacml:3.0:function:'

export const ID = { subject: 'subject-id', resource: 'resource-id', action: 'action-id' }

/** A `<Policy>`; `parts` are its children behind the description. */
export const policy = (id: string, parts: string, combining = `${RULE}deny-overrides`): string =>
  `<Policy xmlns="${XACML}" PolicyId="${id}" Version="1.0" RuleCombiningAlgId="${combining}">${parts}</Policy>`

export const policySet = (id: string, parts: string, combining = `${POLICY}deny-overrides`): string =>
  `<PolicySet xmlns="${XACML}" PolicySetId="${id}" Version="1.0" PolicyCombiningAlgId="${combining}">${parts}</PolicySet>`

/** A rule with a condition or none. */
export const rule = (id: string, effect: string, parts = ''): string =>
  `<Rule RuleId="${id}" Effect="${effect}">${parts}</Rule>`

export const condition = (expression: string): string => `<Condition>${expression}</Condition>`

export const value = (text: string, type = 'string'): string =>
  `<AttributeValue DataType="${type.includes(':') ? type : XSD + type}">${text}</AttributeValue>`

export const designator = (category: string, id: string, type = 'string', mustBePresent = false): string =>
  `<AttributeDesignator Category="${category}" AttributeId="${id}" DataType="${type.includes(':') ? type : XSD + type}" MustBePresent="${mustBePresent}"/>`

export const apply = (id: string, ...args: readonly string[]): string =>
  `<Apply FunctionId="${id.includes(':') ? id : F1 + id}">${args.join('')}</Apply>`

export const functionNamed = (id: string): string => `<Function FunctionId="${id.includes(':') ? id : F1 + id}"/>`

/** A target of one equality of strings. */
export const target = (category: string, id: string, text: string, mustBePresent = false): string =>
  `<Target><AnyOf><AllOf>${match('string-equal', value(text), designator(category, id, 'string', mustBePresent))}</AllOf></AnyOf></Target>`

export const match = (id: string, literal: string, attribute: string): string =>
  `<Match MatchId="${id.includes(':') ? id : F1 + id}">${literal}${attribute}</Match>`

/** A condition that is true, false, or fails. */
export const holds = condition(value('true', 'boolean'))
export const fails = condition(
  apply('string-equal', apply('string-one-and-only', designator(SUBJECT, 'nowhere')), value('x')),
)

/** An attribute with texts as values. */
export const attributes = (
  category: string,
  values: Readonly<Record<string, string | readonly DecisionValue[]>>,
): DecisionCategory => ({
  category,
  attributes: Object.entries(values).map(([id, each]) => ({
    id,
    values: typeof each === 'string' ? [{ type: `${XSD}string`, text: each }] : each,
  })),
})

export const request = (subject: string, resource: string, action: string): DecisionRequest => ({
  categories: [
    attributes(SUBJECT, { [ID.subject]: subject }),
    attributes(RESOURCE, { [ID.resource]: resource }),
    attributes(ACTION, { [ID.action]: action }),
  ],
})

/** What a policy says to a request. It must be right. */
export async function decide(
  documents: string | readonly string[],
  asked: DecisionRequest = { categories: [] },
  options: PolicyOptions = {},
): Promise<DecisionResult> {
  const [result, ...more] = await decideAll(documents, asked, options)
  if (result === undefined || more.length > 0) throw new Error(`${more.length + 1} results`)
  return result
}

export async function decideAll(
  documents: string | readonly string[],
  asked: DecisionRequest,
  options: PolicyOptions = {},
): Promise<readonly DecisionResult[]> {
  const files = [documents].flat().map((text, i) => ({ file: `p${i + 1}.xml`, text }))
  const { point, diagnostics, failed } = loadPolicies(files, options)
  if (failed) throw new Error(diagnostics.map(({ message }) => message).join('; '))
  return point.decide(asked)
}

/** What is reported about documents, as `file:line:column code: message`. */
export function reported(documents: string | readonly string[], options: PolicyOptions = {}): string[] {
  const files = [documents].flat().map((text, i) => ({ file: `p${i + 1}.xml`, text }))
  return loadPolicies(files, options).diagnostics.map(
    ({ code, message, at }) => `${at.file}:${at.line}:${at.column} ${code}: ${message}`,
  )
}

/** `Indeterminate{D}` and the like. */
export const shown = ({ decision, indeterminate }: DecisionResult): string =>
  indeterminate === undefined ? decision : `${decision}{${indeterminate}}`
