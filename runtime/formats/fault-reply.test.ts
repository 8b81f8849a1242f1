import { describe, expect, it } from 'vitest'
import { BodyTooLarge } from '../collect.ts'
import { Fault } from '../fault.ts'
import { SOAP11, SOAP12 } from '../soap/envelope.ts'
import { readFault } from '../soap/fault.ts'
import { VersionMismatch } from '../soap/version-mismatch.ts'
import { createArrival } from '../testing/arrival.ts'
import { createContext } from '../testing/context.ts'
import type { Outgoing } from '../transport.ts'
import { parseXml } from '../xml/parse.ts'
import { faultReply } from './fault-reply.ts'

const internal = new Fault(0, '/etc/passwd of db1.internal', { cause: new Error('secret') })
const malformed = Object.assign(new Fault(601000, 'the XML body is malformed: line 2'), { blamesClient: true })
const client = (contentType: string, headers: Record<string, string> = {}) =>
  createArrival({ headers: { 'X-Correlation-ID': 'c-1', 'Content-Type': contentType, ...headers }, body: 'x' })

const sent = ({ body }: Pick<Outgoing, 'body'>): string => (Buffer.isBuffer(body) ? body.toString() : '')

describe('the answer to a client whose flow failed', () => {
  it('is a SOAP 1.1 fault for SOAP 1.1', () => {
    const reply = faultReply(client('text/xml'), internal)
    expect(reply.status).toBe(500)
    expect([...reply.headers]).toEqual([
      ['Content-Type', 'text/xml; charset=UTF-8'],
      ['X-Correlation-ID', 'c-1'],
    ])
    expect(sent(reply)).toBe(
      `<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="${SOAP11}"><soapenv:Body><soapenv:Fault>` +
        '<faultcode>soapenv:Server</faultcode><faultstring>The request could not be processed</faultstring>' +
        '<detail><fault xmlns="urn:viaduct:fault"><code>0</code><correlationId>c-1</correlationId></fault></detail>' +
        '</soapenv:Fault></soapenv:Body></soapenv:Envelope>',
    )
  })

  it('is a SOAP 1.2 fault for SOAP 1.2: Receiver with 500, Sender with 400', () => {
    const receiver = faultReply(client('application/soap+xml'), internal)
    expect(receiver.status).toBe(500)
    expect(receiver.headers.get('content-type')).toBe('application/soap+xml; charset=UTF-8')
    expect(readFault(parseXml(sent(receiver)))).toMatchObject({ code: { name: 'Receiver', namespace: SOAP12 } })
    const sender = faultReply(client('application/soap+xml'), malformed)
    expect(sender.status).toBe(400)
    expect(readFault(parseXml(sent(sender)))).toMatchObject({
      code: { name: 'Sender' },
      reason: 'The request could not be read: the XML body is malformed: line 2',
    })
  })

  it('blames a SOAP 1.1 client with code Client and status 500', () => {
    const reply = faultReply(client('text/xml'), malformed)
    expect(reply.status).toBe(500)
    expect(readFault(parseXml(sent(reply)))).toMatchObject({ code: { name: 'Client' } })
  })

  it('names a version mismatch, in the version that the client asked for', () => {
    const reply = faultReply(client('application/soap+xml'), new VersionMismatch('x', '1.1'))
    expect(reply.headers.get('content-type')).toBe('text/xml; charset=UTF-8')
    expect(readFault(parseXml(sent(reply)))).toMatchObject({
      code: { name: 'VersionMismatch', namespace: SOAP11 },
    })
  })

  it('is JSON for JSON', () => {
    const reply = faultReply(client('application/json'), new Fault(101504, 'http://db1.internal/x timed out'))
    expect(reply.status).toBe(504)
    expect(reply.headers.get('content-type')).toBe('application/json; charset=UTF-8')
    expect(JSON.parse(sent(reply))).toEqual({
      error: { code: 101504, message: 'The service behind this address did not answer in time', correlationId: 'c-1' },
    })
  })

  it('is XML for plain XML, and text for those who say nothing', () => {
    expect(sent(faultReply(client('application/xml'), internal))).toBe(
      '<fault xmlns="urn:viaduct:fault"><code>0</code><message>The request could not be processed</message><correlationId>c-1</correlationId></fault>',
    )
    const browser = createArrival({ method: 'GET', headers: { 'X-Correlation-ID': 'c-2' } })
    expect(sent(faultReply(browser, internal))).toBe('The request could not be processed\ncorrelation id: c-2\n')
  })

  it('follows Accept when there was no body', () => {
    const type = (accept: string) =>
      faultReply(createArrival({ method: 'GET', headers: { Accept: accept } }), internal).headers.get('content-type')
    expect(type('text/html, application/json;q=0.9')).toBe('application/json; charset=UTF-8')
    expect(type('application/xml')).toBe('application/xml; charset=UTF-8')
    expect(type('*/*')).toBe('text/plain; charset=UTF-8')
  })

  it('speaks to MTOM clients in the version of their envelope', () => {
    expect(
      faultReply(
        client('multipart/related; type="application/xop+xml"; start-info="application/soap+xml"'),
        internal,
      ).headers.get('content-type'),
    ).toBe('application/soap+xml; charset=UTF-8')
    expect(faultReply(client('multipart/related; type="text/xml"'), internal).headers.get('content-type')).toBe(
      'text/xml; charset=UTF-8',
    )
  })

  it('follows what the client sent, whatever the flow made of it', () => {
    const ctx = createContext({ headers: { 'Content-Type': 'text/xml', SOAPAction: '"a"' }, body: '<a/>' })
    ctx.message.setBytes(Buffer.from('{}'), 'application/json')
    ctx.properties.set('axis2', 'messageType', 'application/json')
    expect(faultReply(ctx.exchange, internal).headers.get('content-type')).toBe('text/xml; charset=UTF-8')
  })

  it('is XML for text/xml that turned out to be no envelope', () => {
    const ctx = createContext({ headers: { 'Content-Type': 'text/xml' }, body: '<a/>' })
    expect(ctx.message.tree.root.name).toBe('Envelope')
    expect(faultReply(ctx.exchange, internal).headers.get('content-type')).toBe('application/xml; charset=UTF-8')
  })

  it.each([
    [101503, 502],
    [101505, 502],
    [101507, 503],
    [101508, 504],
    [303000, 503],
    [303001, 503],
    [601000, 502],
    ['address-refused', 403],
    ['no-such-code', 500],
    [0, 500],
  ])('of fault %s has status %d for who speaks no SOAP', (code, status) => {
    const reply = faultReply(client('application/json'), new Fault(code, 'x'))
    expect(reply.status).toBe(status)
    expect(reply.headers.get('retry-after')).toBe(status === 503 ? '1' : undefined)
  })

  it('has the status that HTTP asks for when nothing was mediated', () => {
    expect(faultReply(client('application/json'), new Fault(0, 'Not found'), 404)).toMatchObject({ status: 404 })
    const busy = faultReply(client('text/xml'), new Fault(0, 'starting'), 503)
    expect(busy.status).toBe(503)
    expect(busy.headers.get('retry-after')).toBe('1')
  })

  it('is 413 for a body above the limit', () => {
    const fault = Object.assign(new BodyTooLarge(10), { blamesClient: true })
    expect(faultReply(client('application/json'), fault).status).toBe(413)
    expect(faultReply(client('text/xml'), fault).status).toBe(413)
  })

  it('says nothing of the inside of the bus', () => {
    for (const type of ['text/xml', 'application/soap+xml', 'application/json', 'application/xml', 'text/plain']) {
      expect(sent(faultReply(client(type), internal))).not.toMatch(/passwd|internal|secret|Error/)
    }
  })

  it('makes up a correlation id when the client has none that can be printed', () => {
    const reply = faultReply(client('application/json', { 'X-Correlation-ID': '<script>' }), internal)
    expect(reply.headers.get('x-correlation-id')).toMatch(/^[\da-f-]{36}$/)
  })
})
