import { setTimeout as wait } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import type { AttributeQuery, AttributeSource, DecisionAttribute } from 'viaduct'
import { loadPolicies } from '../xacml.ts'
import {
  apply,
  condition,
  decide,
  designator,
  FIRST,
  policy,
  request,
  RESOURCE,
  rule,
  shown,
  SUBJECT,
  target,
  value,
  XSD,
} from '../testing/policies.ts'

const text = (id: string, ...texts: readonly string[]): DecisionAttribute => ({
  id,
  values: texts.map((each) => ({ type: `${XSD}string`, text: each })),
})

const source = (
  attributes: readonly string[],
  find: (query: AttributeQuery) => readonly DecisionAttribute[] | Promise<readonly DecisionAttribute[]>,
  more: Partial<AttributeSource> = {},
): AttributeSource => ({ name: 'test', category: SUBJECT, attributes, find, ...more })

const needs = (id: string, wanted: string, mustBePresent = false): string =>
  condition(apply('string-is-in', value(wanted), designator(SUBJECT, id, 'string', mustBePresent)))

const asksRole = policy('p', rule('r', 'Permit', needs('role', 'doctor')))
const alice = request('alice', 'r', 'read')

describe('attribute sources', () => {
  test('are asked for what a request does not say, about the subject it names', async () => {
    const sources = [
      source(['role'], async ({ values, category, id }) => {
        expect([category, id]).toEqual([SUBJECT, 'role'])
        return values(SUBJECT, 'subject-id')[0] === 'alice' ? [text('role', 'doctor')] : []
      }),
    ]
    expect((await decide(asksRole, alice, { sources })).decision).toBe('Permit')
    expect((await decide(asksRole, request('bob', 'r', 'read'), { sources })).decision).toBe('NotApplicable')
  })

  test('are not asked for what the request says, or for what no policy wants', async () => {
    let calls = 0
    const sources = [source(['role', 'subject-id'], async () => (calls++, []))]
    const given = { categories: [{ category: SUBJECT, attributes: [text('role', 'nurse')] }] }
    expect((await decide(asksRole, given, { sources })).decision).toBe('NotApplicable')
    expect((await decide(policy('p', rule('r', 'Permit')), alice, { sources })).decision).toBe('Permit')
    expect(calls).toBe(0)
  })

  test('make no promise of a decision that does not need them', () => {
    const { point } = loadPolicies([{ file: 'p', text: policy('p', rule('r', 'Permit')) }], {
      sources: [source(['role'], async () => [])],
    })
    expect(point.decide(alice)).not.toBeInstanceOf(Promise)
  })

  test('that answer at once make no promise either', () => {
    const { point } = loadPolicies([{ file: 'p', text: asksRole }], {
      sources: [source(['role'], () => [text('role', 'doctor')])],
    })
    expect(point.decide(alice)).toMatchObject([{ decision: 'Permit' }])
  })

  test('are asked once in a decision, however often policies look', async () => {
    let calls = 0
    const sources = [source(['role'], async () => (calls++, [text('role', 'nurse')]))]
    const rules = Array.from({ length: 20 }, (_, i) => rule(`r${i}`, 'Permit', needs('role', 'doctor'))).join('')
    await decide(policy('p', rules), alice, { sources })
    expect(calls).toBe(1)
  })

  test('give several attributes at once', async () => {
    const asked: string[] = []
    const sources = [
      source(['role', 'ward'], async ({ id }) => (asked.push(id), [text('role', 'doctor'), text('ward', '7')])),
    ]
    const both = policy('p', rule('a', 'Permit', needs('role', 'nurse')) + rule('b', 'Permit', needs('ward', '7')))
    expect((await decide(both, alice, { sources })).decision).toBe('Permit')
    expect(asked).toEqual(['role'])
  })

  test('may build on what another one has found', async () => {
    const sources = [
      source(['department'], async () => [text('department', 'surgery')]),
      source(['building'], async ({ values }) => [
        text('building', `of ${values(SUBJECT, 'department')[0] ?? 'nobody'}`),
      ]),
    ]
    const both = policy(
      'p',
      rule('a', 'Deny', needs('department', 'x')) + rule('b', 'Permit', needs('building', 'of surgery')),
      FIRST,
    )
    expect((await decide(both, alice, { sources })).decision).toBe('Permit')
  })

  test('are asked in their order until one finds something', async () => {
    const asked: string[] = []
    const sources = [
      source(['role'], async () => (asked.push('first'), [])),
      source(['role'], async () => (asked.push('second'), [text('role', 'doctor')])),
      source(['role'], async () => (asked.push('third'), [])),
    ]
    expect((await decide(asksRole, alice, { sources })).decision).toBe('Permit')
    expect(asked).toEqual(['first', 'second'])
  })

  test('that find nothing leave an attribute missing', async () => {
    const sources = [source(['role'], async () => [])]
    const result = await decide(policy('p', rule('r', 'Permit', needs('role', 'x', true))), alice, { sources })
    expect([shown(result), result.status.missing?.[0]?.id]).toEqual(['Indeterminate{P}', 'role'])
  })

  test.each([
    ['that reject', async () => Promise.reject(new Error('password hunter2 is wrong'))],
    [
      'that throw',
      () => {
        throw new Error('password hunter2 is wrong')
      },
    ],
  ])('%s make the rule Indeterminate, and tell clients their name alone', async (_, find) => {
    const told: string[] = []
    const result = await decide(policy('p', rule('r', 'Deny', needs('role', 'x'))), alice, {
      sources: [source(['role'], find)],
      failed: (message, cause) => told.push(`${message}: ${cause instanceof Error ? cause.message : ''}`),
    })
    expect(told).toEqual(['the attribute source test failed: password hunter2 is wrong'])
    expect([shown(result), result.status.message]).toEqual(['Indeterminate{D}', 'the attribute source test failed'])
    expect(JSON.stringify(result)).not.toContain('hunter2')
  })

  test('that fail do no harm to rules that do not need them', async () => {
    const text2 = policy(
      'p',
      rule('a', 'Permit', target(SUBJECT, 'subject-id', 'alice')) + rule('b', 'Deny', needs('role', 'x')),
      FIRST,
    )
    const sources = [source(['role'], async () => Promise.reject(new Error('down')))]
    expect((await decide(text2, alice, { sources })).decision).toBe('Permit')
  })

  test('that do not answer in time are given up, and are told', async () => {
    let aborted = false
    const find = ({ signal }: AttributeQuery) => {
      signal.addEventListener('abort', () => (aborted = true))
      return wait(60_000, [], { ref: false })
    }
    const started = performance.now()
    const result = await decide(asksRole, alice, { sources: [source(['role'], find, { timeout: 50 })] })
    expect(shown(result)).toBe('Indeterminate{P}')
    expect(performance.now() - started).toBeLessThan(5000)
    expect(aborted).toBe(true)
  })

  test('are given up when nobody wants the decision any more', async () => {
    const abort = new AbortController()
    const { point } = loadPolicies([{ file: 'p', text: asksRole }], {
      sources: [source(['role'], () => wait(60_000, [], { ref: false }), { timeout: 60_000 })],
    })
    const decision = point.decide(alice, abort.signal)
    abort.abort()
    expect((await decision)[0]?.decision).toBe('Indeterminate')
  })

  test('that never find what is asked for do not keep a decision going', async () => {
    let calls = 0
    const sources = [source(['role', 'ward'], async () => (calls++, [text('other', 'x')]))]
    expect((await decide(asksRole, alice, { sources })).decision).toBe('NotApplicable')
    expect(calls).toBe(1)
  })

  test('of other categories are left alone', async () => {
    const sources = [source(['role'], async () => Promise.reject(new Error('asked')), { category: RESOURCE })]
    expect((await decide(asksRole, alice, { sources })).decision).toBe('NotApplicable')
  })

  test('serve explanations as well, which begin again with every answer', async () => {
    const { point } = loadPolicies([{ file: 'p', text: asksRole }], {
      sources: [source(['role'], async () => [text('role', 'doctor')])],
    })
    const [explanation] = await point.explain(alice)
    expect(explanation?.result.decision).toBe('Permit')
    expect(explanation?.steps).toHaveLength(1)
    expect(explanation?.missing).toEqual([])
  })
})
