import { describe, expect, test } from 'vitest'
import type { DecisionRequest } from 'viaduct'
import { loadPolicies, resourceTree } from './xacml.ts'
import {
  ACTION,
  apply,
  attributes,
  condition,
  decide,
  decideAll,
  designator,
  ENVIRONMENT,
  F3,
  fails,
  FIRST,
  functionNamed,
  holds,
  POLICY,
  policy,
  policySet,
  request,
  RESOURCE,
  rule,
  RULE,
  shown,
  SUBJECT,
  target,
  value,
  XSD,
} from './testing/policies.ts'

const TRUE = value('true', 'boolean')
const bogus = target(SUBJECT, 'nobody', 'x', true)
const elsewhere = target(SUBJECT, 'subject-id', 'nobody at all')

const obligation = (id: string, on: string, inner = ''): string =>
  `<ObligationExpressions><ObligationExpression ObligationId="${id}" FulfillOn="${on}">${inner}</ObligationExpression></ObligationExpressions>`
const advice = (id: string, on: string): string =>
  `<AdviceExpressions><AdviceExpression AdviceId="${id}" AppliesTo="${on}"/></AdviceExpressions>`
const assignment = (expression: string, more = ''): string =>
  `<AttributeAssignmentExpression AttributeId="a"${more}>${expression}</AttributeAssignmentExpression>`

describe('a rule', () => {
  test.each([
    ['without target and condition has its effect', rule('r', 'Permit'), 'Permit'],
    ['whose target does not match is not applicable', rule('r', 'Permit', elsewhere), 'NotApplicable'],
    [
      'whose condition is false is not applicable',
      rule('r', 'Deny', condition(value('false', 'boolean'))),
      'NotApplicable',
    ],
    ['whose condition is true has its effect', rule('r', 'Deny', holds), 'Deny'],
    ['whose target fails is Indeterminate of its effect', rule('r', 'Permit', bogus), 'Indeterminate{P}'],
    ['whose condition fails is Indeterminate of its effect', rule('r', 'Deny', fails), 'Indeterminate{D}'],
    ['whose target does not match never reaches its condition', rule('r', 'Deny', elsewhere + fails), 'NotApplicable'],
    [
      'whose obligation fails is Indeterminate of its effect',
      rule(
        'r',
        'Permit',
        obligation('o', 'Permit', assignment(apply('string-one-and-only', designator(SUBJECT, 'x')))),
      ),
      'Indeterminate{P}',
    ],
    [
      'whose obligation for the other effect fails has its effect',
      rule('r', 'Permit', obligation('o', 'Deny', assignment(apply('string-one-and-only', designator(SUBJECT, 'x'))))),
      'Permit',
    ],
  ])('%s', async (_, written, expected) => {
    expect(shown(await decide(policy('p', written)))).toBe(expected)
  })
})

describe('a policy whose target cannot be evaluated', () => {
  // Table 7 of XACML 3.0.
  test.each([
    [rule('r', 'Permit'), 'Indeterminate{P}'],
    [rule('r', 'Deny'), 'Indeterminate{D}'],
    [rule('r', 'Permit', elsewhere), 'NotApplicable'],
    [rule('r', 'Permit', fails), 'Indeterminate{P}'],
    [rule('r', 'Deny', fails), 'Indeterminate{D}'],
    [rule('r', 'Permit', fails) + rule('s', 'Deny', fails), 'Indeterminate{DP}'],
  ])('with %s is %s', async (rules, expected) => {
    expect(shown(await decide(policy('p', bogus + rules)))).toBe(expected)
  })

  test('says which attribute is missing', async () => {
    const { status } = await decide(policy('p', bogus + rule('r', 'Permit')))
    expect(status.code).toMatch(/missing-attribute$/)
    expect(status.missing).toEqual([{ category: SUBJECT, id: 'nobody', type: `${XSD}string`, issuer: undefined }])
  })
})

