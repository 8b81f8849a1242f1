import { afterAll, beforeAll, expect, test } from 'vitest'
import { createBackend, simpleStockQuote, type Backend } from './index.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const service = simpleStockQuote()
let backend: Backend
let url: string

beforeAll(async () => {
  backend = await createBackend({ services: [service] })
  url = `${backend.url}/services/SimpleStockQuoteService`
})
afterAll(() => backend.close())

function envelope(body: string, namespace = SOAP11, header = ''): string {
  return `<s:Envelope xmlns:s="${namespace}"><s:Header>${header}</s:Header><s:Body>${body}</s:Body></s:Envelope>`
}

function getQuote(symbol: string): string {
  return `<m0:getQuote xmlns:m0="http://services.samples"><m0:request><m0:symbol>${symbol}</m0:symbol></m0:request></m0:getQuote>`
}

async function post(
  body: string,
  headers: Record<string, string>,
  path = '',
): Promise<{ status: number; type: string; text: string }> {
  const response = await fetch(url + path, { method: 'POST', body, headers })
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() }
}

const soap11 = (body: string, action = '"urn:getQuote"') =>
  post(envelope(body), { 'Content-Type': 'text/xml; charset=UTF-8', SOAPAction: action })

test('a SOAP 1.1 quote has the wire form of the Axis2 service', async () => {
  const { status, type, text } = await soap11(getQuote('IBM'))
  expect(status).toBe(200)
  expect(type).toBe('text/xml; charset=UTF-8')
  const number = String.raw`-?\d+(\.\d+)?(E-?\d+)?`
  const field = (name: string, value = number) => `<ax21:${name}>${value}</ax21:${name}>`
  expect(text).toMatch(
    new RegExp(
      `^<\\?xml version='1\\.0' encoding='UTF-8'\\?><soapenv:Envelope xmlns:soapenv="${SOAP11}"><soapenv:Body>` +
        '<ns:getQuoteResponse xmlns:ns="http://services\\.samples"><ns:return xmlns:ax21="http://services\\.samples/xsd" ' +
        'xmlns:xsi="http://www\\.w3\\.org/2001/XMLSchema-instance" xsi:type="ax21:GetQuoteResponse">' +
        `${field('change')}${field('earnings')}${field('high')}${field('last')}` +
        `${field('lastTradeTimestamp', String.raw`\w{3} \w{3} \d\d \d\d:\d\d:\d\d \w+ \d{4}`)}${field('low')}${field('marketCap')}` +
        `${field('name', 'IBM Company')}${field('open')}${field('peRatio')}${field('percentageChange')}${field('prevClose')}` +
        `${field('symbol', 'IBM')}${field('volume', String.raw`\d+`)}` +
        '</ns:return></ns:getQuoteResponse></soapenv:Body></soapenv:Envelope>$',
    ),
  )
})

test('every call draws new prices', async () => {
  const changes = await Promise.all(
    [1, 2, 3].map(async () => /<ax21:change>(.*?)</.exec((await soap11(getQuote('IBM'))).text)?.[1]),
  )
  expect(new Set(changes).size).toBe(3)
})

test('the answer has the SOAP version of the request', async () => {
  const { status, type, text } = await post(envelope(getQuote('IBM'), SOAP12), {
    'Content-Type': 'application/soap+xml; charset=UTF-8; action="urn:getQuote"',
  })
  expect(status).toBe(200)
  expect(type).toBe('application/soap+xml; charset=UTF-8; action="urn:getQuoteResponse"')
  expect(text).toContain(`<soapenv:Envelope xmlns:soapenv="${SOAP12}">`)
})

test('a plain XML request is answered without an envelope', async () => {
  const { status, type, text } = await post(getQuote('IBM'), {
    'Content-Type': 'application/xml',
    SOAPAction: 'urn:getQuote',
  })
  expect(status).toBe(200)
  expect(type).toBe('application/xml; charset=UTF-8')
  expect(text).toMatch(/^<\?xml[^>]*><ns:getQuoteResponse /)
})

test('a query string stands for the parameters of the operation in the path', async () => {
  const response = await fetch(`${url}/getSimpleQuote?symbol=SUN`)
  expect(response.headers.get('content-type')).toBe('application/xml; charset=UTF-8')
  const text = await response.text()
  expect(text).toContain('<ns:getSimpleQuoteResponse ')
  expect(text).toContain('<ax21:symbol>SUN</ax21:symbol>')
})

test('the path outranks the action and the action outranks the body element', async () => {
  const quote =
    '<m:getPrice xmlns:m="http://services.samples"><m:request><m:symbol>IBM</m:symbol></m:request></m:getPrice>'
  expect((await soap11(quote)).text).toContain('getQuoteResponse')
  expect((await soap11(quote, 'getQuote')).status).toBe(500)
  expect((await soap11(getQuote('IBM'), 'getFullQuote')).text).toContain('getQuoteResponse')
  const inPath = await post(
    envelope(getQuote('IBM')),
    { 'Content-Type': 'text/xml', SOAPAction: '"urn:getQuote"' },
    '/getMarketActivity',
  )
  expect(inPath.text).toContain('getMarketActivityResponse')
})

test('the suffix of a port in the path is accepted', async () => {
  const path = '.SimpleStockQuoteServiceHttpSoap11Endpoint'
  expect((await post(envelope(getQuote('IBM')), { 'Content-Type': 'text/xml', SOAPAction: '""' }, path)).status).toBe(
    200,
  )
})

