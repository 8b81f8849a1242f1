import { Fault, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { readDecision } from './read-decision.ts'

const XACML = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
const response = (results: string, attributes = `xmlns="${XACML}"`): string =>
  `<Response ${attributes}>${results}</Response>`
const result = (decision: string, more = ''): string => `<Result><Decision>${decision}</Decision>${more}</Result>`

describe('a response', () => {
  test.each(['Permit', 'Deny', 'NotApplicable', 'Indeterminate'])('says %s, in whatever namespace', (decision) => {
    for (const attributes of [`xmlns="${XACML}"`, '', 'xmlns="urn:oasis:names:tc:xacml:2.0:context:schema:os"'])
      expect(readDecision(response(result(decision), attributes)).decision).toBe(decision)
    const prefixed = `<x:Response xmlns:x="${XACML}"><x:Result><x:Decision>${decision}</x:Decision></x:Result></x:Response>`
    expect(readDecision(prefixed).decision).toBe(decision)
  })

  test.each([' Permit ', 'permit', 'PERMIT', 'Permit\n', '', 'Yes'])('that says %j grants nothing', (decision) => {
    expect(readDecision(response(result(decision))).decision).not.toBe('Permit')
  })

  test('of several results permits only when each does', () => {
    expect(readDecision(response(result('Permit') + result('Permit'))).decision).toBe('Permit')
    expect(readDecision(response(result('Permit') + result('Deny'))).decision).toBe('Deny')
    expect(readDecision(response(result('Deny') + result('Permit'))).decision).toBe('Deny')
  })

  test('keeps obligations and advice as they are, and gives each reader a copy', () => {
    const duties =
      '<Status><StatusMessage> because </StatusMessage></Status>' +
      '<Obligations><Obligation ObligationId="a"><AttributeAssignment AttributeId="x" DataType="t">1</AttributeAssignment></Obligation><Obligation ObligationId="b"/></Obligations>' +
      '<AssociatedAdvice><Advice AdviceId="c"/></AssociatedAdvice>'
    const { obligations, advice, reason } = readDecision(response(result('Permit', duties)))
    expect(obligations?.ids).toEqual(['a', 'b'])
    expect(advice?.ids).toEqual(['c'])
    expect(reason).toBe('because')
    const first = obligations?.element()
    if (first === undefined) throw new Error('there are none')
    expect(printXml(first)).toMatch(
      /^<Obligations xmlns="urn:oasis:names:tc:xacml:3\.0:core:schema:wd-17"><Obligation ObligationId="a">/,
    )
    first.children = []
    expect(obligations?.element().children).toHaveLength(2)
  })

  test('obligations count in any namespace; empty ones are none', () => {
    const foreign =
      '<Obligations xmlns="urn:oasis:names:tc:xacml:2.0:policy:schema:os"><Obligation ObligationId="a" FulfillOn="Permit"/></Obligations>'
    expect(readDecision(response(result('Permit', foreign))).obligations?.ids).toEqual(['a'])
    expect(readDecision(response(result('Permit', '<Obligations/>'))).obligations).toBeUndefined()
  })

  test.each([
    ['no XML', 'Permit'],
    ['an unfinished one', '<Response>'],
    ['another element', '<Request/>'],
    ['no result', response('')],
    ['no decision', response('<Result/>')],
    ['two decisions', response('<Result><Decision>Permit</Decision><Decision>Deny</Decision></Result>')],
    [
      'obligations twice',
      response(result('Permit', '<Obligations/><Obligations><Obligation ObligationId="a"/></Obligations>')),
    ],
    ['an entity', `<!DOCTYPE r [<!ENTITY p "Permit">]>${response(result('&p;'))}`],
    ['nesting without end', '<Response>'.repeat(300)],
  ])('is refused when it is %s', (_what, text) => {
    expect(() => readDecision(text)).toThrow(Fault)
  })
})
