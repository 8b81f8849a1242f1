import { describe, expect, test } from 'vitest'
import { Indeterminate, loadPolicies, readJsonRequest, readRequest } from './xacml.ts'
import {
  apply,
  attributes,
  condition,
  decide,
  designator,
  F1,
  F3,
  functionNamed,
  policy,
  request,
  RESOURCE,
  rule,
  SUBJECT,
  value,
  XACML,
  XSD,
} from './testing/policies.ts'

/** Milliseconds of processor time. */
async function cost(work: () => unknown): Promise<number> {
  const started = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / 1000
}

const texts = (count: number, text: (i: number) => string) =>
  Array.from({ length: count }, (_, i) => ({ type: `${XSD}string`, text: text(i) }))

const permitted = (expression: string): string => policy('p', rule('r', 'Permit', condition(expression)))

describe('requests of somebody who means harm', () => {
  test.each([
    [
      'any-of-any',
      apply(`${F3}any-of-any`, functionNamed('string-equal'), designator(SUBJECT, 'a'), designator(SUBJECT, 'b')),
    ],
    [
      'all-of-any',
      apply(`${F1}all-of-any`, functionNamed('string-equal'), designator(SUBJECT, 'a'), designator(SUBJECT, 'b')),
    ],
    [
      'all-of-all',
      apply(`${F1}all-of-all`, functionNamed('string-equal'), designator(SUBJECT, 'a'), designator(SUBJECT, 'b')),
    ],
  ])('bags whose sizes multiply are refused by %s', async (_, expression) => {
    const asked = { categories: [attributes(SUBJECT, { a: texts(20_000, String), b: texts(20_000, (i) => `b${i}`) })] }
    expect(
      await cost(async () => {
        expect((await decide(permitted(expression), asked)).status.message).toMatch(/bags are too large/)
      }),
    ).toBeLessThan(2000)
  })

  test.each(['string-subset', 'string-set-equals', 'string-at-least-one-member-of'])(
    '%s of large bags takes linear time',
    async (name) => {
      const asked = {
        categories: [attributes(SUBJECT, { a: texts(50_000, String), b: texts(50_000, (i) => `b${i}`) })],
      }
      expect(
        await cost(() => decide(permitted(apply(name, designator(SUBJECT, 'a'), designator(SUBJECT, 'b'))), asked)),
      ).toBeLessThan(2000)
    },
  )

  test('a regular expression from a request cannot run away', async () => {
    const matching = permitted(
      apply('string-regexp-match', apply('string-one-and-only', designator(SUBJECT, 'pattern')), value('x')),
    )
    for (const pattern of [
      '(a+)+$',
      '((a|a)*)*b',
      '('.repeat(2000),
      '(x*)*'.repeat(100),
      '(((((a{16}){16}){16}){16}){16})',
      '[a-z-['.repeat(500),
    ]) {
      const asked = { categories: [attributes(SUBJECT, { pattern })] }
      expect(await cost(() => decide(matching, asked))).toBeLessThan(2000)
    }
  })

  test('content selectors that would take too long are refused', async () => {
    const rows = '<r><c/></r>'.repeat(5000)
    const selector = 'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector'
    const text = `<Request xmlns="${XACML}"><Attributes Category="${RESOURCE}"><Content><t>${rows}</t></Content><Attribute AttributeId="${selector}"><AttributeValue XPathCategory="${RESOURCE}" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//*[count(//*) = 0]</AttributeValue></Attribute></Attributes></Request>`
    expect(
      await cost(async () => {
        const { status } = await decide(permitted(value('true', 'boolean')), readRequest(text).request)
        expect(status.message).toMatch(/too expensive/)
      }),
    ).toBeLessThan(2000)
  })

  test('a content selector that selects many nodes does not ask as many questions', async () => {
    const selector = 'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector'
    const text = `<Request xmlns="${XACML}"><Attributes Category="${RESOURCE}"><Content><t xmlns="">${'<c/>'.repeat(5000)}</t></Content><Attribute AttributeId="${selector}"><AttributeValue XPathCategory="${RESOURCE}" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//c</AttributeValue></Attribute></Attributes></Request>`
    expect((await decide(permitted(value('true', 'boolean')), readRequest(text).request)).status.message).toMatch(
      /more than 1000 nodes/,
    )
  })

  test('a text over which a pattern backtracks without end is matched in linear time', async () => {
    const backtracking = apply(
      'urn:oasis:names:tc:xacml:1.0:function:string-regexp-match',
      value('^(a+)+$'),
      apply('string-one-and-only', designator(SUBJECT, 'a')),
    )
    const asked = { categories: [attributes(SUBJECT, { a: `${'a'.repeat(5000)}!` })] }
    expect(
      await cost(async () => expect((await decide(permitted(backtracking), asked)).decision).toBe('NotApplicable')),
    ).toBeLessThan(500)
  })

  test('content selectors of several categories do not multiply without end', async () => {
    const selector = 'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector'
    const category = (name: string) =>
      `<Attributes Category="${name}"><Content><t xmlns="">${'<c/>'.repeat(150)}</t></Content><Attribute AttributeId="${selector}"><AttributeValue XPathCategory="${name}" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//c</AttributeValue></Attribute></Attributes>`
    const text = `<Request xmlns="${XACML}">${['urn:a', 'urn:b', 'urn:c'].map(category).join('')}</Request>`
    expect(
      await cost(async () => {
        const { status } = await decide(permitted(value('true', 'boolean')), readRequest(text).request)
        expect(status.message).toMatch(/more than 1000/)
      }),
    ).toBeLessThan(500)
  })

  test('references to repeated categories do not multiply without end', async () => {
    const categories = Array.from({ length: 30 }, (_, i) => ({ ...attributes(SUBJECT, { a: String(i) }), id: `c${i}` }))
    const resources = Array.from({ length: 30 }, (_, i) => ({ ...attributes(RESOURCE, { a: String(i) }), id: `r${i}` }))
    const all = [...categories, ...resources]
    const references = Array.from({ length: 1000 }, () => all.map(({ id }) => id))
    expect(
      await cost(async () => {
        const { status } = await decide(permitted(value('true', 'boolean')), { categories: all, references })
        expect(status.message).toMatch(/more than 1000/)
      }),
    ).toBeLessThan(500)
  })

  test('a content selector that selects nothing is a syntax error, and no empty answer', async () => {
    const selector = 'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector'
    const text = `<Request xmlns="${XACML}"><Attributes Category="${RESOURCE}"><Content><t/></Content><Attribute AttributeId="${selector}"><AttributeValue XPathCategory="${RESOURCE}" DataType="urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression">//nothing</AttributeValue></Attribute></Attributes></Request>`
    expect((await decide(permitted(value('true', 'boolean')), readRequest(text).request)).status.code).toMatch(
      /syntax-error$/,
    )
  })

  test.each([
    ['deep JSON', '['.repeat(1_000_000)],
    ['JSON of objects inside of each other', '{"Request":'.repeat(50_000)],
    ['an endless text', `"${'x'.repeat(9_000_000)}"`],
  ])('%s is a syntax error in no time', async (_, text) => {
    expect(await cost(() => expect(() => readJsonRequest(text)).toThrow(Indeterminate))).toBeLessThan(2000)
  })

  test.each([
    ['deep XML', '<a>'.repeat(100_000)],
    ['many elements', `<Request xmlns="${XACML}">${'<Attributes Category="c"/>'.repeat(250_000)}</Request>`],
    ['an entity bomb', '<!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><a>&c;</a>'],
  ])('%s is a syntax error in no time', async (_, text) => {
    expect(await cost(() => expect(() => readRequest(text)).toThrow(Indeterminate))).toBeLessThan(4000)
  })

  test('a thousand categories of one name are a thousand questions and not more', async () => {
    const categories = Array.from({ length: 1001 }, (_, i) => attributes(SUBJECT, { a: String(i) }))
    expect((await decide(permitted(value('true', 'boolean')), { categories })).status.message).toMatch(/more than 1000/)
  })

  test('mistakes of the machine itself reach the operator and not the client', async () => {
    const told: string[] = []
    const { point } = loadPolicies([{ file: 'p.xml', text: policy('p', rule('r', 'Permit')) }], {
      now: () => {
        throw new Error('the clock at /dev/secret broke')
      },
      failed: (message, cause) => told.push(`${message}: ${cause instanceof Error ? cause.message : ''}`),
    })
    const [result] = await point.decide(request('a', 'b', 'c'))
    expect([result?.decision, result?.status.message]).toEqual(['Indeterminate', 'the decision failed'])
    expect(told).toEqual(['a decision failed: the clock at /dev/secret broke'])
  })
})
