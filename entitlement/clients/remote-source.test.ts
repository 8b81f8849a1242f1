import { DEFAULT_SETTINGS, type DecisionSourceOptions, Fault } from 'viaduct'
import { type Backend, createContext, MemorySender, type SentRequest, sendersOf, testServices } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { request } from '../testing/policies.ts'
import { createRemoteSource, objectionTo } from './remote-source.ts'

const OPTIONS: DecisionSourceOptions = {
  client: 'basicAuth',
  url: 'https://pdp/services',
  user: 'pep',
  password: 'ä:secret',
  thriftHost: 'pdp',
  thriftPort: 10_500,
  reuseSession: true,
}

const XACML = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
const PERMIT = `<Response xmlns="${XACML}"><Result><Decision>Permit</Decision></Result></Response>`
const escaped = (xml: string): string => xml.replaceAll('<', '&lt;')
const envelope = (body: string): string =>
  `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>${body}</s:Body></s:Envelope>`
const returning = (operation: string, value: string): string =>
  envelope(
    `<ns:${operation}Response xmlns:ns="http://org.apache.axis2/xsd"><ns:return>${value}</ns:return></ns:${operation}Response>`,
  )
const fault = (code: string, text = 'no'): string =>
  envelope(`<s:Fault><faultcode>s:${code}</faultcode><faultstring>${text}</faultstring></s:Fault>`)

function remote(
  backend: Backend,
  options: Partial<DecisionSourceOptions> = {},
  settings: Partial<typeof DEFAULT_SETTINGS.entitlement> = {},
) {
  const sender = new MemorySender(backend)
  const entitlement = { ...DEFAULT_SETTINGS.entitlement, ...settings }
  const services = testServices({ senders: sendersOf(sender), settings: { entitlement } })
  const source = createRemoteSource({ ...OPTIONS, ...options }, services, undefined)
  const context = () => createContext({ services, body: '<x/>', headers: { 'X-Correlation-ID': 'c-1' } })
  const ask = async (ctx = context()) => await source.ask(request('ann', '/x', 'read'), ctx)
  return { ask, sender, source, context }
}

const refusal = async (asked: Promise<unknown>): Promise<string> => {
  try {
    await asked
    return 'answered'
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.message : 'no fault'
  }
}