test('a full quote has 365 trading days and a market activity one quote per symbol', async () => {
  const full = await soap11(
    '<ns:getFullQuote xmlns:ns="http://services.samples"><ns:request><ns:symbol>IBM</ns:symbol></ns:request></ns:getFullQuote>',
    'urn:getFullQuote',
  )
  expect(full.text.match(/<ax21:tradeHistory /g)).toHaveLength(365)
  expect(full.text).toContain('<ax21:day>364</ax21:day>')
  const activity = await soap11(
    '<ns:getMarketActivity xmlns:ns="http://services.samples"><ns:request><ns:symbols>IBM</ns:symbols><ns:symbols>SUN</ns:symbols></ns:request></ns:getMarketActivity>',
    'urn:getMarketActivity',
  )
  expect(activity.text.match(/<ax21:quotes /g)).toHaveLength(2)
  expect(activity.text).toContain('<ax21:name>SUN Company</ax21:name>')
})

test('an order is accepted with 202 and no body, and is counted', async () => {
  const before = service.orders
  const { status, text } = await soap11(
    '<m0:placeOrder xmlns:m0="http://services.samples"><m0:order><m0:price>12.5</m0:price><m0:quantity>7</m0:quantity><m0:symbol>IBM</m0:symbol></m0:order></m0:placeOrder>',
    'urn:placeOrder',
  )
  expect(status).toBe(202)
  expect(text).toBe('')
  expect(service.orders).toBe(before + 1)
  expect(service.lastOrder).toEqual({ price: 12.5, quantity: 7, symbol: 'IBM' })
})

test('the symbol ERR is a fault in the version of the request', async () => {
  const eleven = await soap11(getQuote('ERR'))
  expect(eleven.status).toBe(500)
  expect(eleven.text).toContain(
    '<faultcode>soapenv:Server</faultcode><faultstring>Invalid stock symbol : ERR</faultstring>',
  )
  expect(eleven.text).toContain('<ns:Message>Invalid stock symbol : ERR</ns:Message>')
  const twelve = await post(envelope(getQuote('ERR'), SOAP12), {
    'Content-Type': 'application/soap+xml; action="urn:getQuote"',
  })
  expect(twelve.status).toBe(500)
  expect(twelve.text).toContain('<soapenv:Value>soapenv:Receiver</soapenv:Value>')
  expect(twelve.text).toContain('>Invalid stock symbol : ERR</soapenv:Text>')
})

test('parameters are found by local name, and only under their own name', async () => {
  const foreign =
    '<a:getQuote xmlns:a="urn:a"><b:request xmlns:b="urn:b"><Symbol>IBM</Symbol><extra/></b:request></a:getQuote>'
  expect((await soap11(foreign)).text).toContain('<ax21:symbol>IBM</ax21:symbol>')
  const renamed = '<a:getQuote xmlns:a="urn:a"><a:req><a:symbol>IBM</a:symbol></a:req></a:getQuote>'
  expect((await soap11(renamed)).status).toBe(500)
})

test('a request without a symbol gives a quote of the null company', async () => {
  const { text } = await soap11('<m:getQuote xmlns:m="http://services.samples"><m:request/></m:getQuote>')
  expect(text).toContain('<ax21:symbol xsi:nil="true"/>')
  expect(text).toContain('<ax21:name>null Company</ax21:name>')
})

test('WS-Addressing headers are answered with action and relation', async () => {
  const namespace = 'http://www.w3.org/2005/08/addressing'
  const header = `<wsa:MessageID xmlns:wsa="${namespace}">urn:uuid:7</wsa:MessageID><wsa:Action xmlns:wsa="${namespace}">urn:getQuote</wsa:Action>`
  const { text } = await post(envelope(getQuote('IBM'), SOAP11, header), {
    'Content-Type': 'text/xml',
    SOAPAction: '""',
  })
  expect(text).toContain(
    `<soapenv:Header xmlns:wsa="${namespace}"><wsa:Action>urn:getQuoteResponse</wsa:Action><wsa:RelatesTo>urn:uuid:7</wsa:RelatesTo></soapenv:Header>`,
  )
})

test.each([
  ['malformed XML', '<s:Envelope', 'text/xml', '<faultcode>soapenv:Client</faultcode>'],
  [
    'an envelope of the other version',
    envelope(getQuote('IBM'), SOAP12),
    'text/xml',
    '<faultcode>soapenv:VersionMismatch</faultcode>',
  ],
  ['an unknown operation', envelope('<x/>'), 'text/xml', 'The endpoint reference (EPR) for the Operation not found'],
])('%s is answered with HTTP 500 and a fault', async (_name, body, type, expected) => {
  const { status, text } = await post(body, { 'Content-Type': type, SOAPAction: '""' })
  expect(status).toBe(500)
  expect(text).toContain(expected)
})

test('an unknown service is answered with HTTP 500 and a fault', async () => {
  const response = await fetch(`${backend.url}/services/Nowhere`, {
    method: 'POST',
    body: envelope(getQuote('IBM')),
    headers: { 'Content-Type': 'text/xml' },
  })
  expect(response.status).toBe(500)
  expect(await response.text()).toContain('The service cannot be found')
})

test('a delay makes every operation slow', async () => {
  await using slow = await createBackend({ services: [simpleStockQuote({ delay: 150 })] })
  const started = performance.now()
  await (await fetch(`${slow.url}/services/SimpleStockQuoteService/getSimpleQuote?symbol=IBM`)).text()
  expect(performance.now() - started).toBeGreaterThan(140)
})
