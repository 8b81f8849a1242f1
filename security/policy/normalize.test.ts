import { describe, expect, test } from 'vitest'
import { policyElement, policyText, readTexts } from '../testing/policies.ts'
import { type Alternative, normalize } from './normalize.ts'

const names = (alternatives: readonly Alternative[]): string[] =>
  alternatives.map((alternative) => alternative.map(({ name }) => name).join(' '))

function normal(...policies: readonly string[]): { names: string[]; failures: string[] } {
  const failures: string[] = []
  const elements = policies.map((policy) => policyElement(policyText(policy)))
  const found = normalize(elements, {
    find: (uri) => (uri === '#self' ? elements[0] : uri === '#other' ? elements[1] : undefined),
    fail: (code, message, at) => failures.push(`${at.line}:${at.column} ${code} ${message}`),
  })
  return { names: names(found), failures }
}

describe('normalize', () => {
  test('assertions directly in a policy are one alternative', () => {
    expect(normal('<sp:A/><sp:B/>').names).toEqual(['A B'])
  })

  test('an empty policy has one alternative that asks for nothing, an empty ExactlyOne has none', () => {
    expect(normal('').names).toEqual([''])
    expect(normal('<wsp:ExactlyOne/>').names).toEqual([])
  })

  test('ExactlyOne gives an alternative for each child, in order', () => {
    expect(normal('<wsp:ExactlyOne><sp:A/><wsp:All><sp:B/><sp:C/></wsp:All></wsp:ExactlyOne>').names).toEqual([
      'A',
      'B C',
    ])
  })

  test('All multiplies the alternatives of its children', () => {
    const either = (a: string, b: string): string => `<wsp:ExactlyOne><sp:${a}/><sp:${b}/></wsp:ExactlyOne>`
    expect(normal(`<wsp:All>${either('A', 'B')}${either('C', 'D')}</wsp:All>`).names).toEqual([
      'A C',
      'A D',
      'B C',
      'B D',
    ])
  })

  test('an optional assertion is an alternative with it and then one without', () => {
    expect(normal('<sp:A wsp:Optional="true"/><sp:B/>').names).toEqual(['A B', 'B'])
    expect(normal('<sp:A wsp15:Optional="1"/>').names).toEqual(['A', ''])
    expect(normal('<sp:A wsp:Optional="false"/>').names).toEqual(['A'])
  })

  test('an optional operator is optional as a whole', () => {
    expect(normal('<wsp:All wsp:Optional="true"><sp:A/><sp:B/></wsp:All>').names).toEqual(['A B', ''])
  })

  test('the operators of WS-Policy 1.5 and 1.2 mix', () => {
    expect(
      normal('<wsp15:ExactlyOne><wsp15:All><sp:A/></wsp15:All><wsp:All><sp:B/></wsp:All></wsp15:ExactlyOne>').names,
    ).toEqual(['A', 'B'])
  })

  test('alternatives of a nested policy become alternatives of the assertion', () => {
    const nested = '<sp:A><wsp:Policy><wsp:ExactlyOne><sp:X/><sp:Y/></wsp:ExactlyOne></wsp:Policy></sp:A>'
    const found = normalize([policyElement(policyText(nested))], { find: () => undefined, fail: () => {} })
    expect(found.map(([assertion]) => assertion?.nested?.map(({ name }) => name))).toEqual([['X'], ['Y']])
  })

  test('COMPAT sp-policy-misspelt: sp:Policy inside an assertion is its nested policy', () => {
    const found = normalize([policyElement(policyText('<sp:A><sp:Policy><sp:X/></sp:Policy></sp:A>'))], {
      find: () => undefined,
      fail: () => {},
    })
    expect(found[0]?.[0]?.nested?.map(({ name }) => name)).toEqual(['X'])
  })

  test('policies attached at different places hold together', () => {
    expect(normal('<sp:A/>', '<wsp:ExactlyOne><sp:B/><sp:C/></wsp:ExactlyOne>').names).toEqual(['A B', 'A C'])
  })

  test('a reference stands for the policy it names', () => {
    expect(normal('<sp:A/><wsp:PolicyReference URI="#other"/>', '<sp:B/>').names).toEqual(['A B B'])
  })

  test('a reference to nothing, and one to itself, are mistakes at their place', () => {
    expect(normal('<wsp:PolicyReference URI="#gone"/>').failures).toEqual([
      '2:1 reference-unresolved there is no policy "#gone"',
    ])
    const { failures } = normal('<sp:A/>\n <wsp:PolicyReference URI="#self"/>')
    expect(failures).toEqual(['3:2 reference-unresolved the policy "#self" refers to itself'])
  })

  test('an unknown operator is a mistake at its place', () => {
    expect(normal('\n<wsp:OneOrMore/>').failures).toEqual([
      '3:1 element-unknown <OneOrMore> is no operator of WS-Policy',
    ])
  })

  test('alternatives that multiply without bound are refused, and cost nothing', () => {
    const started = performance.now()
    const { failures } = normal('<sp:A wsp:Optional="true"/>'.repeat(64))
    expect(failures).toEqual(['2:163 constraint-violated the policy has more than 64 alternatives'])
    expect(performance.now() - started).toBeLessThan(500)
  })

  test('nested policies without end are refused', () => {
    const deep = '<sp:A><wsp:Policy>'.repeat(80) + '</wsp:Policy></sp:A>'.repeat(80)
    expect(normal(deep).failures).toEqual([expect.stringContaining('deeper than 64 levels')])
  })

  test('a mistake that stands in several alternatives is told once', () => {
    const { diagnostics } = readTexts([policyText('<sp:Wss12/><wsp:ExactlyOne><wsp:All/><wsp:All/></wsp:ExactlyOne>')])
    expect(diagnostics).toEqual([
      'p.xml:2:1 error element-unknown: WS-SecurityPolicy has no assertion <Wss12>; did you mean "Wss10"?',
    ])
  })
})