describe('basicAuth', () => {
  test('asks getDecision with everything that Identity Server expects', async () => {
    const { ask, sender } = remote(() => ({ body: returning('getDecision', escaped(PERMIT)) }))
    expect((await ask()).decision).toBe('Permit')
    const [sent] = sender.requests as [SentRequest]
    expect(sent.url).toBe('https://pdp/services/EntitlementService')
    expect(sent.method).toBe('POST')
    expect(sent.headers.get('Authorization')).toBe(`Basic ${Buffer.from('pep:ä:secret').toString('base64')}`)
    expect(sent.headers.get('SOAPAction')).toBe('"urn:getDecision"')
    expect(sent.headers.get('Content-Type')).toBe('text/xml; charset=UTF-8')
    expect(sent.headers.get('X-Correlation-ID')).toBe('c-1')
    expect(sent.headers.get('traceparent')).toMatch(/^00-/)
    expect(sent.text).toContain('<p:getDecision xmlns:p="http://org.apache.axis2/xsd"><p:request>&lt;Request xmlns=')
  })

  test.each<[string, Backend, RegExp]>([
    ['HTTP 401', () => ({ status: 401 }), /EntitlementService refuses the user "pep" \(HTTP 401\)/],
    [
      'HTTP 403',
      () => ({ status: 403, contentType: 'text/html', body: '<html/>' }),
      /refuses the user "pep" \(HTTP 403\)/,
    ],
    ['HTTP 404', () => ({ status: 404 }), /answered HTTP 404/],
    ['a redirect', () => ({ status: 302, headers: { Location: 'https://evil/' } }), /answered HTTP 302/],
    [
      'a fault',
      () => ({ status: 500, body: fault('Server', 'Error occurred') }),
      /answered the fault (?:Server|Receiver): Error occurred/,
    ],
    ['a fault with HTTP 200', () => ({ body: fault('Server') }), /answered the fault/],
    ['nothing', () => ({}), /did not answer getDecision/],
    ['no SOAP', () => ({ contentType: 'application/xml', body: PERMIT }), /did not answer getDecision/],
    ['JSON', () => ({ contentType: 'application/json', body: '{"decision":true}' }), /did not answer getDecision/],
    ['another operation', () => ({ body: returning('getBooleanDecision', 'true') }), /did not answer getDecision/],
    [
      'an empty answer',
      () => ({ body: envelope('<ns:getDecisionResponse xmlns:ns="http://org.apache.axis2/xsd"/>') }),
      /the answer of getDecision is empty/,
    ],
    ['a word instead of a response', () => ({ body: returning('getDecision', 'Permit') }), /not well-formed/],
    [
      'an envelope that ends early',
      () => ({ body: returning('getDecision', escaped(PERMIT)).slice(0, -20) }),
      /did not answer getDecision|cannot be understood/,
    ],
    ['a connection that fails', () => new Fault(101503, 'nobody is there'), /nobody is there/],
  ])('%s is a fault', async (_what, backend, expected) => {
    expect(await refusal(remote(backend).ask())).toMatch(expected)
  })

  test('an answer that is too large is not read to its end', async () => {
    const { ask } = remote(
      () => ({ body: returning('getDecision', 'x'.repeat(20_000)), streamed: true }),
      {},
      { answerLimit: 10_000 },
    )
    expect(await refusal(ask())).toMatch(/larger than|more than|too large|limit/i)
  })

  test('an answer that does not come in time is given up', async () => {
    const { ask, sender } = remote(() => new Promise<never>(() => {}), {}, { timeout: 50 })
    expect(await refusal(ask())).toMatch(/did not answer within 50 ms/)
    expect(sender.stopped).toBe(1)
  })

  test('a client that goes away ends the question', async () => {
    const { ask, sender, context } = remote(() => new Promise<never>(() => {}))
    const ctx = context()
    ctx.exchange.start()
    void ask(ctx).catch(() => {})
    await Promise.resolve()
    ctx.arrival.close()
    expect(sender.stopped).toBe(1)
  })
})

