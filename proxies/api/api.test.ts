import { describe, expect, test } from 'vitest'
import {
  DEFAULT_SETTINGS,
  defineMediator,
  Exchange,
  type Linker,
  type MessageContext,
  type Route,
  type Sequence,
} from 'viaduct'
import {
  type ArrivalOptions,
  type CompileOptions,
  compileElement,
  createArrival,
  createDeployment,
  createMarks,
  MemorySender,
  type RecordedLog,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { ENVELOPE, withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { respond } from '../../mediators/respond/respond.ts'
import { send } from '../../mediators/send/send.ts'
import { api } from './api.ts'
import type { ApiService } from './api-service.ts'

interface Setup {
  readonly properties?: Readonly<Record<string, string>>
  readonly sequences?: Readonly<Record<string, Sequence>>
  readonly options?: CompileOptions
}

const READ = [
  'REST_FULL_REQUEST_PATH',
  'REST_SUB_REQUEST_PATH',
  'RESOURCE_PATH',
  'REST_METHOD',
  'REST_URL_PREFIX',
  'REST_API_CONTEXT',
  'SYNAPSE_REST_API',
  'SYNAPSE_REST_API_VERSION',
  'SYNAPSE_REST_API_VERSION_STRATEGY',
  'SYNAPSE_RESOURCE',
  'rest.url.pattern',
  'uri.var.id',
  'query.param.q',
]

/** A bus with one or more APIs. */
function bus(xmls: string | readonly string[], { properties = {}, sequences = {}, options = {} }: Setup = {}) {
  const sender = new MemorySender(() => ({ body: '<answer/>' }))
  const services = testServices({ senders: sendersOf(sender), settings: { ...DEFAULT_SETTINGS, properties } })
  const marks = createMarks()
  const seen: Record<string, unknown>[] = []
  const look = defineMediator({
    name: 'look',
    summary: 'Reads the properties of an API.',
    compile: () => (ctx: MessageContext) => {
      const values = Object.fromEntries(READ.map((name) => [name, ctx.properties.get('default', name)]))
      seen.push({ ...values, postfix: ctx.properties.get('axis2', 'REST_URL_POSTFIX') })
      return 'continue'
    },
  })
  const faulted: unknown[] = []
  const fault: Sequence = { name: 'fault', mediator: (ctx) => (faulted.push(ctx.fault?.code), 'stop') }
  const deployment = createDeployment({ services, artifacts: { sequence: { fault, ...sequences } } })
  const mediators = [send, respond, look, marks.definition]
  const compiled = [xmls]
    .flat()
    .map((xml) => compileElement(api, xml, { ...withEndpoints, services, deployment, mediators, ...options }))
  const apis = compiled.flatMap(({ value }): [string, ApiService][] =>
    value === undefined ? [] : [[value.name, value]],
  )
  const reported: string[] = []
  const linker = { report: (code: string, at: { line: number }) => reported.push(`${code}:${at.line}`) }
  const entrance = api.entrance?.(new Map(apis), linker as unknown as Linker)
  const route = (arrival: ArrivalOptions): Route | undefined =>
    entrance?.match(createArrival({ method: 'GET', ...arrival }))
  const request = async (options: ArrivalOptions) => {
    const arrival = createArrival({ method: 'GET', headers: { Host: 'bus:8280' }, ...options })
    const found = entrance?.match(arrival)
    if (found === undefined) throw new Error('no route')
    new Exchange(deployment, arrival, found).start()
    return arrival.answered
  }
  return {
    reported,
    diagnostics: compiled.flatMap(({ diagnostics }) => diagnostics),
    sender,
    services,
    passed: marks.passed,
    seen,
    faulted,
    route,
    request,
  }
}

const RESPOND = '<inSequence><respond/></inSequence>'
const mark = (name: string): string => `<inSequence><mark name="${name}"/><respond/></inSequence>`

describe('which API', () => {
  const named = (name: string, context: string, attributes = ''): string =>
    `<api name="${name}" context="${context}" ${attributes}><resource>${RESPOND}</resource></api>`

  test('the context ends at a slash, a query or the end', () => {
    const { route } = bus(named('A', '/a'))
    expect(['/a', '/a/', '/a/b', '/a?x', '/ab', '/', '/b/a'].map((target) => route({ target })?.name)).toEqual([
      'api:A',
      'api:A',
      'api:A',
      'api:A',
      undefined,
      undefined,
      undefined,
    ])
  })

  test('the longest context wins, / comes last', () => {
    const { route } = bus([named('Root', '/'), named('A', '/a'), named('AB', '/a/b')])
    expect(['/a/b/c', '/a/bc', '/a', '/x', '/'].map((target) => route({ target })?.name)).toEqual([
      'api:AB',
      'api:A',
      'api:A',
      'api:Root',
      'api:Root',
    ])
  })

  test('a version in the URL stands after the context; APIs with a version are asked first', () => {
    const { route } = bus([
      named('A', '/a/1.0/x'),
      named('A', '/a', 'version="1.0" version-type="url"'),
      named('A', '/a', 'version="2.0" version-type="url"'),
      named('B', '/a'),
    ])
    expect(['/a/1.0/x', '/a/2.0', '/a/2.0?x', '/a/3.0', '/a/2.01'].map((target) => route({ target })?.name)).toEqual([
      'api:A:v1.0',
      'api:A:v2.0',
      'api:A:v2.0',
      'api:B',
      'api:B',
    ])
  })

  test('a version in the context replaces {version}', () => {
    const { route } = bus(named('A', '/{version}/a', 'version="1.0" version-type="context"'))
    expect(['/1.0/a/b', '/{version}/a'].map((target) => route({ target })?.name)).toEqual(['api:A:v1.0', undefined])
  })

  test('host and port are those of the Host header', () => {
    const { route } = bus(named('A', '/a', 'hostname="api.example" port="8280"'))
    const host = (Host: string, transport = 'http') => route({ target: '/a', transport, headers: { Host } })?.name
    expect([
      host('api.example:8280'),
      host('API.example:8280'),
      host('api.example'),
      host('other:8280'),
      host(''),
    ]).toEqual(['api:A', 'api:A', undefined, undefined, undefined])
    const standard = bus(named('A', '/a', 'port="443"'))
    expect(standard.route({ target: '/a', transport: 'https', headers: { Host: 'x' } })?.name).toBe('api:A')
  })

  test('two APIs for the same requests clash', () => {
    expect(bus([named('A', '/a'), named('B', '/a/')]).reported).toEqual(['name-duplicate:1'])
    expect(bus([named('A', '/a'), named('B', '/a', 'hostname="other"')]).reported).toEqual([])
  })

  test('transports restrict it', () => {
    const { route } = bus(named('A', '/a', 'transports="https"'))
    expect(['http', 'https'].map((transport) => route({ target: '/a', transport })?.name)).toEqual([undefined, 'api:A'])
  })
})

describe('which resource', () => {
  const resources = (...list: string[]): string => `<api name="A" context="/a">${list.join('')}</api>`
  const which = async (xml: string, ...requests: (string | ArrivalOptions)[]) => {
    const { request, passed } = bus(xml)
    for (const each of requests) await request(typeof each === 'string' ? { target: each } : each)
    return passed
  }

  test('exact mapping, longest prefix, extension, templates in their order, then the rest', async () => {
    const xml = resources(
      `<resource>${mark('rest')}</resource>`,
      `<resource uri-template="/{x}/{y}">${mark('two')}</resource>`,
      `<resource uri-template="/t/{y}">${mark('never')}</resource>`,
      `<resource url-mapping="*.jsp">${mark('jsp')}</resource>`,
      `<resource url-mapping="/p/*">${mark('p')}</resource>`,
      `<resource url-mapping="/p/q/*">${mark('pq')}</resource>`,
      `<resource url-mapping="/p/q">${mark('exact')}</resource>`,
    )
    expect(await which(xml, '/a/p/q', '/a/p/q/r', '/a/p/x.jsp', '/a/x.jsp', '/a/t/1', '/a/1', '/a')).toEqual([
      'exact',
      'pq',
      'p',
      'jsp',
      'two',
      'rest',
      'rest',
    ])
  })

  test('methods, protocol, content type and user agent have to fit', async () => {
    const xml = resources(
      `<resource url-mapping="/x" methods="GET HEAD">${mark('get')}</resource>`,
      `<resource url-mapping="/x" methods="POST" content-type="application/json">${mark('json')}</resource>`,
      `<resource url-mapping="/x" methods="POST" user-agent="curl.*">${mark('curl')}</resource>`,
      `<resource url-mapping="/x" methods="POST" protocol="https">${mark('https')}</resource>`,
      `<resource url-mapping="/x" methods="PUT">${mark('put')}</resource>`,
    )
    const post = { target: '/a/x', method: 'POST', body: 'x', contentType: 'text/plain' }
    expect(
      await which(
        xml,
        '/a/x',
        { target: '/a/x', method: 'HEAD' },
        { ...post, contentType: 'application/json' },
        { ...post, headers: { 'User-Agent': 'curl/8' } },
        { ...post, transport: 'https' },
        { ...post, method: 'PUT' },
      ),
    ).toEqual(['get', 'get', 'json', 'curl', 'https', 'put'])
  })
})

const NOTHING = 'There is nothing at this address'

describe('no resource', () => {
  const xml = `<api name="A" context="/a"><resource methods="GET" url-mapping="/g">${RESPOND}</resource><resource methods="POST" url-mapping="/p">${RESPOND}</resource></api>`
  const single = `<api name="A" context="/a"><resource methods="GET PUT" url-mapping="/g" user-agent="x">${RESPOND}</resource></api>`
  const status = async (source: string, method: string, target: string) => {
    const reply = await bus(source).request({ method, target })
    return [reply.status, reply.headers.get('allow'), reply.text.split('\n')[0]]
  }

  test('the answer carries the correlation id, in the language of the client, and the log has it', async () => {
    const { request, services } = bus(single)
    const headers = { 'X-Correlation-ID': 'mine', Accept: 'application/json' }
    const reply = await request({ method: 'DELETE', target: '/a/g', headers })
    expect(reply.headers.get('x-correlation-id')).toBe('mine')
    expect(JSON.parse(reply.text)).toEqual({
      error: { code: 0, message: 'The method is not allowed at this address', correlationId: 'mine' },
    })
    expect((services.log as RecordedLog).entries).toContainEqual(
      expect.objectContaining({ text: 'DELETE /a/g: 405 Method not allowed', fields: { correlation_id: 'mine' } }),
    )
  })

  test("404 when the path is nobody's", async () => {
    expect(await status(xml, 'GET', '/a/x')).toEqual([404, undefined, NOTHING])
    expect(await status(single, 'POST', '/a/x')).toEqual([404, undefined, NOTHING])
  })

  test('404, too, when another resource of the API takes the method', async () => {
    expect(await status(xml, 'POST', '/a/g')).toEqual([404, undefined, NOTHING])
  })

  test('405 with Allow when only the method is wrong', async () => {
    expect(await status(single, 'DELETE', '/a/g')).toEqual([
      405,
      'GET, PUT, OPTIONS',
      'The method is not allowed at this address',
    ])
  })

  test('400 when neither path nor method is wrong', async () => {
    expect(await status(single, 'GET', '/a/g')).toEqual([400, undefined, 'The request was refused'])
  })

  test('sequences of the home can answer instead', async () => {
    const answering = (name: string): Sequence => ({
      name,
      mediator: (ctx) => {
        ctx.message.setBytes(Buffer.from(name), 'text/plain')
        return ctx.exchange.respond(ctx)?.then(() => 'stop' as const) ?? 'stop'
      },
    })
    const sequences = {
      _resource_mismatch_handler_: answering('mismatch'),
      _method_not_allowed_handler_: answering('method'),
    }
    expect((await bus(single, { sequences }).request({ target: '/a/x' })).text).toBe('mismatch')
    expect((await bus(single, { sequences }).request({ target: '/a/g', method: 'POST' })).text).toBe('method')
  })
})

describe('OPTIONS and CORS', () => {
  const xml = `<api name="A" context="/a"><resource methods="GET POST" url-mapping="/g">${RESPOND}</resource></api>`
  const cors = {
    'synapse.rest.CORSConfig.Access-Control-Allow-Origin': 'https://shop.example, https://b.example',
    'synapse.rest.CORSConfig.Access-Control-Allow-Headers': 'X-A',
  }
  const origin = (Origin: string) => ({ Host: 'bus', Origin })

  test('the bus answers OPTIONS for a resource that does not', async () => {
    const reply = await bus(xml).request({ method: 'OPTIONS', target: '/a/g' })
    expect([reply.status, reply.headers.get('allow'), reply.headers.get('access-control-allow-origin')]).toEqual([
      200,
      'GET, POST, OPTIONS',
      undefined,
    ])
  })

  test('a resource with the method OPTIONS answers itself', async () => {
    const own = `<api name="A" context="/a"><resource methods="GET" url-mapping="/*">${mark('get')}</resource><resource methods="OPTIONS" url-mapping="/*">${mark('own')}</resource></api>`
    const { request, passed } = bus(own)
    await request({ method: 'OPTIONS', target: '/a/g' })
    expect(passed).toEqual(['own'])
  })

  test('an allowed origin gets its name back, on preflights and answers', async () => {
    const { request } = bus(xml, { properties: cors })
    for (const method of ['OPTIONS', 'GET']) {
      const { status, headers } = await request({ method, target: '/a/g', headers: origin('https://b.example') })
      expect([
        status,
        headers.get('access-control-allow-origin'),
        headers.get('access-control-allow-methods'),
        headers.get('access-control-allow-headers'),
        headers.get('vary'),
      ]).toEqual([200, 'https://b.example', 'GET, POST', 'X-A', 'Origin'])
    }
  })

  test('any other origin gets nothing, and 403 for a preflight', async () => {
    const { request } = bus(xml, { properties: cors })
    const get = await request({ target: '/a/g', headers: origin('https://evil.example') })
    expect([get.status, get.headers.get('access-control-allow-origin')]).toEqual([200, undefined])
    expect((await request({ method: 'OPTIONS', target: '/a/g', headers: origin('https://evil.example') })).status).toBe(
      403,
    )
  })

  test('a CORS handler of the API has its own rules', async () => {
    const handled = xml.replace(
      '</api>',
      '<handlers><handler class="org.wso2.carbon.apimgt.gateway.handlers.security.CORSRequestHandler"><property name="allowedOrigins" value="*"/><property name="allowMethods" value="GET"/><property name="allowCredentials" value="true"/></handler></handlers></api>',
    )
    const { request, diagnostics } = bus(handled)
    expect(diagnostics).toEqual([])
    const { headers } = await request({ target: '/a/g', headers: origin('https://x.example') })
    expect([
      headers.get('access-control-allow-origin'),
      headers.get('access-control-allow-methods'),
      headers.get('access-control-allow-credentials'),
    ]).toEqual(['https://x.example', 'GET', 'true'])
  })
})

describe('the flow', () => {
  const one = (inside: string, attributes = ''): string =>
    `<api name="A" context="/a"><resource uri-template="/{id}" ${attributes}>${inside}</resource></api>`
  const ENDPOINT = '<send><endpoint><address uri="http://backend/s"/></endpoint></send>'

  test('answers go back by themselves, or run through the out sequence', async () => {
    expect((await bus(one(`<inSequence>${ENDPOINT}</inSequence>`)).request({ target: '/a/1' })).text).toBe('<answer/>')
    const { request, passed } = bus(
      one(`<inSequence>${ENDPOINT}</inSequence><outSequence><mark name="out"/><send/></outSequence>`),
    )
    expect((await request({ target: '/a/1' })).text).toBe('<answer/>')
    expect(passed).toEqual(['out'])
  })

  test('faults go to the fault sequence of the resource, else to the sequence fault', async () => {
    const own = bus(
      one('<inSequence><mark name="x" flow="fault"/></inSequence><faultSequence><mark name="fault"/></faultSequence>'),
    )
    expect((await own.request({ target: '/a/1' })).status).toBe(500)
    expect([own.passed, own.faulted]).toEqual([['x', 'fault'], []])
    const common = bus(one('<inSequence><mark name="x" flow="fault"/></inSequence>'))
    await common.request({ target: '/a/1' })
    expect(common.faulted).toEqual([0])
  })

  test('without an in sequence the request is dropped', async () => {
    expect((await bus(one('')).request({ target: '/a/1' })).status).toBe(202)
  })

  test('properties say where the message came in', async () => {
    const xml =
      '<api name="A" context="/a" version="1" version-type="url"><resource uri-template="/o/{id}?q={q}"><inSequence><look/></inSequence></resource></api>'
    const { request, seen } = bus(xml)
    await request({ target: '/a/1/o/x%20y?q=1%202', headers: { Host: 'bus:8280' } })
    expect(seen).toEqual([
      {
        REST_FULL_REQUEST_PATH: '/a/1/o/x%20y?q=1%202',
        REST_SUB_REQUEST_PATH: '/o/x%20y?q=1%202',
        RESOURCE_PATH: '/o/x%20y?q=1%202',
        REST_METHOD: 'GET',
        REST_URL_PREFIX: 'http://bus:8280',
        REST_API_CONTEXT: '/a',
        SYNAPSE_REST_API: 'A:v1',
        SYNAPSE_REST_API_VERSION: '1',
        SYNAPSE_REST_API_VERSION_STRATEGY: 'url',
        SYNAPSE_RESOURCE: 'resource[1]',
        'rest.url.pattern': '/o/{id}?q={q}',
        'uri.var.id': 'x y',
        'query.param.q': '1 2',
        postfix: '/o/x%20y?q=1%202',
      },
    ])
  })

  test('an address endpoint takes what follows the context along', async () => {
    const { request, sender } = bus(one(`<inSequence>${ENDPOINT}</inSequence>`))
    await request({ target: '/a/1?x=2' })
    await request({ method: 'POST', target: '/a/1', body: ENVELOPE, headers: { SOAPAction: '"a"' } })
    expect(sender.requests.map(({ url }) => url)).toEqual(['http://backend/s/1?x=2', 'http://backend/s'])
  })
})

describe('mistakes', () => {
  test.each([
    [`<api name="A" context="a"><resource>${RESPOND}</resource></api>`, 'test.xml:1:24 error attribute-invalid'],
    ['<api name="A" context="/a"/>', 'error element-missing'],
    [`<api name="A" context="/a" version="1"><resource>${RESPOND}</resource></api>`, 'error constraint-violated'],
    [
      `<api name="A" context="/a"><resource>${RESPOND}</resource>\n<resource>${RESPOND}</resource></api>`,
      'test.xml:2:1 error constraint-violated',
    ],
    [
      `<api name="A" context="/a">\n<resource methods="GET FETCH">${RESPOND}</resource></api>`,
      'test.xml:2:20 error attribute-invalid',
    ],
    [`<api name="A" context="/a"><resource methods="GET GET">${RESPOND}</resource></api>`, 'GET is named twice'],
    [
      `<api name="A" context="/a"><resource uri-template="/{x">${RESPOND}</resource></api>`,
      'test.xml:1:52 error attribute-invalid',
    ],
    [`<api name="A" context="/a"><resource inSequence="nobody"/></api>`, 'error reference-unresolved'],
    [
      `<api name="A" context="/a"><resource>${RESPOND}</resource><handlers>\n<handler class="com.example.Own"/></handlers></api>`,
      'test.xml:2:1 error class-unknown',
    ],
  ])('%s', (xml, start) => {
    expect(bus(xml).diagnostics).toEqual([expect.stringContaining(start)])
  })
})
