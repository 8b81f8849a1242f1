import { Readable } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { bodyChild, setBodyChild } from '../soap/envelope.ts'
import { type ContextOptions, createContext, type TestContext } from '../testing/context.ts'
import type { Outgoing, OutgoingRequest } from '../transport.ts'
import { XmlElement } from '../xml/tree.ts'
import { type RequestTarget, writeRequest } from './outgoing-request.ts'

const S11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const S12 = 'http://www.w3.org/2003/05/soap-envelope'
const WSA = 'http://www.w3.org/2005/08/addressing'
const soap = (ns = S11, body = '<a/>', header = '') =>
  `<e:Envelope xmlns:e="${ns}">${header}<e:Body>${body}</e:Body></e:Envelope>`
const SOAP11 = { 'Content-Type': 'text/xml; charset=UTF-8', SOAPAction: '"urn:x"' }
const URL = 'http://back.end/s'

/** A message whose body a flow has changed. */
const changed = (options: ContextOptions, payload = new XmlElement('b')): TestContext => {
  const ctx = createContext(options)
  setBodyChild(ctx.message.editTree(), payload)
  return ctx
}

const write = (ctx: TestContext, target: Partial<RequestTarget> = {}): OutgoingRequest => {
  const request = writeRequest(ctx, { url: URL, ...target })
  if (request instanceof Promise) throw new Error('the request has to wait')
  return request
}

const fields = ({ headers }: OutgoingRequest): Record<string, string> => Object.fromEntries(headers)

const sent = ({ body }: Pick<Outgoing, 'body'>): string => (Buffer.isBuffer(body) ? body.toString() : '')

describe('a request that nobody changed', () => {
  it('carries the bytes, the method, and the fields of the client', () => {
    const body = Buffer.from(soap())
    const ctx = createContext({
      headers: { ...SOAP11, Host: 'bus', 'X-A': '1', 'X-Correlation-ID': 'c1', 'User-Agent': 'curl' },
      body,
    })
    const request = write(ctx)
    expect(request.method).toBe('POST')
    expect(request.url).toBe(URL)
    expect(request.body).toEqual(body)
    expect(request.timeout).toBe(120_000)
    expect(fields(request)).toEqual({
      SOAPAction: '"urn:x"',
      'X-A': '1',
      'Content-Type': 'text/xml; charset=UTF-8',
      'X-Correlation-ID': 'c1',
      traceparent: expect.stringMatching(/^00-[\da-f]{32}-[\da-f]{16}-00$/),
      'User-Agent': 'Viaduct',
    })
  })

  it('streams on unread, with the length that was announced', async () => {
    const request = write(createContext({ headers: SOAP11, body: 'no xml', streamed: true }))
    expect(request.body).toBeInstanceOf(Readable)
    expect(request.headers.get('content-length')).toBe('6')
    expect(await readText(request.body as Readable)).toBe('no xml')
  })

  it('is a GET without a body when the client sent one', () => {
    const request = write(createContext({ method: 'GET', headers: { Accept: '*/*' } }))
    expect(request).toMatchObject({ method: 'GET', body: undefined })
    expect(request.headers.has('content-type')).toBe(false)
  })

  it('keeps the trace of the client, and gives every call of one exchange the same', () => {
    const traceparent = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
    expect(write(createContext({ headers: { ...SOAP11, traceparent }, body: soap() })).headers.get('traceparent')).toBe(
      traceparent,
    )
    const ctx = createContext({ headers: { ...SOAP11, traceparent: 'x' }, body: soap() })
    expect(write(ctx).headers.get('traceparent')).toBe(write(ctx).headers.get('traceparent'))
  })
})

describe('the method of a request', () => {
  it('is that of the endpoint, else HTTP_METHOD, else that of the client', () => {
    const ctx = createContext({ method: 'PUT', headers: { 'Content-Type': 'application/xml' }, body: '<a/>' })
    expect(write(ctx).method).toBe('PUT')
    ctx.properties.set('axis2', 'HTTP_METHOD', 'patch')
    expect(write(ctx).method).toBe('PATCH')
    expect(write(ctx, { method: 'delete' }).method).toBe('DELETE')
  })

  it('is POST for what a back end answered and for SOAP formats', () => {
    const answer = createContext({ method: 'GET', response: true, body: '<a/>', contentType: 'application/xml' })
    expect(write(answer).method).toBe('POST')
    expect(write(changed({ method: 'GET' }), { format: 'soap11' }).method).toBe('POST')
  })
})

