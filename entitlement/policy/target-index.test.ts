import { array, assert as holdsFor, asyncProperty, boolean, constantFrom, record } from 'fast-check'
import { describe, expect, test } from 'vitest'
import { loadPolicies } from '../xacml.ts'
import {
  ACTION,
  apply,
  attributes,
  condition,
  designator,
  fails,
  match,
  POLICY,
  policy,
  policySet,
  request,
  RESOURCE,
  rule,
  SUBJECT,
  target,
  value,
  XSD,
} from '../testing/policies.ts'

const algorithms = [
  'deny-overrides',
  'permit-overrides',
  'deny-unless-permit',
  'permit-unless-deny',
  'ordered-deny-overrides',
]

const anyMatch = record({
  category: constantFrom(SUBJECT, RESOURCE, ACTION),
  text: constantFrom('a', 'b', 'c', 'd'),
  mustBePresent: boolean(),
  function: constantFrom('string-equal', 'string-equal', 'string-equal', 'string-regexp-match', 'string-less-than'),
})

const anyTarget = array(array(array(anyMatch, { minLength: 1, maxLength: 2 }), { minLength: 1, maxLength: 2 }), {
  maxLength: 2,
}).map((anyOf) => {
  const inner = anyOf.map((alternatives) => {
    const written = alternatives.map((matches) => {
      const each = matches.map(({ category, text, mustBePresent, function: id }) =>
        match(id, value(text), designator(category, 'id', 'string', mustBePresent)),
      )
      return `<AllOf>${each.join('')}</AllOf>`
    })
    return `<AnyOf>${written.join('')}</AnyOf>`
  })
  return `<Target>${inner.join('')}</Target>`
})

const anyPolicy = record({
  target: anyTarget,
  effect: constantFrom('Permit', 'Deny'),
  body: constantFrom('', '', '', fails),
})

const anyRequest = record({
  [SUBJECT]: array(constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  [RESOURCE]: array(constantFrom('a', 'b', 'c'), { maxLength: 2 }),
  [ACTION]: array(constantFrom('a', 'b', 'c'), { maxLength: 1 }),
})

describe('the index of targets', () => {
  test('changes no decision, no Indeterminate and no obligation, whatever policies and request', async () => {
    await holdsFor(
      asyncProperty(
        array(anyPolicy, { minLength: 6, maxLength: 12 }),
        constantFrom(...algorithms, 'first-applicable', 'only-one-applicable'),
        array(anyRequest, { minLength: 4, maxLength: 4 }),
        async (policies, algorithm, asked) => {
          const documents = policies.map((each, i) =>
            policy(
              `p${i}`,
              `${each.target}${rule('r', each.effect, each.body)}<ObligationExpressions><ObligationExpression ObligationId="o${i}" FulfillOn="${each.effect}"/></ObligationExpressions>`,
            ),
          )
          const id = algorithms.includes(algorithm)
            ? POLICY + algorithm
            : `urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:${algorithm}`
          const { point, failed } = loadPolicies([
            { file: 'x', text: policySet('s', `<Target/>${documents.join('')}`, id) },
          ])
          expect(failed).toBe(false)
          for (const each of asked) {
            const categories = Object.entries(each).map(([category, texts]) =>
              attributes(category, { id: texts.map((text) => ({ type: `${XSD}string`, text })) }),
            )
            // Explanations look at every child.
            const [explained] = await point.explain({ categories })
            expect(await point.decide({ categories })).toEqual([explained?.result])
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  const many = (count: number, parts: (i: number) => string): string =>
    policySet('s', `<Target/>${Array.from({ length: count }, (_, i) => parts(i)).join('')}`)

  test('an attribute that must be present and is not makes all its policies Indeterminate', async () => {
    const documents = many(10, (i) => policy(`p${i}`, target(RESOURCE, 'id', `r${i}`, true) + rule('r', 'Permit')))
    const { point } = loadPolicies([{ file: 'x', text: documents }])
    const [result] = await point.decide({ categories: [] })
    expect([result?.decision, result?.indeterminate, result?.status.missing?.[0]?.id]).toEqual([
      'Indeterminate',
      'P',
      'id',
    ])
  })

  test('a value that is none of its type makes all its policies Indeterminate', async () => {
    const literal = (i: number) =>
      match('integer-equal', value(String(i), 'integer'), designator(RESOURCE, 'id', 'integer'))
    const documents = many(10, (i) =>
      policy(`p${i}`, `<Target><AnyOf><AllOf>${literal(i)}</AllOf></AnyOf></Target>${rule('r', 'Deny')}`),
    )
    const { point } = loadPolicies([{ file: 'x', text: documents }])
    const asked = { categories: [attributes(RESOURCE, { id: [{ type: `${XSD}integer`, text: 'many' }] })] }
    const [result] = await point.decide(asked)
    expect([result?.decision, result?.indeterminate]).toEqual(['Indeterminate', 'D'])
    expect(result?.status.code).toMatch(/syntax-error$/)
  })

  test('the number of policies that do not apply hardly matters', async () => {
    const cost = async (count: number): Promise<number> => {
      const documents = many(count, (i) =>
        policy(
          `p${i}`,
          target(RESOURCE, 'resource-id', `r${i}`) +
            rule('r', 'Permit', condition(apply('string-is-in', value('alice'), designator(SUBJECT, 'subject-id')))),
        ),
      )
      const { point } = loadPolicies([{ file: 'x', text: documents }])
      const asked = request('alice', 'r3', 'read')
      let best = Infinity
      for (let round = 0; round < 20; round++) {
        const started = process.cpuUsage()
        for (let i = 0; i < 2000; i++)
          if ((await point.decide(asked))[0]?.decision !== 'Permit') throw new Error('wrong')
        const { user, system } = process.cpuUsage(started)
        best = Math.min(best, user + system)
      }
      return best
    }
    const few = await cost(20)
    // A walk over all of them would take a hundred times as long.
    expect(await cost(2000)).toBeLessThan(few * 8)
  })
})
