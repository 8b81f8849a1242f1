import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Entrance, Fault, type Route, type Settings } from 'viaduct'
import {
  type ArrivalOptions,
  type Backend,
  compileElement,
  createArrival,
  createContext,
  createDeployment,
  createMarks,
  MemorySender,
  sendersOf,
  testServices,
} from 'viaduct/testing'
import { Exchange } from 'viaduct'
import { endpoint } from '../../endpoints/endpoint.ts'
import { ENVELOPE, withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { drop } from '../../mediators/drop/drop.ts'
import { respond } from '../../mediators/respond/respond.ts'
import { send } from '../../mediators/send/send.ts'
import { proxy } from './proxy.ts'

interface Setup {
  readonly backend?: Backend
  readonly settings?: Partial<Settings>
  readonly resources?: Readonly<Record<string, string>>
}

/** A bus with one proxy. */
function bus(xml: string, { backend = () => ({ body: '<answer/>' }), settings = {}, resources = {} }: Setup = {}) {
  const sender = new MemorySender(backend)
  const marks = createMarks()
  const services = testServices({ senders: sendersOf(sender), settings: { ...DEFAULT_SETTINGS, ...settings } })
  const faulted: unknown[] = []
  const real = compileElement(endpoint, '<endpoint name="Real"><address uri="http://real/s"/></endpoint>', {
    services,
  }).value
  const deployment = createDeployment({
    services,
    resources,
    artifacts: {
      ...(real && { endpoint: { Real: real } }),
      sequence: {
        fault: {
          name: 'fault',
          mediator: (ctx) => (faulted.push(ctx.properties.get('default', 'ERROR_CODE')), 'stop'),
        },
        named: { name: 'named', mediator: () => (marks.passed.push('named'), 'continue') },
      },
    },
  })
  const compiled = compileElement(proxy, xml, {
    ...withEndpoints,
    services,
    deployment,
    mediators: [send, drop, respond, marks.definition],
  })
  const entrance: Entrance | undefined =
    compiled.value && proxy.entrance?.(new Map([[compiled.value.service, compiled.value]]), undefined as never)
  const route = (options: ArrivalOptions): Route | undefined => entrance?.match(createArrival(options))
  const request = async (options: ArrivalOptions = {}) => {
    const arrival = createArrival({
      target: '/services/P',
      body: ENVELOPE,
      streamed: true,
      headers: { SOAPAction: '"urn:a"', Host: 'bus:8280' },
      ...options,
    })
    const found = entrance?.match(arrival)
    if (found === undefined) throw new Error('no route')
    new Exchange(deployment, arrival, found).start()
    return arrival.answered
  }
  return { ...compiled, sender, passed: marks.passed, faulted, route, request }
}

const ENDPOINT = '<endpoint><address uri="http://backend/s"/></endpoint>'

describe('the flow', () => {
  test('an endpoint alone passes messages through, byte for byte', async () => {
    const body = `<?xml version="1.0"?>\n${ENVELOPE}\n`
    const { request, sender } = bus(`<proxy name="P"><target>${ENDPOINT}</target></proxy>`, {
      backend: () => ({ status: 202, body: '<answer  a = "1" />', streamed: true }),
    })
    const reply = await request({ body })
    expect(sender.requests).toMatchObject([{ url: 'http://backend/s', text: body }])
    expect([reply.status, reply.text]).toEqual([202, '<answer  a = "1" />'])
  })

  test('the endpoint gets the message when the in sequence goes through, and not when it ends', async () => {
    const through = bus(
      `<proxy name="P"><target>${ENDPOINT}<inSequence><mark name="in" flow="later"/></inSequence></target></proxy>`,
    )
    await through.request()
    expect([through.passed, through.sender.requests.length]).toEqual([['in'], 1])
    const ended = bus(`<proxy name="P"><target>${ENDPOINT}<inSequence><drop/></inSequence></target></proxy>`)
    expect((await ended.request()).status).toBe(202)
    expect(ended.sender.requests).toEqual([])
  })

  test('answers run through the out sequence; one that sends nothing leaves the client 202', async () => {
    const sending = bus(
      `<proxy name="P"><target>${ENDPOINT}<outSequence><mark name="out"/><send/></outSequence></target></proxy>`,
    )
    expect((await sending.request()).text).toBe('<answer/>')
    expect(sending.passed).toEqual(['out'])
    const silent = bus(
      `<proxy name="P"><target>${ENDPOINT}<outSequence><mark name="out"/></outSequence></target></proxy>`,
    )
    expect((await silent.request()).status).toBe(202)
  })

  test('a named sequence wins over an inline one', async () => {
    const { request, passed } = bus(
      '<proxy name="P"><target inSequence="named"><inSequence><mark name="inline"/></inSequence></target></proxy>',
    )
    await request()
    expect(passed).toEqual(['named'])
  })

  test('faults go to the fault sequence, or to the sequence fault; the client gets a SOAP fault', async () => {
    const own = bus(
      `<proxy name="P"><target>${ENDPOINT}<faultSequence><mark name="fault"/></faultSequence></target></proxy>`,
      { backend: () => new Fault(101503, 'refused') },
    )
    const reply = await own.request()
    expect([own.passed, own.faulted]).toEqual([['fault'], []])
    expect(reply.status).toBe(500)
    expect(reply.text).toContain('Fault>')
    const common = bus(`<proxy name="P"><target>${ENDPOINT}</target></proxy>`, {
      backend: () => new Fault(101503, 'refused'),
    })
    await common.request()
    expect(common.faulted).toEqual([101503])
  })

  test('a fault sequence can answer', async () => {
    const { request } = bus(
      `<proxy name="P"><target><inSequence><mark name="x" flow="fault"/></inSequence><faultSequence><respond/></faultSequence></target></proxy>`,
    )
    expect((await request()).text).toBe(ENVELOPE)
  })

  test('proxy.name is the name of the proxy', async () => {
    const { request, sender } = bus(
      `<proxy name="P"><target><endpoint><address uri="http://b/\${proxy.name}"/></endpoint></target></proxy>`,
    )
    await request()
    expect(sender.requests[0]?.url).toBe('http://b/P')
  })

  test('a REST request takes what follows the service along', async () => {
    const { request, sender } = bus(`<proxy name="P"><target>${ENDPOINT}</target></proxy>`)
    await request({ method: 'GET', target: '/services/P/x/y?z=1', headers: {} })
    await request({ method: 'GET', target: '/services/P?z=/1', headers: {} })
    await request({ method: 'GET', target: '/services/P', headers: {} })
    expect(sender.requests.map(({ url }) => url)).toEqual([
      'http://backend/s/x/y?z=1',
      'http://backend/s?z=/1',
      'http://backend/s',
    ])
  })
})

describe('who gets in', () => {
  const open = `<proxy name="P"><target>${ENDPOINT}</target></proxy>`

  test('the service is found by its name, with a port of its WSDL or an operation behind it', () => {
    const { route } = bus(open)
    for (const target of [
      '/services/P',
      '/services/P/',
      '/services/P/getQuote',
      '/services/P?x=1',
      '/services/P.PHttpSoap11Endpoint',
      '/services/P.PHttpSoap11Endpoint/op',
    ]) {
      expect(route({ target })?.name).toBe('proxy:P')
    }
    for (const target of ['/services/Q', '/services/PP', '/services', '/service/P', '/P', '/services/p']) {
      expect(route({ target })?.name).not.toBe('proxy:P')
    }
  })

  test('a name with dots is found as it is, and an encoded one decoded', () => {
    expect(
      bus(`<proxy name="a.b.c"><target>${ENDPOINT}</target></proxy>`).route({ target: '/services/a.b.c' })?.name,
    ).toBe('proxy:a.b.c')
    expect(
      bus(`<proxy name="a b"><target>${ENDPOINT}</target></proxy>`).route({ target: '/services/a%20b' })?.name,
    ).toBe('proxy:a b')
    expect(bus(open).route({ target: '/services/%zz' })).toBeUndefined()
  })

  test('transports limit how it is reached from outside, never from inside [COMPAT local-always-open]', () => {
    const { route } = bus(`<proxy name="P" transports="https"><target>${ENDPOINT}</target></proxy>`)
    expect(['http', 'https', 'local'].map((transport) => route({ target: '/services/P', transport })?.name)).toEqual([
      undefined,
      'proxy:P',
      'proxy:P',
    ])
  })

  test('startOnLoad="false" deploys it closed', () => {
    expect(
      bus(`<proxy name="P" startOnLoad="false"><target>${ENDPOINT}</target></proxy>`).route({ target: '/services/P' }),
    ).toBeUndefined()
  })

  test('pinnedServers deploy it only where they say', () => {
    const pinned = `<proxy name="P" pinnedServers="one two"><target>${ENDPOINT}</target></proxy>`
    expect(bus(pinned).value).toBeUndefined()
    expect(bus(pinned, { settings: { serverName: 'two' } }).value).toBeDefined()
  })

  test('ServiceURI gives it an address of its own', () => {
    const { route } = bus(
      `<proxy name="P"><target>${ENDPOINT}</target><parameter name="ServiceURI">/stock/quotes</parameter></proxy>`,
    )
    expect(route({ target: '/stock/quotes?x=1' })?.name).toBe('proxy:P')
    expect(route({ target: '/stock/quotes/more' })).toBeUndefined()
  })

  test('inbound.only closes it to the standard listeners', () => {
    const { route } = bus(
      `<proxy name="P"><target>${ENDPOINT}</target><parameter name="inbound.only">true</parameter></proxy>`,
    )
    expect(route({ target: '/services/P' })).toBeUndefined()
  })

  test('enableMTOM says how answers leave', async () => {
    const { value } = bus(
      `<proxy name="P"><target>${ENDPOINT}</target><parameter name="enableMTOM">true</parameter></proxy>`,
    )
    const ctx = createContext({ body: ENVELOPE, response: true })
    await value?.answer?.(ctx)
    const read = (name: string): unknown => ctx.properties.get('axis2', name)
    expect([read('enableMTOM'), read('enableSwA')]).toEqual([true, undefined])
  })

  test("the list of services is nobody's business", async () => {
    const { request } = bus(open)
    expect((await request({ method: 'GET', target: '/services' })).status).toBe(403)
  })

  test('disableSOAP11, disableSOAP12 and disableREST refuse a format', async () => {
    const closed = (parameter: string) =>
      bus(`<proxy name="P"><target>${ENDPOINT}</target><parameter name="${parameter}">true</parameter></proxy>`)
    const soap11 = { headers: { SOAPAction: '"a"' } }
    const soap12 = {
      headers: {},
      contentType: 'application/soap+xml',
      body: ENVELOPE.replace('http://schemas.xmlsoap.org/soap/envelope/', 'http://www.w3.org/2003/05/soap-envelope'),
    }
    const rest = { headers: {}, contentType: 'application/json', body: '{}' }
    for (const [parameter, refused] of [
      ['disableSOAP11', soap11],
      ['disableSOAP12', soap12],
      ['disableREST', rest],
    ] as const) {
      const { request, faulted, sender } = closed(parameter)
      for (const options of [soap11, soap12, rest]) if (options !== refused) await request(options)
      expect(faulted).toEqual([])
      await request(refused)
      expect([faulted, sender.requests.length]).toEqual([['format-refused'], 2])
    }
  })
})

const WSDL = `<wsdl:definitions xmlns:wsdl="http://schemas.xmlsoap.org/wsdl/" xmlns:soap="http://schemas.xmlsoap.org/wsdl/soap/" xmlns:wsp="http://schemas.xmlsoap.org/ws/2004/09/policy" xmlns:xs="http://www.w3.org/2001/XMLSchema" xmlns:t="urn:t" targetNamespace="urn:t">
  <wsp:Policy><wsp:All/></wsp:Policy>
  <wsdl:types><xs:schema targetNamespace="urn:t"><xs:include schemaLocation="types.xsd"/></xs:schema></wsdl:types>
  <wsdl:message name="in"><wsdl:part name="p" element="t:getQuote"/></wsdl:message>
  <wsdl:portType name="pt"><wsdl:operation name="getQuote"><wsdl:input message="t:in"/></wsdl:operation></wsdl:portType>
  <wsdl:binding name="b" type="t:pt"><wsdl:operation name="getQuote"><soap:operation soapAction="urn:action"/></wsdl:operation></wsdl:binding>
  <wsdl:service name="S"><wsdl:port name="p" binding="t:b"><soap:address location="http://backend:9000/services/S"/></wsdl:port></wsdl:service>
</wsdl:definitions>`
const XSD =
  '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t"><xs:include schemaLocation="more.xsd"/></xs:schema>'
const MORE = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:t"/>'
const FILES = { 'file:w/s.wsdl': WSDL, 'file:w/types.xsd': XSD, 'file:w/more.xsd': MORE }
const described = (publish: string, rest = ''): string =>
  `<proxy name="P"><target>${ENDPOINT}</target>${publish}${rest}</proxy>`
const FROM_FILE = '<publishWSDL uri="file:w/s.wsdl"/>'

describe('?wsdl', () => {
  const get = (target: string, headers: Record<string, string> = { Host: 'bus.localhost:8280' }): ArrivalOptions => ({
    method: 'GET',
    target,
    headers,
  })

  test('gives the WSDL with the address under which the client knows the bus', async () => {
    const reply = await bus(described(FROM_FILE), { resources: FILES }).request({
      ...get('/services/P?wsdl'),
      transport: 'https',
    })
    expect(reply.status).toBe(200)
    expect(reply.headers.get('content-type')).toContain('text/xml')
    expect(reply.text).toContain('location="https://bus.localhost:8280/services/P"')
    expect(reply.text).not.toContain('backend:9000')
    expect(reply.text).toContain('schemaLocation="https://bus.localhost:8280/services/P?xsd=types.xsd"')
  })

  test('gives the documents it imports, and 404 for others', async () => {
    const { request } = bus(described(FROM_FILE), { resources: FILES })
    expect((await request(get('/services/P?xsd=types.xsd'))).text).toContain(
      'schemaLocation="http://bus.localhost:8280/services/P?xsd=more.xsd"',
    )
    expect((await request(get('/services/P?xsd'))).text).toContain('more.xsd')
    expect((await request(get('/services/P?xsd=../secret'))).status).toBe(404)
  })

  test('publicUrl of the settings stands for the Host header', async () => {
    const settings = { http: { ...DEFAULT_SETTINGS.http, publicUrl: 'https://api.example/bus/' } }
    const reply = await bus(described(FROM_FILE), { resources: FILES, settings }).request(get('/services/P?wsdl'))
    expect(reply.text).toContain('location="https://api.example/bus/services/P"')
  })

  test('imports by <resource>, from keys of the registry', async () => {
    const publish =
      '<publishWSDL key="conf:/s"><resource location="types.xsd" key="conf:/t"/><resource location="more.xsd" key="conf:/m"/></publishWSDL>'
    const { request } = bus(described(publish), { resources: { 'conf:/s': WSDL, 'conf:/t': XSD, 'conf:/m': MORE } })
    expect((await request(get('/services/P?xsd=more.xsd'))).text).toContain('targetNamespace="urn:t"')
  })

  test('inline, with prefixes that are declared above it', async () => {
    const inline = WSDL.replace(/\n.*xs:include.*\n/, '\n').replace(' xmlns:t="urn:t"', '')
    const { request, diagnostics } = bus(
      `<proxy name="P" xmlns:t="urn:t"><target>${ENDPOINT}</target><publishWSDL>${inline}</publishWSDL></proxy>`,
    )
    expect(diagnostics).toEqual([])
    expect((await request(get('/services/P?wsdl'))).text).toContain('xmlns:t="urn:t"')
  })

  test('from the web; policies go when they are not to be kept', async () => {
    const remote = WSDL.replace(/\n.*xs:include.*\n/, '\n')
    const publish = described('<publishWSDL uri="http://web/s?wsdl" preservePolicy="false"/>')
    const { request } = bus(publish, { resources: { 'http://web/s?wsdl': remote } })
    const { text } = await request(get('/services/P?wsdl'))
    expect(text).toContain('getQuote')
    expect(text).not.toContain('Policy')
  })

  test('from an endpoint of the bus, which knows where its WSDL is', async () => {
    const remote = WSDL.replace(/\n.*xs:include.*\n/, '\n')
    const { request, diagnostics } = bus(described('<publishWSDL endpoint="Real"/>'), {
      resources: { 'http://real/s?wsdl': remote },
    })
    expect(diagnostics).toEqual([])
    expect((await request(get('/services/P?wsdl'))).text).toContain('location="http://bus.localhost:8280/services/P"')
    expect(bus(described('<publishWSDL endpoint="Real"/>')).diagnostics).toEqual([
      expect.stringContaining('"http://real/s?wsdl" cannot be read'),
    ])
  })

  test('a WSDL that cannot be read keeps the proxy closed in safe mode', () => {
    const { route, diagnostics, started } = bus(
      described('<publishWSDL uri="file:none"/>', '<parameter name="enablePublishWSDLSafeMode">true</parameter>'),
    )
    expect([diagnostics, started.length, route({ target: '/services/P' })]).toEqual([[], 1, undefined])
  })

  test('a service without a WSDL gets one with the operation mediate', async () => {
    const { request } = bus(`<proxy name="P"><target>${ENDPOINT}</target></proxy>`)
    const { text } = await request(get('/services/P?wsdl'))
    expect(text).toContain('name="mediate"')
    expect(text).toContain('soap12:address location="http://bus.localhost:8280/services/P"')
    const second = await request(get('/services/P?wsdl2'))
    expect(second.status).toBe(404)
    expect(second.text).toContain('A WSDL cannot be generated')
  })

  test('modifyUserWSDLPortAddress="false" keeps the addresses', async () => {
    const { request } = bus(
      described(
        FROM_FILE,
        '<parameter name="useOriginalwsdl">true</parameter><parameter name="modifyUserWSDLPortAddress">false</parameter>',
      ),
      { resources: FILES },
    )
    expect((await request(get('/services/P?wsdl'))).text).toContain('http://backend:9000/services/S')
  })

  test('a Host header that names no address of this machine is not repeated', async () => {
    const { text } = await bus(described(FROM_FILE), { resources: FILES }).request(
      get('/services/P?wsdl', { Host: 'evil.example' }),
    )
    expect(text).not.toContain('evil.example')
    expect(text).toContain('location="http')
  })

  test('a Host header cannot break out of the attribute it is put into', async () => {
    const { text } = await bus(described(FROM_FILE), { resources: FILES }).request(
      get('/services/P?wsdl', { Host: 'a"><x y="' }),
    )
    expect(text).not.toContain('<x ')
  })
})

describe('operations', () => {
  const soap = (element: string): string => ENVELOPE.replace('<echo/>', `<${element} xmlns="urn:t"/>`)

  test('a request for an operation of the WSDL gets in: by action, by element, by path', async () => {
    const { request, sender, faulted } = bus(described(FROM_FILE), { resources: FILES })
    await request({ body: soap('x'), headers: { SOAPAction: '"urn:action"' } })
    await request({ body: soap('x'), headers: { SOAPAction: 'urn:getQuote' } })
    await request({ body: soap('getQuote'), headers: { SOAPAction: '"else"' } })
    await request({ body: soap('x'), target: '/services/P/getQuote', headers: { SOAPAction: '"else"' } })
    expect([faulted, sender.requests.length]).toEqual([[], 4])
  })

  test('any other request is a fault, unless the proxy does not check', async () => {
    const checked = bus(described(FROM_FILE), { resources: FILES })
    const reply = await checked.request({ body: soap('other'), headers: { SOAPAction: '"else"' } })
    expect([checked.faulted, checked.sender.requests]).toEqual([['operation-unknown'], []])
    expect(reply.status).toBe(500)
    const open = bus(described(FROM_FILE, '<parameter name="disableOperationValidation">true</parameter>'), {
      resources: FILES,
    })
    await open.request({ body: soap('other'), headers: { SOAPAction: '"else"' } })
    expect(open.sender.requests).toHaveLength(1)
  })
})

describe('mistakes', () => {
  test.each([
    ['<proxy name="P"/>', 'error element-missing'],
    ['<proxy name="P">\n<target/></proxy>', 'test.xml:2:1 error constraint-violated'],
    ['<proxy name="P"><target><outSequence/></target></proxy>', 'error constraint-violated'],
    [`<proxy><target>${ENDPOINT}</target></proxy>`, 'test.xml:1:1 error attribute-missing'],
    [
      `<proxy name="P" transports="http jms"><target>${ENDPOINT}</target></proxy>`,
      'test.xml:1:29 error element-unsupported',
    ],
    [
      `<proxy name="P"><target>${ENDPOINT}</target>\n<policy key="p"/></proxy>`,
      'test.xml:2:1 error element-unsupported',
    ],
    [`<proxy name="P"><target>${ENDPOINT}</target>\n<enableSec/></proxy>`, 'test.xml:2:1 error constraint-violated'],
    [
      `<proxy name="P"><target>${ENDPOINT}</target>\n<parameter name="Wrapper">{urn:x}y</parameter></proxy>`,
      'test.xml:2:1 error element-unsupported',
    ],
    ['<proxy name="P"><target inSequence="nobody"/></proxy>', 'test.xml:1:37 error reference-unresolved'],
    ['<proxy name="P"><target endpoint="nobody"/></proxy>', 'test.xml:1:35 error reference-unresolved'],
    [
      `<proxy name="P"><target>${ENDPOINT}</target>\n<publishWSDL uri="file:none"/></proxy>`,
      'test.xml:2:1 error resource-unreadable',
    ],
    [`<proxy name="P"><target>${ENDPOINT}</target>\n<publishWSDL/></proxy>`, 'test.xml:2:1 error resource-unreadable'],
  ])('%s', (xml, start) => {
    expect(bus(xml).diagnostics).toEqual([expect.stringContaining(start)])
  })

  test('a WSDL whose import is not there is reported with its location', () => {
    expect(bus(described(FROM_FILE), { resources: { 'file:w/s.wsdl': WSDL } }).diagnostics).toEqual([
      expect.stringContaining('"types.xsd" cannot be read'),
    ])
  })

  test('a WSDL that is not well-formed is reported', () => {
    expect(bus(described(FROM_FILE), { resources: { 'file:w/s.wsdl': '<a>' } }).diagnostics).toEqual([
      expect.stringContaining('is not well-formed'),
    ])
  })
})
