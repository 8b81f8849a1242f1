import { describe, expect, test } from 'vitest'
import { parseXml } from 'viaduct'
import {
  apply,
  condition,
  designator,
  FIRST,
  functionNamed,
  match,
  POLICY,
  policy,
  policySet,
  decide,
  reported,
  request,
  RULE,
  rule,
  SUBJECT,
  value,
  XACML,
} from '../testing/policies.ts'
import { isXacmlPolicy } from './read-policy.ts'

const when = (expression: string): string => policy('p', `<Target/>\n${rule('r', 'Permit', condition(expression))}`)

const role = designator(SUBJECT, 'role')

/** A document, and what is reported: where in it, and a part of the message. */
const MISTAKES: readonly (readonly [what: string, document: string, reports: RegExp | readonly RegExp[]])[] = [
  [
    'a function that does not exist',
    when(apply('urn:oasis:names:tc:xacml:1.0:function:string-equals', value('a'), value('b'))),
    /^p1\.xml:2:\d+ policy-function: .*string-equals"; did you mean "urn:oasis:names:tc:xacml:1\.0:function:string-equal"/,
  ],
  [
    'a function of another version',
    when(apply('urn:oasis:names:tc:xacml:1.0:function:string-contains', value('a'), value('b'))),
    /policy-function: .*did you mean "urn:oasis:names:tc:xacml:3\.0:function:string-contains"/,
  ],
  [
    'a data type that does not exist',
    when(value('a', 'http://www.w3.org/2001/XMLSchema#strin')),
    /^p1\.xml:2:\d+ policy-type: there is no data type .*did you mean "http:\/\/www\.w3\.org\/2001\/XMLSchema#string"/,
  ],
  [
    'a text that is no value of its type',
    when(apply('integer-equal', value('one', 'integer'), value('1', 'integer'))),
    /policy-type: "one" is no integer/,
  ],
  [
    'an argument of a wrong type',
    when(apply('string-equal', value('1', 'integer'), value('a'))),
    /policy-type: argument 1 of string-equal must be string, not integer$/,
  ],
  [
    'a bag in the place of a value',
    when(apply('string-equal', role, value('a'))),
    /policy-type: argument 1 of string-equal must be string, not a bag of string; string-one-and-only takes the value out of the bag/,
  ],
  [
    'too few arguments',
    when(apply('string-equal', value('a'))),
    /policy-type: string-equal takes 2 argument\(s\), here are 1/,
  ],
  [
    'too many arguments',
    when(apply('not', value('true', 'boolean'), value('true', 'boolean'))),
    /policy-type: not takes 1 argument/,
  ],
  [
    'too few arguments of a function that takes any number',
    when(apply('integer-equal', value('1', 'integer'), apply('integer-add', value('1', 'integer')))),
    /integer-add takes at least 2/,
  ],
  ['a condition that is not boolean', when(value('a')), /policy-type: a condition must be boolean, not string/],
  [
    'a condition that is a bag',
    when(designator(SUBJECT, 'x', 'boolean')),
    /a condition must be boolean, not a bag of boolean/,
  ],
  [
    'a function outside of a higher-order function',
    when(functionNamed('string-equal')),
    /policy-type: <Function> can only be the first argument/,
  ],
  [
    'a higher-order function without a function',
    when(apply('urn:oasis:names:tc:xacml:3.0:function:any-of', value('a'), role)),
    /the first argument of any-of must be a <Function>/,
  ],
  [
    'a higher-order function without a bag',
    when(apply('urn:oasis:names:tc:xacml:3.0:function:any-of', functionNamed('string-equal'), value('a'), value('b'))),
    /any-of: exactly one argument after the function must be a bag/,
  ],
  [
    'a higher-order function with a function that is no predicate',
    when(
      apply(
        'urn:oasis:names:tc:xacml:3.0:function:any-of',
        functionNamed('integer-abs'),
        designator(SUBJECT, 'x', 'integer'),
      ),
    ),
    /any-of: integer-abs gives no boolean/,
  ],
  [
    'a higher-order function with a function for other types',
    when(apply('urn:oasis:names:tc:xacml:3.0:function:any-of', functionNamed('integer-equal'), value('a'), role)),
    /argument 1 of integer-equal must be integer, not string/,
  ],
  [
    'an unknown variable',
    when('<VariableReference VariableId="v"/>'),
    /reference-unresolved: there is no variable "v"/,
  ],
  [
    'variables in a circle',
    policy(
      'p',
      `<Target/>\n<VariableDefinition VariableId="a"><VariableReference VariableId="b"/></VariableDefinition><VariableDefinition VariableId="b"><VariableReference VariableId="a"/></VariableDefinition>`,
    ),
    /policy-cycle: variables refer to each other in a circle: a → b → a/,
  ],
  [
    'a variable defined twice',
    policy(
      'p',
      `<Target/>${'<VariableDefinition VariableId="a"><AttributeValue DataType="http://www.w3.org/2001/XMLSchema#string">x</AttributeValue></VariableDefinition>'.repeat(2)}`,
    ),
    /name-duplicate: the variable "a" is defined twice/,
  ],
  [
    'an unknown combining algorithm',
    policy('p', '<Target/>', `${RULE}deny-override`),
    /^p1\.xml:1:\d+ policy-function: there is no combining algorithm .*did you mean/,
  ],
  [
    'a policy-combining algorithm for rules',
    policy('p', '<Target/>', `${POLICY}deny-overrides`),
    /there is no combining algorithm .* here; did you mean "urn:oasis:names:tc:xacml:3\.0:rule-/,
  ],
  [
    'a match with a function of one argument',
    policy(
      'p',
      `<Target><AnyOf><AllOf>${match('not', value('true', 'boolean'), designator(SUBJECT, 'x', 'boolean'))}</AllOf></AnyOf></Target>`,
    ),
    /not cannot be used in a target/,
  ],
  [
    'a match of other types',
    policy('p', `<Target><AnyOf><AllOf>${match('string-equal', value('1', 'integer'), role)}</AllOf></AnyOf></Target>`),
    /string-equal compares string and string, not integer and string/,
  ],
  [
    'a match without a designator',
    policy('p', `<Target><AnyOf><AllOf><Match MatchId="x">${value('a')}</Match></AllOf></AnyOf></Target>`),
    /element-missing: <Match> needs an <AttributeValue> and then a designator/,
  ],
  ['an empty AnyOf', policy('p', '<Target><AnyOf/></Target>'), /element-missing: <AnyOf> needs a child <AllOf>/],
  [
    'an empty AllOf',
    policy('p', '<Target><AnyOf><AllOf/></AnyOf></Target>'),
    /element-missing: <AllOf> needs a child <Match>/,
  ],
  [
    'an element that is not known',
    policy('p', '<Target/>\n  <Rul/>'),
    /^p1\.xml:2:3 element-unknown: <Policy> has no child <Rul>; did you mean "Rule"/,
  ],
  ['an unknown expression', when('<Applly/>'), /element-unknown/],
  [
    'a missing attribute',
    `<Policy xmlns="${XACML}" RuleCombiningAlgId="${RULE}deny-overrides"/>`,
    /^p1\.xml:1:1 attribute-missing: <Policy> needs the attribute "PolicyId"/,
  ],
  [
    'an effect that is none',
    policy('p', rule('r', 'permit')),
    /attribute-invalid: Effect="permit": expected Permit or Deny/,
  ],
  [
    'a flag that is none',
    when(apply('string-is-in', value('a'), designator(SUBJECT, 'x').replace('"false"', '"no"'))),
    /attribute-invalid: MustBePresent="no": expected true or false/,
  ],
  [
    'a version that is none',
    policy('p', '').replace('Version="1.0"', 'Version="one"'),
    /attribute-invalid: Version="one"/,
  ],
  [
    'two expressions in a condition',
    policy('p', rule('r', 'Permit', condition(value('true', 'boolean').repeat(2)))),
    /element-missing: <Condition> needs exactly one expression/,
  ],
  [
    'two rules of one name, which is a warning',
    policy('p', rule('r', 'Permit') + rule('r', 'Deny')),
    /policy-repeated: there is another rule "r"/,
  ],
  [
    'a call that always fails, which is a warning',
    when(
      apply(
        'integer-equal',
        apply('integer-divide', value('1', 'integer'), value('0', 'integer')),
        value('1', 'integer'),
      ),
    ),
    /policy-hopeless: integer-divide never has a value: division by zero/,
  ],
  [
    'a reference to nowhere',
    policySet('s', '<Target/>\n<PolicyIdReference>p</PolicyIdReference>'),
    /^p1\.xml:2:1 reference-unresolved: there is no policy "p"/,
  ],
  [
    'a reference with a wrong pattern',
    policySet('s', '<Target/><PolicyIdReference Version="x">p</PolicyIdReference>'),
    [/attribute-invalid: Version="x"/, /reference-unresolved/],
  ],
  [
    'policies of one name in a set',
    policySet('s', policy('p', '') + policy('p', '')),
    /name-duplicate: "p" in version 1\.0 is also at p1\.xml:1:/,
  ],
  ['a document that is no XML', '<Policy', /^p1\.xml:1:\d+ xml-malformed/],
  ['a document type', '<!DOCTYPE Policy><Policy/>', /xml-malformed: .*DOCTYPE/],
]