describe('soap', () => {
  const server = (sessionLasts = Infinity) => {
    let logins = 0
    let left = 0
    const backend: Backend = ({ url, text, headers }) => {
      if (url.endsWith('AuthenticationAdmin')) {
        if (!text.includes('<p:password>ä:secret</p:password>')) return { body: returning('login', 'false') }
        logins++
        left = sessionLasts
        return {
          body: returning('login', 'true'),
          headers: { 'Set-Cookie': `JSESSIONID=S${logins}; Path=/; Secure; HttpOnly` },
        }
      }
      if (headers.get('Cookie') !== `JSESSIONID=S${logins}` || left-- <= 0) return { status: 500, body: fault('50977') }
      return { body: returning('getDecision', escaped(PERMIT)) }
    }
    return { backend, logins: () => logins }
  }

  test('logs in once, also when many ask at the same time', async () => {
    const { backend, logins } = server()
    const { ask, sender } = remote(backend, { client: 'soap' })
    await Promise.all(Array.from({ length: 20 }, () => ask()))
    await ask()
    expect(logins()).toBe(1)
    expect(sender.requests[0]?.text).toContain('<p:remoteAddress>localhost</p:remoteAddress>')
    expect(sender.requests[0]?.headers.get('SOAPAction')).toBe('"urn:login"')
  })

  test('logs in for each question without reuseSession', async () => {
    const { backend, logins } = server()
    const { ask } = remote(backend, { client: 'soap', reuseSession: false })
    await ask()
    await ask()
    expect(logins()).toBe(2)
  })

  test('logs in again when the session has ended, and repeats once', async () => {
    const { backend, logins } = server(2)
    const { ask } = remote(backend, { client: 'soap' })
    for (let i = 0; i < 5; i++) expect((await ask()).decision).toBe('Permit')
    expect(logins()).toBe(3)
  })

  test('a session that ends at once is a fault, and not asked for without end', async () => {
    const { backend, logins } = server(0)
    expect(await refusal(remote(backend, { client: 'soap' }).ask())).toMatch(/answered the fault 50977/)
    expect(logins()).toBe(2)
  })

  test('another fault goes up without a second login', async () => {
    let logins = 0
    const backend: Backend = ({ url }) => {
      if (!url.endsWith('AuthenticationAdmin')) return { status: 500, body: fault('Server') }
      logins++
      return { body: returning('login', 'true'), headers: { 'Set-Cookie': 'JSESSIONID=x' } }
    }
    const { ask } = remote(backend, { client: 'soap' })
    expect(await refusal(ask())).toMatch(/answered the fault/)
    expect(await refusal(ask())).toMatch(/answered the fault/)
    expect(logins).toBe(1)
  })

  test('a wrong password says so, and is tried again by the next question', async () => {
    const { backend } = server()
    const { ask, sender } = remote(backend, { client: 'soap', password: 'wrong' })
    expect(await refusal(ask())).toMatch(
      /^Authentication Failed: https:\/\/pdp\/services\/AuthenticationAdmin refuses the user "pep"$/,
    )
    await refusal(ask())
    expect(sender.requests).toHaveLength(2)
  })

  test('a login without a cookie opens nothing', async () => {
    for (const headers of [{}, { 'Set-Cookie': 'no cookie' }])
      expect(
        await refusal(remote(() => ({ body: returning('login', 'true'), headers }), { client: 'soap' }).ask()),
      ).toMatch(/opened no session/)
  })
})

describe('rest', () => {
  const json = (value: unknown) => ({ contentType: 'application/json', body: JSON.stringify(value) })

  test('asks pdp of a folder, or the address itself, with JSON', async () => {
    for (const [url, expected] of [
      ['https://is/decision/', 'https://is/decision/pdp'],
      ['https://pdp/authorize', 'https://pdp/authorize'],
    ] as const) {
      const { ask, sender } = remote(() => json({ Response: [{ Decision: 'Permit' }] }), { client: 'rest', url })
      expect((await ask()).decision).toBe('Permit')
      expect(sender.requests[0]?.url).toBe(expected)
      expect(sender.requests[0]?.headers.get('Content-Type')).toBe('application/json')
      expect(JSON.parse(sender.requests[0]?.text ?? '')).toHaveProperty('Request.Category')
    }
  })

  test('takes an answer in XML, obligations included', async () => {
    const xml = PERMIT.replace('</Decision>', '</Decision><Obligations><Obligation ObligationId="o"/></Obligations>')
    const { ask } = remote(() => ({ contentType: 'application/xml', body: xml }), { client: 'rest' })
    expect((await ask()).obligations?.ids).toEqual(['o'])
  })

  test('reads the obligations of Identity Server, which have no id', async () => {
    const { ask } = remote(
      () =>
        json({
          Response: [
            { Decision: 'Permit', Obligations: [{ AttributeAssignments: [{ AttributeId: 'a', Value: '1' }] }] },
          ],
        }),
      { client: 'rest' },
    )
    expect((await ask()).obligations?.ids).toEqual([''])
  })

  test.each<[string, Backend, RegExp]>([
    ['no JSON', () => ({ body: 'Permit' }), /cannot be understood/],
    ['no response', () => json({}), /cannot be understood/],
    ['no result', () => json({ Response: [] }), /no result/],
    ['an unknown decision', () => json({ Response: [{ Decision: 'permit' }] }), /"permit" is no decision/],
    ['something that nobody knows', () => json({ Response: [{ Decision: 'Permit', Unless: 'x' }] }), /no "Unless"/],
    ['HTTP 500', () => ({ status: 500, ...json({ Response: [{ Decision: 'Permit' }] }) }), /HTTP 500/],
  ])('%s is a fault', async (_what, backend, expected) => {
    expect(await refusal(remote(backend, { client: 'rest' }).ask())).toMatch(expected)
  })
})

