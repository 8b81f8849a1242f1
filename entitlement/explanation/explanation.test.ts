import { describe, expect, test } from 'vitest'
import { loadPolicies, printExplanation } from '../xacml.ts'
import {
  apply,
  condition,
  designator,
  policy,
  policySet,
  request,
  rule,
  SUBJECT,
  target,
  value,
} from '../testing/policies.ts'

const explained = async (text: string, subject = 'alice'): Promise<string> => {
  const { point } = loadPolicies([{ file: 'policies/p.xml', text }])
  const [explanation] = await point.explain(request(subject, 'r', 'read'))
  return explanation === undefined ? '' : printExplanation(explanation)
}

const readers = policySet(
  'readers',
  `<Target/>
${policy(
  'staff',
  `${target(SUBJECT, 'subject-id', 'bob')}
${rule('by-name', 'Permit')}`,
)}
${policy(
  'doctors',
  `<Target/>
${rule('by-role', 'Permit', condition(apply('string-is-in', value('doctor'), designator(SUBJECT, 'role'))))}
${rule('nobody-else', 'Deny')}`,
  'urn:oasis:names:tc:xacml:1.0:rule-combining-algorithm:first-applicable',
)}`,
)

describe('an explanation', () => {
  test('shows what was asked, what it gave, and which rule decided', async () => {
    expect((await explained(readers)).split('\n')).toEqual([
      'Deny',
      '└─ » policy set readers: Deny  (policies/p.xml:1:1)',
      '   ├─ policy staff: NotApplicable  (policies/p.xml:2:1)',
      '   │  └─ target: no match',
      '   │     └─ string-equal("bob", access-subject subject-id): no match',
      '   └─ » policy doctors: Deny  (policies/p.xml:4:1)',
      '      ├─ rule by-role: NotApplicable  (policies/p.xml:5:1)',
      expect.stringMatching(/^ {6}│ {2}└─ condition string-is-in: false {2}\(policies\/p\.xml:5:\d+\)$/),
      '      │     └─ string-is-in: false',
      '      │        └─ access-subject role: {}',
      '      └─ » rule nobody-else: Deny  (policies/p.xml:6:1)',
      'missing: role of urn:oasis:names:tc:xacml:1.0:subject-category:access-subject (http://www.w3.org/2001/XMLSchema#string)',
    ])
  })

  test('shows values', async () => {
    const text = policy(
      'p',
      rule('r', 'Permit', condition(apply('string-is-in', value('alice'), designator(SUBJECT, 'subject-id')))),
    )
    expect(await explained(text)).toContain('access-subject subject-id: {"alice"}')
  })

  test('says why something has no value', async () => {
    const one = apply('string-equal', apply('string-one-and-only', designator(SUBJECT, 'role')), value('x'))
    const text = await explained(policy('p', rule('r', 'Deny', condition(one))))
    expect(text).toMatch(/^Indeterminate: one value is wanted, there are 0\n/)
    expect(text).toContain('» rule r: Indeterminate{D}: one value is wanted, there are 0')
    expect(text).toContain('string-one-and-only: no value: one value is wanted, there are 0')
  })

  test('says which mandatory attribute made a target doubtful', async () => {
    const text = await explained(policy('p', target(SUBJECT, 'role', 'x', true) + rule('r', 'Permit')))
    expect(text).toContain('target: no answer: the attribute role is missing')
    expect(text).toMatch(/missing: role of/)
  })

  test('looks at all children, whatever an index would leave out', async () => {
    const many = Array.from({ length: 12 }, (_, i) =>
      policy(`p${i}`, target(SUBJECT, 'subject-id', `user-${i}`) + rule('r', 'Permit')),
    )
    const text = await explained(policySet('s', `<Target/>${many.join('')}`))
    expect(text.match(/policy p\d+: NotApplicable/g)).toHaveLength(12)
  })

  test('of one request has nothing of another one', async () => {
    const { point } = loadPolicies([{ file: 'p', text: readers }])
    const both = await Promise.all([
      point.explain(request('bob', 'r', 'read')),
      point.explain(request('eve', 'r', 'read')),
    ])
    const again = await point.explain(request('bob', 'r', 'read'))
    expect(again.map(printExplanation)).toEqual(both[0].map(printExplanation))
    expect(both[1].map(printExplanation)).not.toEqual(both[0].map(printExplanation))
  })

  test('costs decisions nothing: they are made by a form of the policies that records nothing', async () => {
    const { point } = loadPolicies([{ file: 'p', text: readers }])
    const before = await point.decide(request('bob', 'r', 'read'))
    await point.explain(request('bob', 'r', 'read'))
    expect(await point.decide(request('bob', 'r', 'read'))).toEqual(before)
  })
})