describe('mistakes in policies', () => {
  test.each(MISTAKES)('%s is reported', (_, document, reports) => {
    expect(reported(document)).toEqual([reports].flat().map((report) => expect.stringMatching(report)))
  })

  test('all mistakes of all documents are found in one run', () => {
    const documents = [
      when(value('a')),
      when(apply('nothing', value('a'))),
      policySet('s', '<PolicyIdReference>x</PolicyIdReference>'),
    ]
    expect(reported(documents.map((text, i) => text.replace('PolicyId="p"', `PolicyId="p${i}"`)))).toHaveLength(3)
  })

  test('policies that refer to each other in a circle are reported', () => {
    const documents = [
      policySet('a', '<Target/><PolicySetIdReference>b</PolicySetIdReference>'),
      policySet('b', '<Target/><PolicySetIdReference>a</PolicySetIdReference>'),
    ]
    expect(reported(documents)).toContainEqual(
      expect.stringMatching(/policy-cycle: policies refer to each other in a circle: a → b → a/),
    )
  })

  test('calls and policies that nest too deep are reported and do not end the process', () => {
    let call = value('true', 'boolean')
    for (let i = 0; i < 230; i++) call = apply('not', call)
    expect(reported(when(call))).toContainEqual(expect.stringMatching(/calls nest deeper than 200/))
    let set = policy('p', '')
    for (let i = 0; i < 80; i++) set = policySet(`s${i}`, set)
    expect(reported(set)).toContainEqual(expect.stringMatching(/policies nest deeper than 64/))
  })

  test('references and variables have limits that can be set', () => {
    const chain = [0, 1, 2, 3].map((i) => policySet(`s${i}`, `<PolicySetIdReference>s${i + 1}</PolicySetIdReference>`))
    const documents = [...chain, policySet('s4', '')]
    expect(reported(documents, { limits: { policyReferences: 3 } })).toContainEqual(
      expect.stringMatching(/more than 3 references/),
    )
    expect(reported(documents, { limits: { policyReferences: 4 } })).toEqual([])
  })

  test('strict makes warnings errors', () => {
    const text = policy('p', rule('r', 'Permit') + rule('r', 'Deny'))
    expect(reported(text)).toEqual(reported(text, { strict: true }))
  })
})

