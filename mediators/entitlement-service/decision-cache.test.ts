import * as fc from 'fast-check'
import { type DecisionRequest, parseXml } from 'viaduct'
import { createDeployment, RecordedLog, TestPlatform, testServices } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { FIRST, policy, rule, SUBJECT, target } from '../../entitlement/testing/policies.ts'
import { createPoint, enforcement } from '../testing/enforcement.ts'
import { questionKey } from './decision-cache.ts'

const ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
const POLICIES = [
  policy(
    'quotes',
    '<Target/>' +
      rule('alice', 'Permit', target(SUBJECT, ID, 'alice')) +
      rule('bob', 'Deny', target(SUBJECT, ID, 'bob')) +
      rule('doubt', 'Permit', target(SUBJECT, 'nowhere', 'x', true)),
    FIRST,
  ),
]
const NAME = 'entitlement:test/entitlementService[1]'

describe('a cache', () => {
  const cached = (attributes: string) =>
    enforcement(`<entitlementService ${attributes}><onReject/></entitlementService>`, { policies: POLICIES })

  test('answers a question that was asked before, until its time is over', async () => {
    const { send, questions, platform, services } = cached(
      'cacheType="simple" invalidationInterval="1000" maxCacheEntries="10"',
    )
    await send({ user: 'alice' })
    await send({ user: 'alice' })
    expect(questions).toHaveLength(1)
    platform.advance(999)
    await send({ user: 'alice' })
    expect(questions).toHaveLength(1)
    platform.advance(1)
    await send({ user: 'alice' })
    expect(questions).toHaveLength(2)
    expect(services.metrics.caches.get(NAME)).toEqual({ hits: 2, misses: 2, entries: 1 })
  })

  test('tells questions apart: by subject, resource, action', async () => {
    const { send, questions } = cached('cacheType="simple" invalidationInterval="1000" maxCacheEntries="10"')
    await send({ user: 'alice' })
    await send({ user: 'bob' })
    await send({ user: 'alice', target: '/services/Other' })
    expect(questions).toHaveLength(3)
  })

  test('a denied message is denied by the cache too', async () => {
    const { send, questions, passed } = enforcement(
      '<entitlementService cacheType="simple" invalidationInterval="1000" maxCacheEntries="10"><onAccept><mark name="accepted"/></onAccept><onReject><mark name="rejected"/></onReject></entitlementService>',
      { policies: POLICIES },
    )
    for (const user of ['bob', 'bob', 'alice', 'alice']) await send({ user })
    expect(passed).toEqual(['rejected', 'rejected', 'accepted', 'accepted'])
    expect(questions).toHaveLength(2)
  })

  test('beyond its size forgets what has not been asked for longest', async () => {
    const { send, questions, services } = cached('cacheType="simple" invalidationInterval="1000" maxCacheEntries="2"')
    await send({ user: 'alice' })
    await send({ user: 'bob' })
    await send({ user: 'alice' })
    await send({ user: 'alice', target: '/services/Other' })
    expect(questions).toHaveLength(3)
    await send({ user: 'alice' })
    expect(questions).toHaveLength(3)
    await send({ user: 'bob' })
    expect(questions).toHaveLength(4)
    expect(services.metrics.caches.get(NAME)?.entries).toBe(2)
  })

  test('does not keep an answer in doubt', async () => {
    const { send, questions } = cached('cacheType="simple" invalidationInterval="1000" maxCacheEntries="10"')
    await send({ user: 'carol' })
    await send({ user: 'carol' })
    expect(questions).toHaveLength(2)
  })

  test('does not keep a failure', async () => {
    let asked = 0
    const point = {
      decide() {
        asked++
        return Promise.reject(new Error('down'))
      },
    }
    const { send } = enforcement(
      '<entitlementService cacheType="simple" invalidationInterval="1000" maxCacheEntries="10"/>',
      { point },
    )
    for (let i = 0; i < 2; i++) expect((await send({ user: 'alice' })).status).toBe(500)
    expect(asked).toBe(2)
  })

  test('keeps obligations, and each message gets its own copy', async () => {
    const obliged = [
      policy(
        'p',
        `<Target/>${rule('r', 'Permit', '<ObligationExpressions><ObligationExpression ObligationId="o" FulfillOn="Permit"/></ObligationExpressions>')}`,
      ),
    ]
    const { send, questions, passed, diagnostics } = enforcement(
      `<entitlementService cacheType="carbon"><obligations><mark name="fulfilled"/><payloadFactory media-type="xml"><format><changed/></format><args/></payloadFactory></obligations><onAccept><mark name="accepted"/></onAccept></entitlementService>`,
      { policies: obliged },
    )
    expect(diagnostics).toEqual([])
    for (let i = 0; i < 3; i++) await send({ user: 'alice' })
    expect(questions).toHaveLength(1)
    expect(passed).toEqual(Array.from({ length: 3 }, () => ['fulfilled', 'accepted']).flat())
  })

  test.each([
    'cacheType="simple"',
    'cacheType="simple" invalidationInterval="1000"',
    'cacheType="simple" maxCacheEntries="10"',
    'cacheType="simple" invalidationInterval="1000" maxCacheEntries="0"',
    'cacheType="simple" invalidationInterval="-1" maxCacheEntries="10"',
  ])('that keeps nothing is a warning: %s', async (attributes) => {
    const { send, questions, diagnostics } = cached(attributes)
    expect(diagnostics).toEqual([
      'test.xml:1:1 warning attribute-idle: the cache keeps nothing: it needs invalidationInterval and maxCacheEntries above 0',
    ])
    for (let i = 0; i < 2; i++) await send({ user: 'alice' })
    expect(questions).toHaveLength(2)
  })

  test('of carbon keeps answers without being told how long; limits that are out of reach become 10000', async () => {
    for (const attributes of [
      'cacheType="carbon"',
      'cacheType="simple" invalidationInterval="9" maxCacheEntries="-1"',
      'cacheType="simple" invalidationInterval="9" maxCacheEntries="20000"',
    ]) {
      const { send, questions } = cached(attributes)
      for (let i = 0; i < 2; i++) await send({ user: 'alice' })
      expect(questions).toHaveLength(1)
    }
  })

  test('survives a reload while the policies stay the same, and no longer', async () => {
    const services = testServices({ platform: new TestPlatform(), log: new RecordedLog() })
    const deployment = createDeployment({ services })
    const xml = '<entitlementService cacheType="carbon"><onReject/></entitlementService>'
    const { point, questions } = createPoint(POLICIES)
    for (let reload = 0; reload < 3; reload++)
      await enforcement(xml, { point, services, deployment }).send({ user: 'alice', deployment })
    expect(questions).toHaveLength(1)
    const others = createPoint(POLICIES)
    await enforcement(xml, { point: others.point, services, deployment }).send({ user: 'alice', deployment })
    expect(others.questions).toHaveLength(1)
  })
})

