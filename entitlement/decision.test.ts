import { type DecisionResult, Fault, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { decisionOf } from './decision.ts'

const result = (more: Partial<DecisionResult> = {}): DecisionResult => ({
  decision: 'Permit',
  status: { code: 'urn:oasis:names:tc:xacml:1.0:status:ok' },
  obligations: [],
  advice: [],
  attributes: [],
  policies: [],
  ...more,
})

const XSD = 'http://www.w3.org/2001/XMLSchema#string'
const duty = (id: string, text = 'x') => ({ id, assignments: [{ attribute: 'a', value: { type: XSD, text } }] })

test('the answers to one question permit only when each does', () => {
  const [permit, deny, unknown] = [result(), result({ decision: 'Deny' }), result({ decision: 'NotApplicable' })]
  expect(decisionOf([permit]).decision).toBe('Permit')
  expect(decisionOf([permit, permit]).decision).toBe('Permit')
  expect(decisionOf([permit, deny, unknown]).decision).toBe('Deny')
  expect(decisionOf([unknown, deny]).decision).toBe('NotApplicable')
  expect(() => decisionOf([])).toThrow(new Fault(0, 'Undefined Decision is received'))
})

test('the reason is the message of the status, or what was missing', () => {
  const missing = [{ category: 'c', id: 'role', type: XSD }]
  expect(decisionOf([result({ status: { code: 'x', message: 'because' } })]).reason).toBe('because')
  expect(decisionOf([result({ status: { code: 'x', missing } })]).reason).toBe('missing: role')
  expect(decisionOf([result()]).reason).toBeUndefined()
})

describe('obligations and advice', () => {
  const { obligations, advice } = decisionOf([
    result({ obligations: [duty('one', 'a < b & "c"'), duty('two')], advice: [duty('three')] }),
  ])

  test('are one element in the namespace of XACML 3.0', () => {
    expect(obligations?.ids).toEqual(['one', 'two'])
    expect(printXml(obligations?.element() ?? duty0())).toBe(
      `<Obligations xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"><Obligation ObligationId="one"><AttributeAssignment AttributeId="a" DataType="${XSD}">a &lt; b &amp; "c"</AttributeAssignment></Obligation><Obligation ObligationId="two"><AttributeAssignment AttributeId="a" DataType="${XSD}">x</AttributeAssignment></Obligation></Obligations>`,
    )
    expect(printXml(advice?.element() ?? duty0())).toMatch(/^<AssociatedAdvice xmlns="[^"]*"><Advice AdviceId="three">/)
  })

  test('are a new copy each time, which nobody else has', () => {
    const [one, other] = [obligations?.element(), obligations?.element()]
    expect(one).not.toBe(other)
    expect(one?.parent).toBeNull()
    if (one !== undefined) one.children = []
    expect(other?.children).toHaveLength(2)
  })

  test('are absent when there are none', () => {
    expect(decisionOf([result()])).toMatchObject({ obligations: undefined, advice: undefined })
  })
})

const duty0 = (): never => {
  throw new Error('there are none')
}