describe('attributes', () => {
  const asks = (expression: string): string => policy('p', rule('r', 'Permit', condition(expression)))
  const equals = (attribute: string, text: string, type = 'string'): string =>
    apply(`${type}-is-in`, value(text, type), attribute)

  test('with an issuer are found only from this issuer, and without from any', async () => {
    const asked: DecisionRequest = {
      categories: [
        { category: SUBJECT, attributes: [{ id: 'a', issuer: 'I', values: [{ type: `${XSD}string`, text: 'x' }] }] },
      ],
    }
    const from = (issuer: string) => designator(SUBJECT, 'a').replace('/>', ` Issuer="${issuer}"/>`)
    expect((await decide(asks(equals(from('I'), 'x')), asked)).decision).toBe('Permit')
    expect((await decide(asks(equals(from('J'), 'x')), asked)).decision).toBe('NotApplicable')
    expect((await decide(asks(equals(designator(SUBJECT, 'a'), 'x')), asked)).decision).toBe('Permit')
  })

  test('may have values of several types, each found by its own', async () => {
    const values = [
      { type: `${XSD}integer`, text: '7' },
      { type: `${XSD}string`, text: '8' },
    ]
    const asked = { categories: [attributes(SUBJECT, { a: values })] }
    expect((await decide(asks(equals(designator(SUBJECT, 'a', 'integer'), '7', 'integer')), asked)).decision).toBe(
      'Permit',
    )
    expect((await decide(asks(equals(designator(SUBJECT, 'a'), '7')), asked)).decision).toBe('NotApplicable')
    expect((await decide(asks(equals(designator(SUBJECT, 'a'), '8')), asked)).decision).toBe('Permit')
  })

  test('whose text is no value of their type are a syntax error when they are looked at', async () => {
    const asked = { categories: [attributes(SUBJECT, { a: [{ type: `${XSD}integer`, text: 'x' }] })] }
    const { decision, status } = await decide(asks(equals(designator(SUBJECT, 'a', 'integer'), '7', 'integer')), asked)
    expect([decision, status.code]).toEqual(['Indeterminate', expect.stringMatching(/syntax-error$/)])
    expect((await decide(asks(TRUE), asked)).decision).toBe('Permit')
  })

  test('named as members of Object are nothing special', async () => {
    for (const id of ['__proto__', 'constructor', 'toString']) {
      expect((await decide(asks(equals(designator(id, id), 'x')), { categories: [] })).decision).toBe('NotApplicable')
      expect(
        (await decide(asks(equals(designator(id, id), 'x')), { categories: [attributes(id, { [id]: 'y' })] })).decision,
      ).toBe('NotApplicable')
    }
  })
})

describe('the current time', () => {
  const NOW = Date.UTC(2026, 10, 25, 22, 30, 15, 250)
  const environment = (name: string, type: string): string =>
    designator(ENVIRONMENT, `urn:oasis:names:tc:xacml:1.0:environment:${name}`, type, true)
  const is = (name: string, type: string, text: string): string =>
    policy('p', rule('r', 'Permit', condition(apply(`${type}-is-in`, value(text, type), environment(name, type)))))
  const given = (text: string) => ({
    categories: [
      attributes(ENVIRONMENT, {
        'urn:oasis:names:tc:xacml:1.0:environment:current-time': [{ type: `${XSD}time`, text }],
      }),
    ],
  })
  const at = (timeRule: 'request-or-clock' | 'clock' | 'request') => ({ now: () => NOW, timeRule })

  test.each([
    ['current-time', 'time', '22:30:15.25Z'],
    ['current-date', 'date', '2026-11-25Z'],
    ['current-dateTime', 'dateTime', '2026-11-25T22:30:15.25Z'],
  ])('%s comes from the clock', async (name, type, text) => {
    expect((await decide(is(name, type, text), undefined, { now: () => NOW })).decision).toBe('Permit')
  })

  test('is what the request says, when the rule lets it', async () => {
    const text = is('current-time', 'time', '01:00:00Z')
    expect((await decide(text, given('01:00:00Z'), at('request-or-clock'))).decision).toBe('Permit')
    expect((await decide(text, given('01:00:00Z'), at('clock'))).decision).toBe('NotApplicable')
    expect((await decide(text, given('01:00:00Z'), at('request'))).decision).toBe('Permit')
    expect((await decide(text, undefined, at('request'))).status.code).toMatch(/missing-attribute$/)
  })

  test('is the same throughout a decision', async () => {
    let calls = 0
    const now = () => NOW + calls++ * 1000
    const text = policy(
      'p',
      rule(
        'r',
        'Permit',
        condition(
          apply(
            'time-equal',
            apply('time-one-and-only', environment('current-time', 'time')),
            apply('time-one-and-only', environment('current-time', 'time')),
          ),
        ),
      ),
    )
    expect((await decide(text, undefined, { now })).decision).toBe('Permit')
    expect(calls).toBe(1)
  })
})

