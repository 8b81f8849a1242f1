import { afterAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Settings } from 'viaduct'
import type { MemoryReply } from 'viaduct/testing'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { request } from '../../entitlement/testing/policies.ts'
import { writeJsonRequest, writeRequest } from '../../entitlement/xacml.ts'
import { memoryBus } from '../memory-bus.ts'
import { QUOTES } from './decision-home.ts'

const folder = new TestFolder({
  'policies/quotes.xml': QUOTES,
  'security/users.json': JSON.stringify({
    users: { pep: { password: 'secret', roles: ['pep'] }, other: { password: 'other' } },
  }),
})
afterAll(() => folder[Symbol.dispose]())

type Served = Settings['entitlement']['served']

async function open(served: Partial<Served>) {
  const { entitlement } = DEFAULT_SETTINGS
  const settings = { entitlement: { ...entitlement, served: { ...entitlement.served, roles: ['pep'], ...served } } }
  const bus = await memoryBus({}, { settings, home: folder.path })
  if (bus.diagnostics.length > 0) throw new Error(bus.diagnostics.join('\n'))
  return bus
}

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`
const PEP = basic('pep:secret')

const asking = (user: string) => {
  const { categories } = request(user, '/services/Quote', 'read')
  return {
    categories: categories.map((each, i) =>
      i === 0 ? { ...each, attributes: each.attributes.map((attribute) => ({ ...attribute, id: SUBJECT_ID })) } : each,
    ),
  }
}
const SUBJECT_ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'

const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`
const escaped = (xml: string): string => xml.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const getDecision = (user: string): string =>
  envelope(
    `<getDecision xmlns="http://org.apache.axis2/xsd"><request>${escaped(writeRequest(asking(user)))}</request></getDecision>`,
  )

const PDP = '/api/identity/entitlement/decision/pdp'

describe('what is not switched on', () => {
  test.each([
    '/services/EntitlementService',
    '/services/AuthenticationAdmin',
    '/services/ws-xacml',
    PDP,
    '/access/v1/evaluation',
    '/thriftAuthenticator',
  ])('%s is not there', async (target) => {
    const bus = await open({})
    const { status, text } = await bus.request({ target, body: getDecision('alice'), headers: { Authorization: PEP } })
    expect(text).not.toContain('Decision')
    // The sequence main takes what nobody serves.
    expect(status).not.toBe(401)
  })

  test('one protocol does not bring another', async () => {
    const bus = await open({ rest: true })
    const { text } = await bus.request({
      target: '/services/EntitlementService',
      body: getDecision('alice'),
      headers: { Authorization: PEP },
    })
    expect(text).not.toContain('getDecisionResponse')
  })
})

