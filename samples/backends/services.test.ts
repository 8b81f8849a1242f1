import { expect, test } from 'vitest'
import {
  axis2Service,
  carbonEcho,
  createBackend,
  echoHttp,
  fastStockQuote,
  lbService1,
  lbService2,
  music,
  SERVICE_NAMES,
  serviceNamed,
  soapFaultSample,
} from './index.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'

async function call(
  url: string,
  action: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<{ response: Response; text: string }> {
  const envelope = `<s:Envelope xmlns:s="${SOAP11}"><s:Body>${body}</s:Body></s:Envelope>`
  const response = await fetch(url, {
    method: 'POST',
    body: envelope,
    headers: { 'Content-Type': 'text/xml', SOAPAction: `"urn:${action}"`, ...headers },
  })
  return { response, text: await response.text() }
}

test('FastStockQuoteService answers the same quote to every request', async () => {
  await using backend = await createBackend({ services: [fastStockQuote()] })
  const url = `${backend.url}/services/FastStockQuoteService`
  const first = await call(url, 'getQuote', '<anything/>')
  const second = await call(url, 'getQuote', '<other/>')
  expect(first.text).toContain(
    '<ns:getQuoteResponse xmlns:ns="http://services.samples/xsd"><ns:return><ns:change>-2.573165716892239</ns:change>',
  )
  expect(second.text).toBe(first.text)
})

test('LBService1 repeats the element with the name of its server', async () => {
  await using backend = await createBackend({ services: [lbService1()], name: 'Server_1' })
  const url = `${backend.url}/services/LBService1`
  const { text } = await call(url, 'sampleOperation', '<v:Value xmlns:v="urn:v" a="1">Sample string</v:Value>')
  expect(text).toContain('<v:Value xmlns:v="urn:v" a="1">Response from server: Server_1</v:Value>')
  const named = await call(url, 'setClientName', '<Value>c</Value>')
  expect(named.text).toContain('<Value>Sessions are not supported in this service.</Value>')
})

test('LBService1 on a server without a name says so', async () => {
  await using backend = await createBackend({ services: [lbService1()] })
  const { text } = await call(`${backend.url}/services/LBService1`, 'sampleOperation', '<Value/>')
  expect(text).toContain('<Value>Response from anonymous server</Value>')
})

test('LBService1 sleeps as long as the load says', async () => {
  await using backend = await createBackend({ services: [lbService1({ server: 'Server_2' })] })
  const started = performance.now()
  const { text } = await call(`${backend.url}/services/LBService1`, 'sleepOperation', '<sleep><load>120</load></sleep>')
  expect(performance.now() - started).toBeGreaterThan(110)
  expect(text).toContain('<sleep><load>Response from server: Server_2</load></sleep>')
})

test('LBService2 counts the requests of a client within its session', async () => {
  await using backend = await createBackend({ services: [lbService2()], name: 'S1' })
  const url = `${backend.url}/services/LBService2`
  const opened = await call(url, 'setClientName', '<e>anna</e>')
  expect(opened.text).toContain('<e>Server S1 started a session with client anna</e>')
  const cookie = (opened.response.headers.get('set-cookie') ?? '').split(';')[0] ?? ''
  expect(cookie).toMatch(/^JSESSIONID=\w+$/)
  const load = '<x><load>1</load></x>'
  expect((await call(url, 'sleepOperation', load, { Cookie: cookie })).text).toContain(
    'Server: S1 processed the request 1 from client: anna',
  )
  expect((await call(url, 'loadOperation', load, { Cookie: cookie })).text).toContain(
    'Server: S1 processed the request 2 from client: anna',
  )
  expect((await call(url, 'sleepOperation', load)).text).toContain('processed the request 1 from client: null')
})

test('Axis2Service echoes strings and integers, tells the time and takes a ping', async () => {
  await using backend = await createBackend({ services: [axis2Service()] })
  const url = `${backend.url}/services/Axis2Service`
  const wrapper = (name: string, content: string) =>
    `<ns:${name} xmlns:ns="http://service.carbon.wso2.org">${content}</ns:${name}>`
  const echo = await call(url, 'echoString', wrapper('echoString', '<ns:s>a &amp; b</ns:s>'))
  expect(echo.text).toContain(
    '<ns:echoStringResponse xmlns:ns="http://service.carbon.wso2.org"><ns:return>a &amp; b</ns:return></ns:echoStringResponse>',
  )
  expect((await call(url, 'echoInt', wrapper('echoInt', '<ns:x>42</ns:x>'))).text).toContain(
    '<ns:return>42</ns:return>',
  )
  expect((await call(url, 'getTime', wrapper('getTime', ''))).text).toMatch(/<ns:return>\d{13}<\/ns:return>/)
  expect((await call(url, 'Ping', wrapper('Ping', '<ns:s>x</ns:s>'))).response.status).toBe(202)
})

test('the Carbon echo service answers with unqualified children', async () => {
  await using backend = await createBackend({ services: [carbonEcho()] })
  const url = `${backend.url}/services/echo`
  const wrapper = (name: string, content: string) =>
    `<p:${name} xmlns:p="http://echo.services.core.carbon.wso2.org">${content}</p:${name}>`
  expect((await call(url, 'echoString', wrapper('echoString', '<in>hello</in>'))).text).toContain(
    '<return>hello</return>',
  )
  expect((await call(url, 'echoInt', wrapper('echoInt', '<in>5</in>'))).text).toContain('<return>5</return>')
  expect((await call(url, 'echoOMElement', wrapper('echoOMElement', '<omEle><a b="1"/></omEle>'))).text).toContain(
    '<return><omEle><a b="1"/></omEle></return>',
  )
  const fault = await call(url, 'throwAxisFault', wrapper('throwAxisFault', ''))
  expect(fault.response.status).toBe(500)
  expect(fault.text).toContain(
    '<faultstring>This is a method which simply throws an AxisFault</faultstring><faultactor>admin</faultactor>',
  )
})

test('a SOAP 1.2 fault carries subcode, node and role', async () => {
  await using backend = await createBackend({ services: [carbonEcho()] })
  const response = await fetch(`${backend.url}/services/echo`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/soap+xml; action="urn:throwAxisFault"' },
    body: `<s:Envelope xmlns:s="${SOAP12}"><s:Body/></s:Envelope>`,
  })
  const text = await response.text()
  expect(text).toContain('<soapenv:Subcode><soapenv:Value>wso2wsas_code</soapenv:Value></soapenv:Subcode>')
  expect(text).toContain('<soapenv:Node>wso2_node</soapenv:Node><soapenv:Role>admin</soapenv:Role>')
})