describe('variables', () => {
  test('are evaluated once and may fail more than once', async () => {
    const variable = (inner: string): string => `<VariableDefinition VariableId="v">${inner}</VariableDefinition>`
    const use = '<VariableReference VariableId="v"/>'
    const both = condition(apply('and', use, use))
    expect((await decide(policy('p', variable(TRUE) + rule('r', 'Permit', both)))).decision).toBe('Permit')
    const failing = apply(
      'string-is-in',
      apply('string-one-and-only', designator(SUBJECT, 'x')),
      designator(SUBJECT, 'y'),
    )
    const text = policy(
      'p',
      variable(failing) + rule('r', 'Permit', condition(use)) + rule('s', 'Deny', condition(use)),
    )
    expect(shown(await decide(text))).toBe('Indeterminate{DP}')
  })
})

describe('obligations and advice', () => {
  const inner = policy(
    'p',
    rule('r', 'Permit', obligation('rule', 'Permit') + advice('tip', 'Permit')) +
      obligation('inner', 'Permit') +
      advice('inner-tip', 'Deny'),
  )

  test('come from the rule, its policy and the set around it, when their decision is the one', async () => {
    const result = await decide(policySet('s', inner + obligation('outer', 'Permit')))
    expect(result.obligations.map(({ id }) => id)).toEqual(['rule', 'inner', 'outer'])
    expect(result.advice.map(({ id }) => id)).toEqual(['tip'])
  })

  test('are not passed on when the decision around them is another one', async () => {
    const result = await decide(
      policySet('s', inner + policy('q', rule('r', 'Deny', obligation('no', 'Deny'))) + obligation('outer', 'Permit')),
    )
    expect([result.decision, result.obligations.map(({ id }) => id)]).toEqual(['Deny', ['no']])
  })

  test('give one assignment for each value of a bag, and none for an empty one', async () => {
    const text = policy(
      'p',
      rule(
        'r',
        'Permit',
        obligation(
          'o',
          'Permit',
          assignment(designator(SUBJECT, 'a', 'integer'), ' Category="c" Issuer="i"') +
            assignment(designator(SUBJECT, 'none')),
        ),
      ),
    )
    const values = ['1', '+2'].map((each) => ({ type: `${XSD}integer`, text: each }))
    const { obligations } = await decide(text, { categories: [attributes(SUBJECT, { a: values })] })
    const assigned = (each: string) => ({
      attribute: 'a',
      category: 'c',
      issuer: 'i',
      value: { type: `${XSD}integer`, text: each },
    })
    expect(obligations).toEqual([{ id: 'o', assignments: [assigned('1'), assigned('2')] }])
  })

  test('of a policy that cannot be evaluated make it Indeterminate', async () => {
    const failing = obligation('o', 'Deny', assignment(apply('string-one-and-only', designator(SUBJECT, 'x'))))
    expect(shown(await decide(policy('p', rule('r', 'Deny') + failing)))).toBe('Indeterminate{D}')
  })

  test('of one decision are not seen in the next', async () => {
    const text = policy(
      'p',
      rule('r', 'Permit', target(SUBJECT, 'subject-id', 'a') + obligation('o', 'Permit')),
      `${RULE}deny-unless-permit`,
    )
    const { point } = loadPolicies([{ file: 'p.xml', text }])
    const ids = async (subject: string) =>
      (await point.decide(request(subject, 'r', 'x')))[0]?.obligations.map(({ id }) => id)
    expect([await ids('a'), await ids('b'), await ids('a')]).toEqual([['o'], [], ['o']])
  })
})

describe('references', () => {
  const versions = ['1.0', '1.2', '1.10', '2.0'].map((version) =>
    policy(
      'p',
      rule('r', version === '2.0' ? 'Deny' : 'Permit', obligation(version, version === '2.0' ? 'Deny' : 'Permit')),
    ).replace('Version="1.0"', `Version="${version}"`),
  )
  test.each([
    ['', '2.0'],
    ['Version="1.0"', '1.0'],
    ['Version="1.*"', '1.10'],
    ['Version="1.+"', '1.10'],
    ['Version="+"', '2.0'],
    ['LatestVersion="1.9"', '1.2'],
    ['EarliestVersion="1.3" LatestVersion="1.*"', '1.10'],
    ['LatestVersion="1.+"', '1.10'],
  ])('with %s lead to version %s', async (pattern, expected) => {
    const set = policySet('s', `<PolicyIdReference ${pattern}>p</PolicyIdReference>`)
    const { obligations } = await decide([set, ...versions])
    expect(obligations.map(({ id }) => id)).toEqual([expected])
  })

  test('only to policies that nothing refers to are roots', async () => {
    const text = [
      policySet('s', `${elsewhere}<PolicyIdReference>p</PolicyIdReference>`),
      policy('p', rule('r', 'Permit')),
    ]
    expect((await decide(text)).decision).toBe('NotApplicable')
    expect((await decide(text, undefined, { roots: ['p'] })).decision).toBe('Permit')
    expect((await decide(text, undefined, { roots: ['p', 's'], combining: 'first-applicable' })).decision).toBe(
      'Permit',
    )
  })

  test('to a policy from two places compile it once and decide twice', async () => {
    const text = [
      policySet('s', '<PolicyIdReference>p</PolicyIdReference><PolicyIdReference>p</PolicyIdReference>'),
      policy('p', rule('r', 'Permit', obligation('o', 'Permit'))),
    ]
    expect((await decide(text)).obligations).toHaveLength(2)
  })
})