describe('authzen', () => {
  const answering =
    (value: unknown, status = 200): Backend =>
    () => ({ status, contentType: 'application/json', body: JSON.stringify(value) })

  test('asks in the words of the standard; what has no place goes to properties and context', async () => {
    const { source, sender, context } = remote(answering({ decision: true }), { client: 'authzen', url: 'https://pdp' })
    const { categories } = request('ann', '/x', 'read')
    const value = (text: string) => ({ type: 'http://www.w3.org/2001/XMLSchema#string', text })
    const ids = [
      'urn:oasis:names:tc:xacml:1.0:subject:subject-id',
      'urn:oasis:names:tc:xacml:1.0:resource:resource-id',
      'urn:oasis:names:tc:xacml:1.0:action:action-id',
    ]
    const named = categories.map((each, i) => ({
      ...each,
      attributes: each.attributes.map((attribute) => ({ ...attribute, id: ids[i] ?? '' })),
    }))
    const [subject, ...others] = named
    if (subject === undefined) throw new Error('there is no subject')
    const asked = {
      categories: [
        { ...subject, attributes: [...subject.attributes, { id: 'groups', values: [value('a'), value('b')] }] },
        ...others,
        { category: 'urn:environment', attributes: [{ id: 'IssuerDN', values: [value('CN=ca')] }] },
      ],
    }
    expect((await source.ask(asked, context())).decision).toBe('Permit')
    expect(sender.requests[0]?.url).toBe('https://pdp/access/v1/evaluation')
    expect(JSON.parse(sender.requests[0]?.text ?? '')).toEqual({
      subject: { type: 'user', id: 'ann', properties: { groups: ['a', 'b'] } },
      resource: { type: 'resource', id: '/x' },
      action: { name: 'read' },
      context: { IssuerDN: 'CN=ca' },
    })
  })

  test('false denies', async () => {
    expect((await remote(answering({ decision: false }), { client: 'authzen' }).ask()).decision).toBe('Deny')
  })

  test.each([{ decision: 'true' }, { decision: 1 }, {}, [], true, { Decision: true }])(
    '%j is no answer',
    async (value) => {
      expect(await refusal(remote(answering(value), { client: 'authzen' }).ask())).toMatch(/neither true nor false/)
    },
  )

  test('what no client may inherit grants nothing', async () => {
    const backend: Backend = () => ({ contentType: 'application/json', body: '{"__proto__":{"decision":true}}' })
    expect(await refusal(remote(backend, { client: 'authzen' }).ask())).toMatch(/neither true nor false/)
  })
})

describe('options', () => {
  test.each<[Partial<DecisionSourceOptions>, string | undefined]>([
    [{}, undefined],
    [{ url: '' }, 'client="basicAuth" needs remoteServiceUrl'],
    [{ url: 'pdp' }, 'remoteServiceUrl is no http or https address'],
    [{ url: 'file:///etc/passwd' }, 'remoteServiceUrl is no http or https address'],
    [{ user: '' }, 'client="basicAuth" needs remoteServiceUserName'],
    [{ client: 'rest', user: '', password: '' }, undefined],
    [{ client: 'thrift', thriftHost: '' }, 'client="thrift" needs thriftHost'],
    [{ client: 'wsXacml' }, 'client="wsXacml" needs a key in security.keystore'],
    [{ client: 'embedded', url: '' }, undefined],
    [{ client: 'embedded' }, 'client="embedded" has no remoteServiceUrl'],
  ])('%j', (options, expected) => {
    expect(objectionTo({ ...OPTIONS, ...options }, undefined)).toBe(expected)
  })
})