describe('who may ask', () => {
  const target = '/services/EntitlementService'

  test.each([
    ['nobody', undefined, 401],
    ['a wrong password', basic('pep:wrong'), 401],
    ['an unknown user', basic('nobody:secret'), 401],
    ['half a credential', 'Basic cGVw', 401],
    ['another scheme', 'Bearer pep', 401],
    ['a user without the role', basic('other:other'), 403],
    ['a user with the role', PEP, 200],
  ])('%s', async (_who, authorization, expected) => {
    const bus = await open({ soap: true, rest: true, authzen: true })
    const headers = authorization === undefined ? {} : { Authorization: authorization }
    const replies = await Promise.all([
      bus.request({ target, body: getDecision('alice'), headers }),
      bus.request({ target: PDP, body: writeRequest(asking('alice')), contentType: 'application/xml', headers }),
      bus.request({ target: '/access/v1/evaluation', body: AUTHZEN, contentType: 'application/json', headers }),
    ])
    expect(replies.map(({ status }) => status)).toEqual([expected, expected, expected])
    for (const { text, headers: fields } of replies) {
      if (expected !== 200) expect(text).not.toMatch(/Permit|Deny|decision"/)
      if (expected === 401) expect(fields.get('WWW-Authenticate')).toMatch(/^Basic /)
      expect(fields.get('Cache-Control')).toBe('no-store')
    }
  })

  test('every user may, when no role is named', async () => {
    const bus = await open({ soap: true, roles: [] })
    const { status } = await bus.request({
      target,
      body: getDecision('alice'),
      headers: { Authorization: basic('other:other') },
    })
    expect(status).toBe(200)
  })

  test('a session is good for the SOAP service alone, and only while it lasts', async () => {
    const bus = await open({ soap: true, rest: true, session: 1 })
    const login = (user: string, password: string) =>
      bus.request({
        target: '/services/AuthenticationAdmin',
        body: envelope(
          `<login xmlns="http://authentication.services.core.carbon.wso2.org"><username>${user}</username><password>${password}</password><remoteAddress>x</remoteAddress></login>`,
        ),
      })
    for (const [user, password] of [
      ['pep', 'wrong'],
      ['other', 'other'],
      ['', ''],
    ] as const) {
      const refused = await login(user, password)
      expect(refused.text).toContain('<ns:return>false</ns:return>')
      expect(refused.headers.get('Set-Cookie')).toBeUndefined()
    }
    const { headers } = await login('pep', 'secret')
    const cookie = headers.get('Set-Cookie') ?? ''
    expect(cookie).toMatch(/^JSESSIONID=[\w-]{32}; Path=\/; HttpOnly; SameSite=Strict$/)
    const Cookie = `a=b; ${cookie.split(';', 1)[0]}`
    const ask = (): Promise<MemoryReply> => bus.request({ target, body: getDecision('alice'), headers: { Cookie } })
    expect((await ask()).text).toContain('&lt;Decision&gt;Permit&lt;/Decision&gt;')
    const rest = await bus.request({
      target: PDP,
      body: writeRequest(asking('alice')),
      contentType: 'application/xml',
      headers: { Cookie },
    })
    expect(rest.status).toBe(401)
    advance(bus, 59_000)
    expect((await ask()).status).toBe(200)
    advance(bus, 59_000)
    expect((await ask()).status).toBe(200)
    advance(bus, 60_000)
    const ended = await ask()
    expect(ended.status).toBe(500)
    expect(ended.text).toContain('50977')
    expect(
      (await bus.request({ target, body: getDecision('alice'), headers: { Cookie: 'JSESSIONID=guess' } })).text,
    ).toContain('50977')
  })

  test('a caller that asks too often is told to wait', async () => {
    const bus = await open({ rest: true, rate: 2 })
    const ask = () =>
      bus.request({
        target: PDP,
        body: writeRequest(asking('alice')),
        contentType: 'application/xml',
        headers: { Authorization: PEP },
      })
    const statuses = [(await ask()).status, (await ask()).status, (await ask()).status]
    expect(statuses).toEqual([200, 200, 429])
    advance(bus, 500)
    expect((await ask()).status).toBe(200)
  })
})

describe('what may be asked', () => {
  test('a question that is too large is refused, announced or not', async () => {
    const bus = await open({ rest: true, requestLimit: 2000 })
    const body = `<Request>${' '.repeat(4000)}</Request>`
    for (const streamed of [false, true]) {
      const { status } = await bus.request({
        target: PDP,
        body,
        contentType: 'application/xml',
        headers: { Authorization: PEP },
        streamed,
      })
      expect(status).toBe(413)
    }
  })

  test.each([
    ['no XML', '<Request'],
    ['another element', '<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17"/>'],
    ['an entity', '<!DOCTYPE x [<!ENTITY e "x">]><Request>&e;</Request>'],
    ['nothing', ''],
  ])('EntitlementService answers %s with Indeterminate and syntax-error', async (_what, xml) => {
    const bus = await open({ soap: true })
    const body = envelope(
      `<getDecision xmlns="http://org.apache.axis2/xsd"><request>${escaped(xml)}</request></getDecision>`,
    )
    const { status, text } = await bus.request({
      target: '/services/EntitlementService',
      body,
      headers: { Authorization: PEP },
    })
    expect(status).toBe(200)
    expect(text).toContain('&lt;Decision&gt;Indeterminate&lt;/Decision&gt;')
    expect(text).toContain('status:syntax-error')
  })

  test('an operation that is not there is a fault; no SOAP is a bad request', async () => {
    const bus = await open({ soap: true })
    const ask = (body: string, contentType = 'text/xml') =>
      bus.request({ target: '/services/EntitlementService', body, contentType, headers: { Authorization: PEP } })
    const unknown = await ask(envelope('<getAllEntitlements xmlns="http://org.apache.axis2/xsd"/>'))
    expect(unknown.status).toBe(500)
    expect(unknown.text).toContain('there is no operation getAllEntitlements')
    expect((await ask('<x/>', 'application/xml')).status).toBe(400)
  })

  test.each([
    ['application/xml', undefined, 200, 'application/xml'],
    ['application/xacml+xml; version=3.0', undefined, 200, 'application/xacml+xml'],
    ['application/json', undefined, 200, 'application/json'],
    ['application/xacml+json', 'application/xml', 200, 'application/xml'],
    ['application/xml', 'application/json', 200, 'application/json'],
    ['application/json', 'text/html', 406, 'text/plain'],
    ['application/json', 'text/html, */*;q=0.1', 200, 'application/json'],
    ['text/plain', undefined, 415, 'text/plain'],
  ])('REST: %s, answered as %s', async (contentType, accept, status, type) => {
    const bus = await open({ rest: true })
    const body = contentType.includes('json') ? writeJsonRequest(asking('bob')) : writeRequest(asking('bob'))
    const headers = { Authorization: PEP, ...(accept !== undefined && { Accept: accept }) }
    const reply = await bus.request({ target: PDP, body, contentType, headers })
    expect(reply.status).toBe(status)
    expect(reply.headers.get('Content-Type')).toMatch(new RegExp(`^${type.replace('+', '\\+')}`))
    if (status === 200) expect(reply.text).toMatch(/"Decision":"Deny"|<Decision>Deny<\/Decision>/)
  })

  test('REST: what cannot be read is a bad request; the entry point shows the way', async () => {
    const bus = await open({ rest: true })
    for (const [contentType, body] of [
      ['application/json', '{'],
      ['application/json', '{"Request":{"X":1}}'],
      ['application/xml', '<a>'],
    ] as const)
      expect((await bus.request({ target: PDP, body, contentType, headers: { Authorization: PEP } })).status).toBe(400)
    const home = await bus.request({
      method: 'GET',
      target: '/api/identity/entitlement/decision/home',
      headers: { Authorization: PEP, Host: 'pdp:1' },
    })
    expect(home.text).toContain(
      'rel="http://docs.oasis-open.org/ns/xacml/relation/pdp"><atom:link href="http://pdp:1/api/identity/entitlement/decision/pdp"/>',
    )
    const searches = await bus.request({
      target: '/api/identity/entitlement/decision/entitled-attribs',
      body: '{}',
      contentType: 'application/json',
      headers: { Authorization: PEP },
    })
    expect(searches.status).toBe(501)
  })

  test('REST: by attributes, in both forms and languages', async () => {
    const bus = await open({ rest: true })
    const ask = (form: string, contentType: string, body: string) =>
      bus.request({
        target: `/api/identity/entitlement/decision/${form}`,
        body,
        contentType,
        headers: { Authorization: PEP },
      })
    const json = JSON.stringify({ subject: 'alice', resource: '/x', action: 'read', environment: ['a'] })
    const xml = '<Request><subject>bob</subject><resource>/x</resource><action>read</action></Request>'
    expect((await ask('by-attrib', 'application/json', json)).text).toContain('"Decision":"Permit"')
    expect((await ask('by-attrib', 'application/xml', xml)).text).toContain('<Decision>Deny</Decision>')
    expect((await ask('by-attrib-boolean', 'application/json', json)).text).toBe('true')
    expect((await ask('by-attrib-boolean', 'application/xml', xml)).text).toBe('<decision>false</decision>')
    expect((await ask('by-attrib', 'application/json', '{"subject":"alice"}')).status).toBe(400)
  })
})

const AUTHZEN = JSON.stringify({
  subject: { type: 'user', id: 'alice', properties: { age: 7, tags: ['a', 'b'], nested: { x: 1 } } },
  resource: { type: 'quote', id: '/services/Quote' },
  action: { name: 'read' },
  context: { time: '2026-01-01', none: null },
})

describe('AuthZEN', () => {
  const ask = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const bus = await open({ authzen: true })
    const reply = await bus.request({
      target: `/access/v1/${path}`,
      body: typeof body === 'string' ? body : JSON.stringify(body),
      contentType: 'application/json',
      headers: { Authorization: PEP, ...headers },
    })
    return { ...reply, json: reply.status === 200 ? (JSON.parse(reply.text) as unknown) : undefined }
  }
  const about = (id: string) => ({
    subject: { type: 'user', id },
    resource: { type: 'x', id: '/x' },
    action: { name: 'read' },
  })

  test('true for Permit and nothing else', async () => {
    expect((await ask('evaluation', AUTHZEN)).json).toEqual({ decision: true })
    expect((await ask('evaluation', about('bob'))).json).toEqual({ decision: false, context: { reason: 'Deny' } })
    expect((await ask('evaluation', about('nobody'))).json).toEqual({
      decision: false,
      context: { reason: 'NotApplicable' },
    })
    expect((await ask('evaluation', about('olga'))).json).toEqual({
      decision: false,
      context: { reason: 'the decision comes with obligations' },
    })
  })

  test('several questions share what they have in common, and may end early', async () => {
    const people = (semantic?: string) => ({
      resource: { type: 'x', id: '/x' },
      action: { name: 'read' },
      evaluations: ['alice', 'bob', 'alice'].map((id) => ({ subject: { type: 'user', id } })),
      ...(semantic !== undefined && { options: { evaluations_semantic: semantic } }),
    })
    const decisions = async (semantic?: string) =>
      ((await ask('evaluations', people(semantic))).json as { evaluations: { decision: boolean }[] }).evaluations.map(
        ({ decision }) => decision,
      )
    expect(await decisions()).toEqual([true, false, true])
    expect(await decisions('execute_all')).toEqual([true, false, true])
    expect(await decisions('deny_on_first_deny')).toEqual([true, false])
    expect(await decisions('permit_on_first_permit')).toEqual([true])
    expect((await ask('evaluations', people('sometimes'))).status).toBe(400)
    expect((await ask('evaluations', about('alice'))).json).toEqual({ decision: true })
    const many = {
      ...people(),
      evaluations: Array.from({ length: 101 }, () => ({ subject: { type: 'user', id: 'x' } })),
    }
    expect((await ask('evaluations', many)).status).toBe(400)
  })

  test.each([
    '{',
    '[]',
    '{}',
    '{"subject":{"type":"user"},"resource":{"type":"x","id":"y"},"action":{"name":"r"}}',
    '{"subject":"alice","resource":{"type":"x","id":"y"},"action":{"name":"r"}}',
    '{"subject":{"type":"user","id":7},"resource":{"type":"x","id":"y"},"action":{"name":"r"}}',
    '{"subject":{"type":"user","id":"a"},"resource":{"type":"x","id":"y"},"action":{"name":"r"},"context":[]}',
    '{"__proto__":{"subject":1}}',
  ])('a bad request: %s', async (body) => {
    expect((await ask('evaluation', body)).status).toBe(400)
  })

  test('the id of a request comes back; a bad one does not', async () => {
    expect((await ask('evaluation', AUTHZEN, { 'X-Request-ID': 'abc-1' })).headers.get('X-Request-ID')).toBe('abc-1')
    expect((await ask('evaluation', AUTHZEN, { 'X-Request-ID': '<x>' })).headers.get('X-Request-ID')).toBeUndefined()
  })

  test('the metadata needs no login', async () => {
    const bus = await open({ authzen: true })
    const { text } = await bus.request({
      method: 'GET',
      target: '/.well-known/authzen-configuration',
      headers: { Host: 'pdp:1' },
    })
    expect(JSON.parse(text)).toEqual({
      policy_decision_point: 'http://pdp:1',
      access_evaluation_endpoint: 'http://pdp:1/access/v1/evaluation',
      access_evaluations_endpoint: 'http://pdp:1/access/v1/evaluations',
    })
  })
})

describe('settings', () => {
  test.each<[Partial<Served>, RegExp]>([
    [{ thriftPort: 0 }, /entitlement\.served\.thriftPort needs http\.tls\.certificate and key/],
    [{ wsXacml: true }, /entitlement\.served\.wsXacml needs a key in security\.keystore/],
  ])('%j is refused without what it needs', async (served, expected) => {
    await expect(open(served)).rejects.toThrow(expected)
  })
})

function advance({ services }: Awaited<ReturnType<typeof memoryBus>>, milliseconds: number): void {
  const { platform } = services
  if ('advance' in platform && typeof platform.advance === 'function') platform.advance(milliseconds)
}