describe('several roots', () => {
  const documents = [policy('a', rule('r', 'Permit')), policy('b', rule('r', 'Deny'))]
  test.each([
    [undefined, 'Deny'],
    ['permit-overrides', 'Permit'],
    ['first-applicable', 'Permit'],
    ['only-one-applicable', 'Indeterminate'],
    [`${POLICY}permit-overrides`, 'Permit'],
  ])('are combined by %s to %s', async (combining, expected) => {
    expect((await decide(documents, undefined, combining === undefined ? {} : { combining })).decision).toBe(expected)
  })

  test('need an algorithm that exists', () => {
    const { failed, diagnostics } = loadPolicies(
      documents.map((text, i) => ({ file: `${i}`, text })),
      { combining: 'deny-override' },
    )
    expect([failed, diagnostics[0]?.message]).toEqual([
      true,
      expect.stringMatching(/there is no combining algorithm "deny-override"/),
    ])
  })

  test('that do not exist at all decide nothing', async () => {
    expect((await decide([])).decision).toBe('NotApplicable')
  })
})

describe('policies that are wrong', () => {
  test('decide nothing, and tell clients no more than that', async () => {
    const { point } = loadPolicies([
      { file: '/home/secret/p.xml', text: policy('p', rule('r', 'Permit', condition(value('x')))) },
    ])
    const [result] = await point.decide(request('a', 'b', 'c'))
    expect(result).toMatchObject({
      decision: 'Indeterminate',
      indeterminate: 'DP',
      status: { message: 'the policies are wrong' },
    })
    expect(JSON.stringify(result)).not.toContain('secret')
    expect((await point.explain(request('a', 'b', 'c')))[0]?.result.decision).toBe('Indeterminate')
  })
})

describe('several questions', () => {
  const readers = policy(
    'p',
    rule('r', 'Permit', target(SUBJECT, 'subject-id', 'a')) + rule('s', 'Deny', target(SUBJECT, 'subject-id', 'b')),
    FIRST,
  )
  const two: DecisionRequest = {
    categories: [
      attributes(SUBJECT, { 'subject-id': 'a' }),
      attributes(SUBJECT, { 'subject-id': 'b' }),
      attributes(ACTION, { 'action-id': 'x' }),
      attributes(ACTION, { 'action-id': 'y' }),
    ],
  }

  test('are every choice of repeated categories, in order', async () => {
    expect((await decideAll(readers, two)).map(({ decision }) => decision)).toEqual([
      'Permit',
      'Permit',
      'Deny',
      'Deny',
    ])
  })

  test('by reference are those named, in order', async () => {
    const categories = two.categories.map((category, i) => ({ ...category, id: `c${i}` }))
    const asked = { categories, references: [['c1'], ['c0', 'c2'], ['c3']] }
    expect((await decideAll(readers, asked)).map(({ decision }) => decision)).toEqual([
      'Deny',
      'Permit',
      'NotApplicable',
    ])
  })

  test('with a reference to nowhere are a syntax error', async () => {
    const [result] = await decideAll(readers, { ...two, references: [['nobody']] })
    expect([result?.decision, result?.status.code]).toEqual(['Indeterminate', expect.stringMatching(/syntax-error$/)])
  })

  test('that are too many are refused', async () => {
    const categories = ['a', 'b', 'c', 'd'].flatMap((category) =>
      Array.from({ length: 10 }, (_, i) => attributes(category, { x: String(i) })),
    )
    const results = await decideAll(readers, { categories })
    expect(results.map(({ status }) => status.message)).toEqual([expect.stringMatching(/more than 1000 questions/)])
  })

  test('combined have one result: the common one, or Indeterminate', async () => {
    expect((await decideAll(readers, { ...two, combined: true })).map(shown)).toEqual(['Indeterminate{DP}'])
    const same = { categories: two.categories.filter((_, i) => i !== 1), combined: true }
    expect((await decideAll(readers, same)).map(shown)).toEqual(['Permit'])
    const obliged = policy('p', rule('r', 'Permit', obligation('o', 'Permit')))
    expect((await decideAll(obliged, same)).map(shown)).toEqual(['Indeterminate{DP}'])
  })

  test('about a scope are asked for each resource below', async () => {
    const hierarchy = resourceTree(
      new Map([
        ['a', ['b', 'c']],
        ['b', ['d', 'a']],
      ]),
    )
    const about = (scope: string): DecisionRequest => ({
      categories: [
        attributes(RESOURCE, {
          'urn:oasis:names:tc:xacml:1.0:resource:resource-id': 'a',
          'urn:oasis:names:tc:xacml:2.0:resource:scope': scope,
        }),
      ],
    })
    const text = policy('p', rule('r', 'Permit'))
    const count = async (scope: string) => (await decideAll(text, about(scope), { hierarchy })).length
    expect([await count('Immediate'), await count('Children'), await count('Descendants')]).toEqual([1, 3, 5])
    expect((await decideAll(text, about('Everything'), { hierarchy })).map(shown)).toEqual(['Indeterminate{DP}'])
    expect((await decideAll(text, about('Children'))).map(shown)).toEqual(['Indeterminate{DP}'])
  })
})