test('SOAPFaultSample counts its faults until it is cleared', async () => {
  await using backend = await createBackend({ services: [soapFaultSample()] })
  const url = `${backend.url}/services/SOAPFaultSample`
  const fault = await call(url, 'throwAxisFault', '<x/>')
  expect(fault.response.status).toBe(500)
  expect(fault.text).toContain('<faultstring>User generated soap fault</faultstring>')
  await call(url, 'throwAxisFault', '<x/>')
  expect((await call(url, 'getRequestCount', '<x/>')).text).toContain('<ns:return>2</ns:return>')
  await call(url, 'clearRequestCount', '<x/>')
  expect((await call(url, 'getRequestCount', '<x/>')).text).toContain('<ns:return>0</ns:return>')
})

test('EchoHttpServer returns the entity with its content type', async () => {
  await using backend = await createBackend({ services: [echoHttp()] })
  const response = await fetch(`${backend.url}/anywhere`, {
    method: 'POST',
    headers: { 'Content-Type': 'x/y' },
    body: 'bytes',
  })
  expect(response.headers.get('content-type')).toBe('x/y')
  expect(await response.text()).toBe('bytes')
})

test('the music service stores albums and gives them back', async () => {
  await using backend = await createBackend({ services: [music()] })
  const url = `${backend.url}/rest/api/music`
  const album = { album: 'Desperado', singer: 'Eagles' }
  const post = (path: string, body: string, method = 'POST') =>
    fetch(url + path, { method, body, headers: { 'Content-Type': 'application/json' } })
  const added = await post('/post', JSON.stringify(album))
  expect(added.status).toBe(201)
  expect(await added.text()).toBe(`Album Added in POST : ${JSON.stringify(album)}`)
  const found = await fetch(`${url}/get?album=Desperado`)
  expect(await found.json()).toEqual(album)
  expect((await post('/postjson', 'no json')).status).toBe(400)
  expect((await post('/put', JSON.stringify({ album: '__proto__', singer: 'x' }), 'PUT')).status).toBe(201)
  expect((await fetch(`${url}/get?album=nothing`)).status).toBe(404)
})

test('every service is found by its name, and an unknown name says which there are', async () => {
  await using backend = await createBackend({ services: SERVICE_NAMES.map((name) => serviceNamed(name)) })
  const listing = await (await fetch(`${backend.url}/services/`)).text()
  for (const name of SERVICE_NAMES) expect(listing).toContain(serviceNamed(name).name)
  expect(() => serviceNamed('Nothing')).toThrow('there are Axis2Service, ')
})
