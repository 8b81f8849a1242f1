import { afterAll, describe, expect, test } from 'vitest'
import { FIRST, policy as xacmlPolicy, request, rule, SUBJECT, target, value } from '../entitlement/testing/policies.ts'
import { writeJsonRequest, writeRequest, writeResponse } from '../entitlement/xacml.ts'
import { TestFolder } from '../runtime/testing/folder.ts'
import type { Io } from './io.ts'
import { policy } from './policy.ts'

const ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'

const obligation = `<ObligationExpressions><ObligationExpression ObligationId="audit" FulfillOn="Permit"><AttributeAssignmentExpression AttributeId="why">${value('rule')}</AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>`

const QUOTES = xacmlPolicy(
  'quotes',
  '<Target/>' +
    rule('alice', 'Permit', target(SUBJECT, ID, 'alice') + obligation) +
    rule('bob', 'Deny', target(SUBJECT, ID, 'bob')) +
    rule('needs', 'Permit', target(SUBJECT, 'department', 'sales', true)),
  FIRST,
)

const asks = (user: string) => {
  const { categories } = request(user, '/services/Quote', 'read')
  const [subject, ...others] = categories
  const attributes = subject?.attributes.map((each) => ({ ...each, id: ID })) ?? []
  return { categories: [{ category: SUBJECT, attributes }, ...others] }
}

const response = (decision: 'Permit' | 'Deny', obligations: readonly { id: string; why: string }[] = []): string =>
  writeResponse([
    {
      decision,
      status: { code: 'urn:oasis:names:tc:xacml:1.0:status:ok' },
      obligations: obligations.map(({ id, why }) => ({
        id,
        assignments: [{ attribute: 'why', value: { type: 'http://www.w3.org/2001/XMLSchema#string', text: why } }],
      })),
      advice: [],
      attributes: [],
      policies: [],
    },
  ])

const folder = new TestFolder({
  'policies/quotes.xml': QUOTES,
  'alice.xml': writeRequest(asks('alice')),
  'bob.json': writeJsonRequest(asks('bob')),
  'carol.xml': writeRequest(asks('carol')),
  'broken.xml': '<Request',
  'wrong/policy.xml': QUOTES.replace('string-equal', 'string-eqal'),
  'policies/tests/alice.request.xml': writeRequest(asks('alice')),
  'policies/tests/alice.response.xml': response('Permit', [{ id: 'audit', why: 'rule' }]),
  'policies/tests/bob/request.json': writeJsonRequest(asks('bob')),
  'policies/tests/bob/response.xml': response('Deny'),
  'failing/a.request.xml': writeRequest(asks('bob')),
  'failing/a.response.xml': response('Permit'),
  'failing/b.request.xml': writeRequest(asks('alice')),
  'failing/b.response.xml': response('Permit', [{ id: 'audit', why: 'another' }]),
  'failing/c.request.xml': '<Request',
  'failing/c.response.xml': response('Permit'),
  'failing/d.request.xml': writeRequest(asks('bob')),
  'failing/d.response.xml': response('Deny'),
  'empty/x.txt': '',
  'bare/sequences/a.xml': '<sequence xmlns="http://ws.apache.org/ns/synapse" name="a"/>',
})
afterAll(() => folder[Symbol.dispose]())

async function run(...args: readonly string[]) {
  const out: string[] = []
  const error: string[] = []
  const io: Io = {
    out: (line) => out.push(line),
    error: (line) => error.push(line),
    environment: {},
    cwd: folder.path,
    terminal: false,
  }
  return { status: await policy.run(args, io), out: out.join('\n'), error: error.join('\n') }
}

describe('eval', () => {
  test('prints the response as XML, of the home’s own policies or of a folder', async () => {
    for (const options of [[], ['--policies', 'policies']]) {
      const { status, out, error } = await run('eval', 'alice.xml', ...options)
      expect(error).toBe('')
      expect(out).toContain('<Decision>Permit</Decision>')
      expect(out).toContain('ObligationId="audit"')
      expect(status).toBe(0)
    }
  })

  test('a JSON request, a JSON answer', async () => {
    const { status, out } = await run('eval', 'bob.json', '--json')
    expect(JSON.parse(out)).toMatchObject({ Response: [{ Decision: 'Deny' }] })
    expect(status).toBe(0)
  })

  test('a request of three words', async () => {
    expect((await run('eval', '--subject', 'bob', '--resource', '/x')).out).toContain('<Decision>Deny</Decision>')
    expect((await run('eval', '--subject', 'bob')).status).toBe(2)
  })

  test('Indeterminate is exit status 1', async () => {
    const { status, out } = await run('eval', 'carol.xml')
    expect(out).toContain('<Decision>Indeterminate</Decision>')
    expect(status).toBe(1)
  })

  test('wrong policies are told with their place and not asked', async () => {
    const { status, out, error } = await run('eval', 'alice.xml', '--policies', 'wrong')
    expect(error).toMatch(/^wrong\/policy\.xml:1:\d+ error policy-function: .*string-eqal/m)
    expect([status, out]).toEqual([1, ''])
  })

  test('a home without policies says so', async () => {
    const { status, error } = await run('eval', 'alice.xml', '--home', 'bare')
    expect([status, error]).toEqual([1, 'the home has no XACML policies in policies/'])
  })

  test('a request that cannot be read is told with what is wrong', async () => {
    const { status, error } = await run('eval', 'broken.xml')
    expect(error).toMatch(/^broken\.xml: the request is not well-formed/)
    expect(status).toBe(1)
  })
})

describe('explain', () => {
  test('prints the rules as a tree, with the one that decided', async () => {
    const { status, out } = await run('explain', 'bob.json')
    expect(out).toMatch(/^Deny\n└─ » policy quotes: Deny/)
    expect(out).toMatch(/» rule bob: Deny/)
    expect(status).toBe(0)
  })

  test('names the attribute that was missing', async () => {
    const { status, out } = await run('explain', 'carol.xml')
    expect(out).toContain('missing: department of ')
    expect(status).toBe(1)
  })

  test('as JSON', async () => {
    const [only] = JSON.parse((await run('explain', 'bob.json', '--json')).out) as { result: { decision: string } }[]
    expect(only?.result.decision).toBe('Deny')
  })
})

describe('test', () => {
  test('plays the pairs of policies/tests', async () => {
    const { status, out } = await run('test')
    expect(out).toBe('ok    alice\nok    bob\n2 passed, 0 failed')
    expect(status).toBe(0)
  })

  test('says what differs', async () => {
    const { status, out } = await run('test', 'failing')
    expect(out.split('\n')).toEqual([
      'FAIL  a: expected Permit, got Deny',
      'FAIL  b: expected Permit, obligations audit(why=another), got Permit, obligations audit(why=rule)',
      expect.stringMatching(/^FAIL {2}c: the request is not well-formed/),
      'ok    d',
      '1 passed, 3 failed',
    ])
    expect(status).toBe(1)
  })

  test('as JSON', async () => {
    expect(JSON.parse((await run('test', '--json')).out)).toMatchObject({ passed: 2, failed: 0 })
  })

  test('a folder without pairs is not all right', async () => {
    expect(await run('test', 'empty')).toMatchObject({ status: 1, error: 'empty holds no request with a response' })
  })
})

test.each([
  [['judge']],
  [[]],
  [['eval', 'a', 'b']],
  [['eval', 'nowhere.xml']],
  [['eval', 'alice.xml', '--policies', 'nowhere']],
])('usage: %j', async (args) => {
  expect((await run(...args)).status).toBe(2)
})
