import { Readable } from 'node:stream'
import { text as readText } from 'node:stream/consumers'
import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { parseJson } from '../json/parse.ts'
import { bodyChild, createEnvelope, setBodyChild } from '../soap/envelope.ts'
import { binaryPayload, textPayload } from '../soap/payload.ts'
import { type ContextOptions, createContext, type TestContext } from '../testing/context.ts'
import type { OutgoingRequest } from '../transport.ts'
import { parseXml } from '../xml/parse.ts'
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

describe('a changed message', () => {
  it('leaves in the version in which it came', () => {
    const request = write(changed({ headers: SOAP11, body: soap() }))
    expect(String(request.body)).toBe(`<?xml version="1.0" encoding="UTF-8"?>${soap(S11, '<b/>')}`)
    expect(request.headers.get('content-type')).toBe('text/xml; charset=UTF-8')
    expect(request.headers.get('soapaction')).toBe('"urn:x"')
  })

  it('of SOAP 1.2 has its action in the Content-Type', () => {
    const request = write(
      changed({ headers: { 'Content-Type': 'application/soap+xml;action="urn:y"' }, body: soap(S12) }),
    )
    expect(request.headers.get('content-type')).toBe('application/soap+xml; charset=UTF-8; action="urn:y"')
    expect(request.headers.has('soapaction')).toBe(false)
  })

  it('without an envelope leaves without one, also as text/xml [COMPAT rest-text-xml]', () => {
    const request = write(changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' }))
    expect(String(request.body)).toBe('<b/>')
    expect(request.headers.get('content-type')).toBe('application/xml; charset=UTF-8')
    const ctx = changed({ headers: { 'Content-Type': 'application/json' }, body: '{}' })
    ctx.properties.set('axis2', 'messageType', 'text/xml')
    expect(String(write(ctx).body)).toBe('<b/>')
    expect(write(ctx).headers.get('content-type')).toBe('application/xml; charset=UTF-8')
  })

  it('keeps a media type of its own', () => {
    const request = write(
      changed({ headers: { 'Content-Type': 'application/vnd.x+xml; charset=latin1' }, body: '<a/>' }),
    )
    expect(request.headers.get('content-type')).toBe('application/vnd.x+xml; charset=UTF-8')
  })

  it('is packed again when it came packed', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    setBodyChild(ctx.message.editTree(), new XmlElement('b'))
    ctx.message.headers.set('Content-Encoding', 'gzip')
    const request = write(ctx)
    expect(gunzipSync(request.body as Buffer).toString()).toContain('<b/>')
    expect(request.headers.get('content-encoding')).toBe('gzip')
    ctx.message.headers.set('Content-Encoding', 'br')
    expect(String(write(ctx).body)).toContain('<b/>')
    expect(write(ctx).headers.has('content-encoding')).toBe(false)
  })

  it('with what XML cannot hold is a fault', () => {
    const ctx = createContext({ headers: { 'Content-Type': 'application/json' }, body: '{"a":"\\u0001"}' })
    ctx.properties.set('axis2', 'messageType', 'application/xml')
    expect(() => write(ctx)).toThrow(Fault)
  })
})

