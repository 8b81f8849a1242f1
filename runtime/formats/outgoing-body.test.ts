import { gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { parseJson } from '../json/parse.ts'
import { createEnvelope, setBodyChild } from '../soap/envelope.ts'
import { binaryPayload, textPayload } from '../soap/payload.ts'
import { type ContextOptions, createContext, type TestContext } from '../testing/context.ts'
import type { Outgoing, OutgoingRequest } from '../transport.ts'
import { parseXml } from '../xml/parse.ts'
import { XmlElement } from '../xml/tree.ts'
import { type RequestTarget, writeRequest } from './outgoing-request.ts'

const S11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const S12 = 'http://www.w3.org/2003/05/soap-envelope'
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

const sent = ({ body }: Pick<Outgoing, 'body'>): string => (Buffer.isBuffer(body) ? body.toString() : '')

describe('a changed message', () => {
  it('leaves in the version in which it came', () => {
    const request = write(changed({ headers: SOAP11, body: soap() }))
    expect(sent(request)).toBe(`<?xml version='1.0' encoding='UTF-8'?>${soap(S11, '<b/>')}`)
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
    expect(sent(request)).toBe('<b/>')
    expect(request.headers.get('content-type')).toBe('application/xml; charset=UTF-8')
    const ctx = changed({ headers: { 'Content-Type': 'application/json' }, body: '{}' })
    ctx.properties.set('axis2', 'messageType', 'text/xml')
    expect(sent(write(ctx))).toBe('<b/>')
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
    expect(sent(write(ctx))).toContain('<b/>')
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
    expect(sent(request)).toBe('{"a":{"b":1}}')
    expect(request.headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })

  it('writes JSON as XML', () => {
    const request = write(
      asked('application/xml', { headers: { 'Content-Type': 'application/json' }, body: '{"@t":"s","c":"d"}' }),
    )
    expect(sent(request)).toBe('<jsonObject t="s"><c>d</c></jsonObject>')
  })

  it('of the bytes that are there leaves them as they are', () => {
    const body = ' {"n": 1.10}'
    const request = write(asked('application/json', { headers: { 'Content-Type': 'application/json' }, body }))
    expect(sent(request)).toBe(body)
  })

  it('writes forms, text and bytes', () => {
    const form = asked('application/x-www-form-urlencoded', {
      headers: { 'Content-Type': 'application/xml' },
      body: '<f><a>1 2</a><b>é&amp;</b></f>',
    })
    expect(sent(write(form))).toBe('a=1%202&b=%C3%A9%26')
    const text = changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' }, textPayload('é'))
    text.properties.set('axis2', 'messageType', 'text/plain')
    expect(sent(write(text))).toBe('é')
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
    expect(sent(request)).toBe(
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
    expect(sent(write(ctx))).toBe('x')
    expect(write(ctx).headers.get('content-type')).toBe('application/x-own')
  })

  it('CHARACTER_SET_ENCODING and the encoding of the endpoint choose the charset', () => {
    const ctx = changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' }, parseXml('<b>é€</b>').root)
    ctx.properties.set('axis2', 'CHARACTER_SET_ENCODING', 'ISO-8859-1')
    const request = write(ctx)
    expect(request.headers.get('content-type')).toBe('application/xml; charset=ISO-8859-1')
    expect((request.body as Buffer).toString('latin1')).toBe(
      "<?xml version='1.0' encoding='ISO-8859-1'?><b>é&#x20AC;</b>",
    )
    expect(write(ctx, { encoding: 'UTF-16' }).headers.get('content-type')).toBe('application/xml; charset=UTF-16')
  })

  it('JSON says in ASCII what the charset does not have', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.message.setJson(parseJson('{"é":"€😀"}'))
    ctx.properties.set('axis2', 'CHARACTER_SET_ENCODING', 'ISO-8859-1')
    expect(sent(write(ctx))).toBe('{"\\u00e9":"\\u20ac\\ud83d\\ude00"}')
  })

  it('a charset that the bus cannot write is a fault', () => {
    const ctx = changed({ headers: SOAP11, body: soap() })
    expect(() => write(ctx, { encoding: 'no-such' })).toThrow(Fault)
  })

  it('setCharacterEncoding=false leaves the charset away', () => {
    const ctx = changed({ headers: { 'Content-Type': 'application/xml' }, body: '<a/>' })
    ctx.properties.set('axis2', 'setCharacterEncoding', 'false')
    expect(write(ctx).headers.get('content-type')).toBe('application/xml')
  })
})

describe('a message that a flow made', () => {
  it('from nothing leaves as XML', () => {
    const ctx = createContext({ method: 'GET' })
    ctx.message.setTree(createEnvelope('1.1', [new XmlElement('q')]))
    const request = write(ctx, { method: 'POST' })
    expect(sent(request)).toBe('<q/>')
    expect(request.headers.get('content-type')).toBe('application/xml; charset=UTF-8')
  })

  it('from JSON leaves as JSON', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.message.setJson(parseJson('{"a":1.10}'))
    expect(sent(write(ctx))).toBe('{"a":1.10}')
    expect(write(ctx).headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })

  it('from bytes leaves as those bytes', () => {
    const ctx = createContext({ headers: SOAP11, body: soap() })
    ctx.message.setBytes(Buffer.from('{ "a": 1 }'), 'application/json')
    ctx.properties.set('axis2', 'messageType', 'application/json')
    expect(sent(write(ctx))).toBe('{ "a": 1 }')
    expect(write(ctx).headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })
})