describe('the format of an endpoint', () => {
  it('soap12 converts envelope, action and Content-Type', () => {
    const request = write(createContext({ headers: SOAP11, body: soap() }), { format: 'soap12' })
    expect(sent(request)).toBe(`<?xml version='1.0' encoding='UTF-8'?>${soap(S12)}`)
    expect(request.headers.get('content-type')).toBe('application/soap+xml; charset=UTF-8; action="urn:x"')
    expect(request.headers.has('soapaction')).toBe(false)
  })

  it('soap11 puts plain XML and JSON into an envelope', () => {
    const request = write(createContext({ headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }), {
      format: 'soap11',
    })
    expect(sent(request)).toContain('<soapenv:Body><jsonObject><a>1</a></jsonObject></soapenv:Body>')
    expect(request.headers.get('content-type')).toBe('text/xml; charset=UTF-8')
    expect(request.headers.get('soapaction')).toBe('""')
  })

  it('that the message has already leaves its bytes alone', () => {
    const ctx = createContext({ headers: SOAP11, body: 'no xml', streamed: true })
    expect(write(ctx, { format: 'soap11' }).body).toBeInstanceOf(Readable)
  })

  it('soap11 reads text/xml without SOAPAction first, since it may be plain XML', async () => {
    const ctx = createContext({ headers: { 'Content-Type': 'text/xml' }, body: '<a/>', streamed: true })
    const request = await writeRequest(ctx, { url: URL, format: 'soap11' })
    expect(sent(request)).toContain('<soapenv:Body><a/></soapenv:Body>')
  })

  it('pox takes the envelope away', () => {
    const request = write(createContext({ headers: SOAP11, body: soap(S11, '<p:a xmlns:p="urn:p"/>') }), {
      format: 'pox',
    })
    expect(sent(request)).toBe('<p:a xmlns:p="urn:p"/>')
    expect(request.headers.get('content-type')).toBe('application/xml; charset=UTF-8')
  })

  it('get turns the payload into parameters', () => {
    const request = write(createContext({ headers: SOAP11, body: soap(S11, '<q><s>IBM</s><n>1 2</n></q>') }), {
      format: 'get',
    })
    expect(request).toMatchObject({ method: 'GET', url: `${URL}?s=IBM&n=1%202`, body: undefined })
  })
})

describe('WS-Addressing of a request', () => {
  const header = `<e:Header><w:To xmlns:w="${WSA}">http://bus</w:To><k xmlns="urn:k"/></e:Header>`

  it('goes no further once the message has been read', () => {
    const ctx = createContext({ headers: SOAP11, body: soap(S11, '<a/>', header) })
    expect(sent(write(ctx))).toContain('http://bus')
    expect(ctx.addressing.to).toBe('http://bus')
    expect(sent(write(ctx))).toBe(
      `<?xml version='1.0' encoding='UTF-8'?>${soap(S11, '<a/>', '<e:Header><k xmlns="urn:k"/></e:Header>')}`,
    )
    expect(ctx.addressing.to).toBe('http://bus')
  })

  it('goes on when PRESERVE_WS_ADDRESSING says so', () => {
    const ctx = createContext({ headers: SOAP11, body: soap(S11, '<a/>', header) })
    expect(bodyChild(ctx.message.tree)?.name).toBe('a')
    ctx.properties.set('axis2', 'PRESERVE_WS_ADDRESSING', 'true')
    expect(sent(write(ctx))).toBe(soap(S11, '<a/>', header))
  })

  it('is written when the endpoint asks for it, and asks for the answer on the same connection [COMPAT addressing-final-anonymous]', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.addressing.messageId = 'urn:uuid:1'
    expect(sent(write(ctx, { addressing: 'final' }))).toBe(
      soap(
        S11,
        '<a/>',
        `<e:Header><wsa:To xmlns:wsa="${WSA}">${URL}</wsa:To><wsa:Action xmlns:wsa="${WSA}">urn:x</wsa:Action>` +
          `<wsa:MessageID xmlns:wsa="${WSA}">urn:uuid:1</wsa:MessageID>` +
          `<wsa:ReplyTo xmlns:wsa="${WSA}"><wsa:Address>${WSA}/anonymous</wsa:Address></wsa:ReplyTo></e:Header>`,
      ),
    )
  })

  it('sends an action that a flow has set, without touching the body', () => {
    const ctx = createContext({ headers: SOAP11, body: 'no xml', streamed: true })
    ctx.addressing.action = 'urn:new"\r\n'
    expect(write(ctx).headers.get('soapaction')).toBe('"urn:new"')
    const soap12 = createContext({
      headers: { 'Content-Type': 'application/soap+xml; charset=UTF-8; action="urn:y"' },
      body: soap(S12),
    })
    soap12.addressing.action = 'urn:z'
    expect(write(soap12).headers.get('content-type')).toBe('application/soap+xml; charset=UTF-8; action="urn:z"')
  })
})