describe('the key of a question', () => {
  const asked = (...categories: DecisionRequest['categories']): DecisionRequest => ({ categories })
  const category = (name: string, ...attributes: readonly [id: string, ...values: string[]][]) => ({
    category: name,
    attributes: attributes.map(([id, ...values]) => ({ id, values: values.map((text) => ({ type: 't', text })) })),
  })

  test('is the same in whatever order its parts come', () => {
    const [a, b] = [category('a', ['1', 'x', 'y'], ['2', 'z']), category('b', ['3', 'w'])]
    const turned = category('a', ['2', 'z'], ['1', 'y', 'x'])
    expect(questionKey(asked(a, b))).toBe(questionKey(asked(b, turned)))
  })

  test('differs where texts run into each other', () => {
    const keys = [
      asked(category('a', ['b', 'c'])),
      asked(category('ab', ['', 'c'])),
      asked(category('a', ['bc', ''])),
      asked(category('', ['ab', 'c'])),
      asked(category('a', ['b', 'c', ''])),
      asked(category('S', ['s', 'c'])),
      asked(category('urn:oasis:names:tc:xacml:1.0:subject-category:access-subject', ['s', 'c'])),
      asked(category('1:a', ['b', 'c'])),
    ].map(questionKey)
    expect(new Set(keys).size).toBe(keys.length)
  })

  test('the content of a category and the issuer of an attribute count', () => {
    const plain = asked(category('a', ['b', 'c']))
    const [first] = plain.categories
    if (first === undefined) throw new Error('there is none')
    const contents = ['<x>1</x>', '<x>2</x>'].map((xml) => asked({ ...first, content: parseXml(xml).root }))
    const issued = asked({ ...first, attributes: first.attributes.map((each) => ({ ...each, issuer: 'me' })) })
    expect(new Set([plain, ...contents, issued].map(questionKey)).size).toBe(4)
  })

  test('a question that is too long is not kept', () => {
    expect(questionKey(asked(category('a', ['b', 'x'.repeat(10_000)])))).toBeUndefined()
  })

  test('is the same only for questions that are the same', () => {
    const text = fc.constantFrom('', 'a', 'b', 'ab', '1:', '1:a', '2:ab', 'S', 't', '<')
    const questions = fc.array(fc.tuple(text, text, text, text), { minLength: 1, maxLength: 3 })
    const requestOf = (rows: readonly (readonly [string, string, string, string])[]): DecisionRequest => ({
      categories: rows.map(([name, id, type, value]) => ({
        category: name,
        attributes: [{ id, values: [{ type, text: value }] }],
      })),
    })
    const same = (rows: readonly (readonly string[])[]) =>
      JSON.stringify(rows.map((row) => JSON.stringify(row)).toSorted())
    fc.assert(
      fc.property(questions, questions, (one, other) => {
        // Rows in another order are the same question only when they are sorted: up to three come in a fixed order.
        const equal = questionKey(requestOf(one)) === questionKey(requestOf(other))
        return equal ? same(one) === same(other) : JSON.stringify(one) !== JSON.stringify(other)
      }),
    )
  })
})