describe('documents', () => {
  test.each([
    [`<Policy xmlns="${XACML}"/>`, true],
    ['<PolicySet xmlns="urn:oasis:names:tc:xacml:2.0:policy:schema:os"/>', true],
    ['<Policy xmlns="urn:oasis:names:tc:xacml:1.0:policy"/>', true],
    ['<wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"/>', false],
    ['<Policy/>', false],
    [`<Rule xmlns="${XACML}"/>`, false],
  ])('%s is a policy of XACML: %s', (text, expected) => {
    expect(isXacmlPolicy(parseXml(text).root)).toBe(expected)
  })

  test('those of WS-Policy are left out', () => {
    expect(
      reported('<wsp:Policy xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy"><wsp:All/></wsp:Policy>'),
    ).toEqual([])
  })

  test('all elements of the schema are taken', () => {
    const text = policySet(
      's',
      `<Description>d</Description><PolicyIssuer/><PolicySetDefaults><XPathVersion>x</XPathVersion></PolicySetDefaults><Target/>
       <CombinerParameters><CombinerParameter ParameterName="n">${value('a')}</CombinerParameter></CombinerParameters>
       <PolicyCombinerParameters PolicyIdRef="p"><CombinerParameter ParameterName="n">${value('a')}</CombinerParameter></PolicyCombinerParameters>
       ${policy('p', `<RuleCombinerParameters RuleIdRef="r"><CombinerParameter ParameterName="n">${value('a')}</CombinerParameter></RuleCombinerParameters>${rule('r', 'Permit')}`, FIRST)}`,
    )
    expect(reported(text)).toEqual([])
  })
})