describe('what a request asks to have back', () => {
  test('are its attributes with IncludeInResult', async () => {
    const categories = [
      {
        category: SUBJECT,
        attributes: [
          { id: 'a', includeInResult: true, values: [] },
          { id: 'b', values: [] },
        ],
      },
    ]
    const { attributes: back } = await decide(policy('p', ''), { categories })
    expect(back).toEqual([
      { category: SUBJECT, id: undefined, attributes: [{ id: 'a', includeInResult: true, values: [] }] },
    ])
  })

  test('are the policies that applied, whatever their effect', async () => {
    const text = policySet(
      's',
      policy('p', rule('r', 'Permit')) + policy('q', elsewhere + rule('r', 'Permit')) + policy('d', rule('r', 'Deny')),
    )
    const { policies } = await decide(text, { categories: [], returnPolicyIds: true })
    expect(policies).toEqual([
      { kind: 'policy', id: 'p', version: '1.0' },
      { kind: 'policy', id: 'd', version: '1.0' },
      { kind: 'policySet', id: 's', version: '1.0' },
    ])
    expect((await decide(text)).policies).toEqual([])
  })
})

describe('functions of functions', () => {
  const bag = apply('string-bag', value('a'), value('b'))
  test.each([
    [apply(`${F3}any-of`, functionNamed('string-equal'), bag, value('b')), 'Permit'],
    [apply(`${F3}all-of`, functionNamed('string-equal'), value('b'), bag), 'NotApplicable'],
    [
      apply('string-is-in', value('A'), apply(`${F3}map`, functionNamed('string-normalize-to-lower-case'), bag)),
      'NotApplicable',
    ],
    [
      apply(
        'string-is-in',
        value('a'),
        apply(`${F3}map`, functionNamed('string-normalize-to-lower-case'), apply('string-bag', value('A'))),
      ),
      'Permit',
    ],
    [apply('n-of', value('0', 'integer')), 'Permit'],
    [apply('n-of', value('2', 'integer'), TRUE, value('false', 'boolean'), TRUE), 'Permit'],
    [apply('n-of', value('2', 'integer'), TRUE, value('false', 'boolean')), 'NotApplicable'],
    [apply('or'), 'NotApplicable'],
    [apply('and'), 'Permit'],
    [apply('or', TRUE, apply('string-equal', apply('string-one-and-only', bag), value('x'))), 'Permit'],
    [
      apply('and', value('false', 'boolean'), apply('string-equal', apply('string-one-and-only', bag), value('x'))),
      'NotApplicable',
    ],
    [apply('or', apply('string-equal', apply('string-one-and-only', bag), value('x')), TRUE), 'Indeterminate'],
    [apply('n-of', value('3', 'integer'), TRUE), 'Indeterminate'],
  ])('%s: %s', async (expression, expected) => {
    expect((await decide(policy('p', rule('r', 'Permit', condition(expression))))).decision).toBe(expected)
  })
})
