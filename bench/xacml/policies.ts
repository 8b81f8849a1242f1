/** A policy set of `count` policies, each for one resource, and requests for them: the same for both engines. */
const XACML = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
const SUBJECT = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
const RESOURCE = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
const ACTION = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
const STRING = 'http://www.w3.org/2001/XMLSchema#string'
const F1 = 'urn:oasis:names:tc:xacml:1.0:function:'

const value = (text: string): string => `<AttributeValue DataType="${STRING}">${text}</AttributeValue>`

const designator = (category: string, id: string): string =>
  `<AttributeDesignator Category="${category}" AttributeId="${id}" DataType="${STRING}" MustBePresent="false"/>`

const match = (text: string, category: string, id: string): string =>
  `<Match MatchId="${F1}string-equal">${value(text)}${designator(category, id)}</Match>`

const anyOf = (matches: readonly string[]): string =>
  `<AnyOf>${matches.map((each) => `<AllOf>${each}</AllOf>`).join('')}</AnyOf>`

const RESOURCE_ID = 'urn:oasis:names:tc:xacml:1.0:resource:resource-id'
const ACTION_ID = 'urn:oasis:names:tc:xacml:1.0:action:action-id'
const SUBJECT_ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'

/** Readers are those of a group or a few by name; writing is for the owner. */
function policy(i: number): string {
  const actions = ['read', 'write'].map((action) => match(action, ACTION, ACTION_ID))
  const readers = ['alice', 'bob', `user-${i}`].map((name) => value(name)).join('')
  const isReader =
    `<Apply FunctionId="${F1}or">` +
    `<Apply FunctionId="${F1}string-is-in">${value('staff')}${designator(SUBJECT, 'group')}</Apply>` +
    `<Apply FunctionId="${F1}string-at-least-one-member-of">${designator(SUBJECT, SUBJECT_ID)}<Apply FunctionId="${F1}string-bag">${readers}</Apply></Apply>` +
    '</Apply>'
  return (
    `<Policy PolicyId="policy-${i}" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable">` +
    `<Target>${anyOf([match(`/resources/${i}`, RESOURCE, RESOURCE_ID)])}${anyOf(actions)}</Target>` +
    `<Rule RuleId="read-${i}" Effect="Permit"><Target>${anyOf([match('read', ACTION, ACTION_ID)])}</Target><Condition>${isReader}</Condition></Rule>` +
    `<Rule RuleId="write-${i}" Effect="Permit"><Target>${anyOf([match('write', ACTION, ACTION_ID)])}${anyOf([match(`user-${i}`, SUBJECT, SUBJECT_ID)])}</Target></Rule>` +
    `<Rule RuleId="deny-${i}" Effect="Deny"/></Policy>`
  )
}

export function policySet(count: number): string {
  const policies = Array.from({ length: count }, (_, i) => policy(i))
  return `<PolicySet xmlns="${XACML}" PolicySetId="bench" Version="1.0" PolicyCombiningAlgId="urn:oasis:names:tc:xacml:3.0:policy-combining-algorithm:deny-overrides"><Target/>${policies.join('')}</PolicySet>`
}

const attribute = (id: string, text: string): string =>
  `<Attribute AttributeId="${id}" IncludeInResult="false">${value(text)}</Attribute>`

const category = (id: string, ...inner: readonly string[]): string =>
  `<Attributes Category="${id}">${inner.join('')}</Attributes>`

/** Policies that requests are for: the same number whatever the number of all is, so that only those that do not apply grow. */
const ASKED = 50

/** `size` different requests, spread over the policies; about half of them are permitted. */
export function requests(count: number, size = 200): string[] {
  return Array.from({ length: size }, (_, i) => {
    const resource = ((i % ASKED) * 7919) % count
    const name = ['alice', `user-${resource}`, 'eve', 'mallory'][Math.floor(i / 7) % 4] ?? ''
    const action = i % 3 === 0 ? 'write' : 'read'
    return (
      `<Request xmlns="${XACML}" ReturnPolicyIdList="false" CombinedDecision="false">` +
      category(SUBJECT, attribute(SUBJECT_ID, name), attribute('group', i % 5 === 0 ? 'staff' : 'guests')) +
      category(RESOURCE, attribute(RESOURCE_ID, `/resources/${resource}`)) +
      category(ACTION, attribute(ACTION_ID, action)) +
      '</Request>'
    )
  })
}