describe('policies of older versions', () => {
  const STRING = 'http://www.w3.org/2001/XMLSchema#string'
  const F = 'urn:oasis:names:tc:xacml:1.0:function:'
  const subject = '<SubjectAttributeDesignator AttributeId="subject-id" DataType="' + STRING + '"/>'

  test('2.0: targets in sections, designators by category, obligations of literals', async () => {
    const text = `<Policy xmlns="urn:oasis:names:tc:xacml:2.0:policy:schema:os" PolicyId="p" RuleCombiningAlgId="urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:permit-overrides">
      <Target><Subjects><Subject><SubjectMatch MatchId="${F}string-equal"><AttributeValue DataType="${STRING}">ann</AttributeValue>${subject}</SubjectMatch></Subject>
      <Subject><SubjectMatch MatchId="${F}string-equal"><AttributeValue DataType="${STRING}">bob</AttributeValue>${subject}</SubjectMatch></Subject></Subjects>
      <Actions><Action><ActionMatch MatchId="${F}string-equal"><AttributeValue DataType="${STRING}">read</AttributeValue><ActionAttributeDesignator AttributeId="action-id" DataType="${STRING}"/></ActionMatch></Action></Actions></Target>
      <Rule RuleId="r" Effect="Permit"/>
      <Obligations><Obligation ObligationId="o" FulfillOn="Permit"><AttributeAssignment AttributeId="a" DataType="${STRING}">v</AttributeAssignment></Obligation></Obligations></Policy>`
    expect(reported(text)).toEqual([])
    const result = await decide(text, request('bob', 'r', 'read'))
    expect(result.obligations).toEqual([
      {
        id: 'o',
        assignments: [{ attribute: 'a', category: undefined, issuer: undefined, value: { type: STRING, text: 'v' } }],
      },
    ])
    expect((await decide(text, request('bob', 'r', 'write'))).decision).toBe('NotApplicable')
    expect((await decide(text, request('eve', 'r', 'read'))).decision).toBe('NotApplicable')
  })

  test('1.0: targets for anybody, conditions that are calls', async () => {
    const text = `<Policy xmlns="urn:oasis:names:tc:xacml:1.0:policy" PolicyId="p" RuleCombiningAlgId="urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable">
      <Target><Subjects><AnySubject/></Subjects><Resources><AnyResource/></Resources><Actions><AnyAction/></Actions></Target>
      <Rule RuleId="r" Effect="Permit"><Condition FunctionId="${F}string-is-in"><AttributeValue DataType="${STRING}">ann</AttributeValue>${subject}</Condition></Rule></Policy>`
    expect(reported(text)).toEqual([])
    expect((await decide(text, request('ann', 'r', 'read'))).decision).toBe('Permit')
    expect((await decide(text, request('bob', 'r', 'read'))).decision).toBe('NotApplicable')
  })
})