describe('HTTP properties of a request', () => {
  const plain: ContextOptions = { headers: SOAP11, body: soap() }

  it('NO_ENTITY_BODY sends none, unless a flow made a payload', () => {
    const ctx = createContext({ ...plain, streamed: true })
    ctx.properties.set('axis2', 'NO_ENTITY_BODY', true)
    expect(write(ctx).body).toBeUndefined()
    const made = changed(plain)
    made.properties.set('axis2', 'NO_ENTITY_BODY', true)
    expect(write(made).body).toBeInstanceOf(Buffer)
  })

  it.each(['DISABLE_CHUNKING', 'FORCE_HTTP_1.0', 'FORCE_HTTP_CONTENT_LENGTH'])(
    '%s waits for a body of unknown length',
    async (name) => {
      const ctx = createContext(plain)
      const { headers } = ctx.message
      ctx.message = (await import('../message.ts')).Message.ofStream(Readable.from([Buffer.from('<a/>')]), headers)
      ctx.properties.set('axis2', name, 'true')
      const request = await writeRequest(ctx, { url: URL })
      expect(sent(request)).toBe('<a/>')
      expect(request.httpVersion).toBe(name === 'FORCE_HTTP_1.0' ? '1.0' : undefined)
    },
  )

  it('NO_KEEPALIVE, REQUEST_HOST_HEADER, POST_TO_URI and EXCESS_TRANSPORT_HEADERS reach the transport', () => {
    const ctx = createContext(plain)
    ctx.properties.set('axis2', 'NO_KEEPALIVE', 'true')
    ctx.properties.set('axis2', 'REQUEST_HOST_HEADER', 'other.host')
    ctx.properties.set('axis2', 'POST_TO_URI', 'true')
    ctx.properties.set('axis2', 'EXCESS_TRANSPORT_HEADERS', new Map([['X-M', ['1', '2']]]))
    const request = write(ctx)
    expect(request).toMatchObject({ keepAlive: false, absolute: true })
    expect(request.headers.get('host')).toBe('other.host')
    expect(request.headers.all('x-m')).toEqual(['1', '2'])
  })

  it('a removed property is as if it had never been set, also one of the operation', () => {
    const ctx = createContext(plain)
    ctx.properties.set('operation', 'NO_KEEPALIVE', 'true')
    expect(write(ctx).keepAlive).toBe(false)
    ctx.properties.delete('axis2', 'NO_KEEPALIVE')
    expect(write(ctx).keepAlive).toBeUndefined()
  })

  it('TRANSPORT_HEADERS removed takes all fields of the message away', () => {
    const ctx = createContext({ ...plain, headers: { ...SOAP11, 'X-A': '1' } })
    ctx.properties.delete('axis2', 'TRANSPORT_HEADERS')
    expect(Object.keys(fields(write(ctx)))).toEqual(['Content-Type', 'X-Correlation-ID', 'traceparent', 'User-Agent'])
  })

  it('a header field with a line break in it is a fault', () => {
    const ctx = createContext(plain)
    ctx.properties.set('transport', 'X-A', 'a\r\nX-Evil: 1')
    expect(() => write(ctx)).toThrow(Fault)
  })
})