describe('messageType', () => {
  const asked = (type: string, options: ContextOptions): TestContext => {
    const ctx = createContext(options)
    ctx.properties.set('axis2', 'messageType', type)
    return ctx
  }

  it('writes XML as JSON', () => {
    const request = write(
      asked('application/json', { headers: { 'Content-Type': 'application/xml' }, body: '<a><b>1</b></a>' }),
    )
    expect(String(request.body)).toBe('{"a":{"b":1}}')
    expect(request.headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })

  it('writes JSON as XML', () => {
    const request = write(
      asked('application/xml', { headers: { 'Content-Type': 'application/json' }, body: '{"@t":"s","c":"d"}' }),
    )
    expect(String(request.body)).toBe('<jsonObject t="s"><c>d</c></jsonObject>')
  })

  it('of the bytes that are there leaves them as they are', () => {
    const body = ' {"n": 1.10}'
    const request = write(asked('application/json', { headers: { 'Content-Type': 'application/json' }, body }))
    expect(String(request.body)).toBe(body)
  })

  it('writes forms, text and bytes', () => {
    const form = asked('application/x-www-form-urlencoded', {
      headers: { 'Content-Type': 'application/xml' },
      body: '<f><a>1 2</a><b>é&amp;</b></f>',
    })
    expect(String(write(form).body)).toBe('a=1%202&b=%C3%A9%26')
    const text = changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' }, textPayload('é'))
    text.properties.set('axis2', 'messageType', 'text/plain')
    expect(String(write(text).body)).toBe('é')
    expect(write(text).headers.get('content-type')).toBe('text/plain; charset=UTF-8')
    text.properties.set('axis2', 'messageType', 'application/xml')
    const bytes = changed(
      { headers: { 'Content-Type': 'application/xml' }, body: '<a/>' },
      binaryPayload(Buffer.from([0, 255])),
    )
    bytes.properties.set('axis2', 'messageType', 'application/octet-stream')
    expect(write(bytes).body).toEqual(Buffer.from([0, 255]))
    expect(write(bytes).headers.get('content-type')).toBe('application/octet-stream')
  })

  it('as text writes nothing of any other payload', () => {
    const ctx = asked('text/plain', { headers: { 'Content-Type': 'application/xml' }, body: '<a>x</a>' })
    expect(write(ctx).body).toEqual(Buffer.alloc(0))
  })

  it('writes multipart/form-data', () => {
    const request = write(
      asked('multipart/form-data', { headers: { 'Content-Type': 'application/xml' }, body: '<f><a>1</a></f>' }),
    )
    const boundary = /boundary=(\S+)/.exec(request.headers.get('content-type') ?? '')?.[1]
    expect(String(request.body)).toBe(
      `--${boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--${boundary}--\r\n`,
    )
  })

  it('relabels ContentType and the header field [COMPAT message-type-relabels]', () => {
    const ctx = asked('application/json', { headers: { 'Content-Type': 'application/xml' }, body: '<a/>' })
    expect(ctx.properties.get('axis2', 'ContentType')).toBe('application/json')
    expect(ctx.properties.get('transport', 'Content-Type')).toBe('application/json')
  })

  it('that no formatter claims is the label of what is there', () => {
    const ctx = changed(
      { headers: { 'Content-Type': 'application/xml' }, body: '<a/>' },
      binaryPayload(Buffer.from('PNG')),
    )
    ctx.properties.set('axis2', 'messageType', 'image/png')
    expect(write(ctx)).toMatchObject({ body: Buffer.from('PNG') })
    expect(write(ctx).headers.get('content-type')).toBe('image/png')
  })
})

describe('ContentType and charset', () => {
  it('ContentType alone relabels the bytes', () => {
    const ctx = createContext({ headers: { 'Content-Type': 'text/plain' }, body: 'x' })
    ctx.properties.set('axis2', 'ContentType', 'application/x-own')
    expect(String(write(ctx).body)).toBe('x')
    expect(write(ctx).headers.get('content-type')).toBe('application/x-own')
  })

  it('CHARACTER_SET_ENCODING and the encoding of the endpoint choose the charset', () => {
    const ctx = changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' }, parseXml('<b>é€</b>').root)
    ctx.properties.set('axis2', 'CHARACTER_SET_ENCODING', 'ISO-8859-1')
    const request = write(ctx)
    expect(request.headers.get('content-type')).toBe('application/xml; charset=ISO-8859-1')
    expect((request.body as Buffer).toString('latin1')).toBe(
      '<?xml version="1.0" encoding="ISO-8859-1"?><b>é&#8364;</b>',
    )
    expect(write(ctx, { encoding: 'UTF-16' }).headers.get('content-type')).toBe('application/xml; charset=UTF-16')
  })

  it('setCharacterEncoding=false leaves the charset away', () => {
    const ctx = changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' })
    ctx.properties.set('axis2', 'setCharacterEncoding', 'false')
    expect(write(ctx).headers.get('content-type')).toBe('application/xml')
  })
})

describe('the format of an endpoint', () => {
  it('soap12 converts envelope, action and Content-Type', () => {
    const request = write(createContext({ headers: SOAP11, body: soap() }), { format: 'soap12' })
    expect(String(request.body)).toBe(`<?xml version="1.0" encoding="UTF-8"?>${soap(S12)}`)
    expect(request.headers.get('content-type')).toBe('application/soap+xml; charset=UTF-8; action="urn:x"')
    expect(request.headers.has('soapaction')).toBe(false)
  })

  it('soap11 puts plain XML and JSON into an envelope', () => {
    const request = write(createContext({ headers: { 'Content-Type': 'application/json' }, body: '{"a":1}' }), {
      format: 'soap11',
    })
    expect(String(request.body)).toContain('<soapenv:Body><jsonObject><a>1</a></jsonObject></soapenv:Body>')
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
    expect(String(request.body)).toContain('<soapenv:Body><a/></soapenv:Body>')
  })

  it('pox takes the envelope away', () => {
    const request = write(createContext({ headers: SOAP11, body: soap(S11, '<p:a xmlns:p="urn:p"/>') }), {
      format: 'pox',
    })
    expect(String(request.body)).toBe('<p:a xmlns:p="urn:p"/>')
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
    expect(String(write(ctx).body)).toContain('http://bus')
    expect(ctx.addressing.to).toBe('http://bus')
    expect(String(write(ctx).body)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>${soap(S11, '<a/>', '<e:Header><k xmlns="urn:k"/></e:Header>')}`,
    )
    expect(ctx.addressing.to).toBe('http://bus')
  })

  it('goes on when PRESERVE_WS_ADDRESSING says so', () => {
    const ctx = createContext({ headers: SOAP11, body: soap(S11, '<a/>', header) })
    expect(bodyChild(ctx.message.tree)?.name).toBe('a')
    ctx.properties.set('axis2', 'PRESERVE_WS_ADDRESSING', 'true')
    expect(String(write(ctx).body)).toBe(soap(S11, '<a/>', header))
  })

  it('is written when the endpoint asks for it, and asks for the answer on the same connection [COMPAT addressing-final-anonymous]', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.addressing.messageId = 'urn:uuid:1'
    expect(String(write(ctx, { addressing: 'final' }).body)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>` +
        soap(
          S11,
          '<a/>',
          `<e:Header xmlns:wsa="${WSA}"><wsa:To>${URL}</wsa:To><wsa:Action>urn:x</wsa:Action><wsa:MessageID>urn:uuid:1</wsa:MessageID>` +
            `<wsa:ReplyTo><wsa:Address>${WSA}/anonymous</wsa:Address></wsa:ReplyTo></e:Header>`,
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
      expect(String(request.body)).toBe('<a/>')
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

describe('a message that a flow made', () => {
  it('from nothing leaves as XML', () => {
    const ctx = createContext({ method: 'GET' })
    ctx.message.setTree(createEnvelope('1.1', [new XmlElement('q')]))
    const request = write(ctx, { method: 'POST' })
    expect(String(request.body)).toBe('<q/>')
    expect(request.headers.get('content-type')).toBe('application/xml; charset=UTF-8')
  })

  it('from JSON leaves as JSON', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.message.setJson(parseJson('{"a":1.10}'))
    expect(String(write(ctx).body)).toBe('{"a":1.10}')
    expect(write(ctx).headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })

  it('from bytes leaves as those bytes', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.message.setBytes(Buffer.from('{ "a": 1 }'), 'application/json')
    ctx.properties.set('axis2', 'messageType', 'application/json')
    expect(String(write(ctx).body)).toBe('{ "a": 1 }')
    expect(write(ctx).headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })
})
