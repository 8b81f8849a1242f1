import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { Headers } from '../headers.ts'
import { Message } from '../message.ts'
import { DEFAULT_SETTINGS, type Settings } from '../settings.ts'
import { createEnvelope, SOAP11, SOAP12, type SoapVersion, setBodyChild, soapNamespace } from '../soap/envelope.ts'
import { createFault } from '../soap/fault.ts'
import { type ContextOptions, createContext, type TestContext } from '../testing/context.ts'
import { testServices } from '../testing/services.ts'
import type { Outgoing, OutgoingReply } from '../transport.ts'
import { parseXml } from '../xml/parse.ts'
import { XmlElement } from '../xml/tree.ts'
import { writeReply } from './outgoing-reply.ts'

const soap = (ns = SOAP11, body = '<a/>') => `<e:Envelope xmlns:e="${ns}"><e:Body>${body}</e:Body></e:Envelope>`

/** The answer of a back end, as the out flow sees it. */
const answer = (status: number, options: ContextOptions = {}): TestContext => {
  const ctx = createContext({ response: true, ...options })
  ctx.message.status = status
  return ctx
}

const write = (ctx: TestContext): OutgoingReply => {
  const reply = writeReply(ctx)
  if (reply instanceof Promise) throw new Error('the reply has to wait')
  return reply
}

const withHttp = (http: Partial<Settings['http']>) =>
  testServices({ settings: { http: { ...DEFAULT_SETTINGS.http, ...http } } })

const sent = ({ body }: Pick<Outgoing, 'body'>): string => (Buffer.isBuffer(body) ? body.toString() : '')

describe('an answer that nobody changed', () => {
  it('has the bytes, status, reason and fields of the back end', () => {
    const ctx = answer(418, {
      headers: { 'Content-Type': 'text/xml', 'X-A': '1', Server: 's', Connection: 'close', 'Set-Cookie': 'c' },
      body: 'no xml',
    })
    ctx.message.reason = 'Teapot'
    const reply = write(ctx)
    expect(reply).toMatchObject({ status: 418, reason: 'Teapot', body: Buffer.from('no xml') })
    expect([...reply.headers]).toEqual([
      ['X-A', '1'],
      ['Set-Cookie', 'c'],
      ['Content-Type', 'text/xml'],
    ])
  })

  it('streams on with the length that was announced', () => {
    const reply = write(answer(200, { body: '<a/>', streamed: true }))
    expect(reply.body).toBeInstanceOf(Readable)
    expect(reply.headers.get('content-length')).toBe('4')
  })

  it('to HEAD tells the length of the body that it does not carry', () => {
    const ctx = answer(200, { method: 'HEAD', headers: { 'Content-Length': '17' } })
    expect(write(ctx)).toMatchObject({ body: undefined })
    expect(write(ctx).headers.get('content-length')).toBe('17')
  })

  it('made of the own message of the client shows it no field of a request', () => {
    const reply = write(
      createContext({ headers: { Authorization: 'secret', Cookie: 'c', 'X-Own': '1', Host: 'h' }, body: '<a/>' }),
    )
    expect([...reply.headers]).toEqual([
      ['X-Own', '1'],
      ['Content-Type', 'text/xml'],
    ])
    expect(reply.status).toBe(200)
  })

  it('without a body has no Content-Type either when it was a request', () => {
    const reply = write(createContext({ method: 'GET', headers: { 'Content-Type': 'application/xml' } }))
    expect(reply.body).toBeUndefined()
    expect([...reply.headers]).toEqual([])
  })
})

describe('the status of an answer', () => {
  const fault = (version: SoapVersion, name: string): TestContext => {
    const ctx = createContext({
      headers: { 'Content-Type': version === '1.1' ? 'text/xml' : 'application/soap+xml' },
      body: soap(soapNamespace(version)),
    })
    const code = { name, namespace: soapNamespace(version) }
    setBodyChild(ctx.message.editTree(), createFault(version, { code, reason: 'r' }))
    return ctx
  }

  it.each([
    ['1.1', 'Client', 500],
    ['1.1', 'Server', 500],
    ['1.2', 'Sender', 400],
    ['1.2', 'Receiver', 500],
  ] as const)('of a SOAP %s fault with code %s is %d', (version, name, status) => {
    expect(write(fault(version, name)).status).toBe(status)
  })

  it('is HTTP_SC when a flow sets it, also for a fault', () => {
    const ctx = fault('1.1', 'Client')
    ctx.properties.set('axis2', 'HTTP_SC', '422')
    ctx.properties.set('axis2', 'HTTP_SC_DESC', 'Bad\nThing')
    expect(write(ctx)).toMatchObject({ status: 422, reason: 'Bad Thing' })
    ctx.properties.set('axis2', 'HTTP_SC', 'nonsense')
    expect(write(ctx).status).toBe(500)
    ctx.properties.set('axis2', 'HTTP_SC', 99)
    expect(write(ctx).status).toBe(500)
  })

  it('of a changed answer stays that of the back end, its reason only with it', () => {
    const ctx = answer(503, { body: soap() })
    ctx.message.reason = 'Busy'
    setBodyChild(ctx.message.editTree(), new XmlElement('b'))
    expect(write(ctx)).toMatchObject({ status: 503, reason: 'Busy' })
    ctx.properties.set('axis2', 'HTTP_SC', 200)
    expect(write(ctx)).toMatchObject({ status: 200, reason: undefined })
  })

  it('of a fault that a flow made of a good answer is 500', () => {
    const ctx = answer(200, { body: soap() })
    const code = { name: 'Server', namespace: SOAP11 }
    setBodyChild(ctx.message.editTree(), createFault('1.1', { code, reason: 'r' }))
    expect(write(ctx).status).toBe(500)
  })

  it('is 200 for faults when FAULTS_AS_HTTP_200 says so, for what else fails it is not', () => {
    const own = fault('1.1', 'Server')
    own.properties.set('axis2', 'FAULTS_AS_HTTP_200', 'TRUE')
    expect(write(own).status).toBe(200)
    const theirs = answer(500, { body: soap(), streamed: true })
    theirs.properties.set('axis2', 'FAULTS_AS_HTTP_200', 'true')
    expect(write(theirs).status).toBe(200)
    const other = answer(500, { contentType: 'application/json', body: '{}' })
    other.properties.set('axis2', 'FAULTS_AS_HTTP_200', 'true')
    expect(write(other).status).toBe(500)
  })
})

describe('properties of an answer', () => {
  it('NO_ENTITY_BODY sends none; false keeps it', () => {
    const ctx = answer(200, { contentType: 'text/plain', body: 'IBM' })
    ctx.properties.set('axis2', 'NO_ENTITY_BODY', false)
    expect(sent(write(ctx))).toBe('IBM')
    ctx.properties.set('axis2', 'NO_ENTITY_BODY', true)
    expect(write(ctx).body).toBeUndefined()
  })

  it('messageType converts, and reads the body first when it must', async () => {
    const ctx = answer(200, { contentType: 'application/xml', body: '<a>1</a>', streamed: true })
    ctx.properties.set('axis2', 'messageType', 'application/json')
    const reply = await writeReply(ctx)
    expect(sent(reply)).toBe('{"a":1}')
    expect(reply.headers.get('content-type')).toBe('application/json; charset=UTF-8')
  })

  it('messageType text/xml gives a client that sent SOAP an envelope, whatever the back end sent', () => {
    const answered = (request: ContextOptions) => {
      const ctx = createContext(request).answer(
        Message.ofBytes(Buffer.from('<a>1</a>'), Headers.of({ 'Content-Type': 'application/xml' })),
      )
      ctx.message.status = 200
      ctx.message.editTree()
      ctx.properties.set('axis2', 'messageType', 'text/xml')
      const reply = writeReply(ctx)
      return reply instanceof Promise ? [] : [sent(reply), reply.headers.get('content-type')]
    }
    expect(answered({ contentType: 'application/xml', body: '<q/>' })).toEqual([
      expect.stringMatching(/<a>1<\/a>$/),
      'application/xml; charset=UTF-8',
    ])
    expect(answered({ headers: { 'Content-Type': 'text/xml', SOAPAction: '""' }, body: soap() })).toEqual([
      expect.stringContaining('Body><a>1</a></'),
      'text/xml; charset=UTF-8',
    ])
  })

  it('HTTP_ETAG adds a digest of the bytes', async () => {
    const ctx = answer(200, { body: soap(), streamed: true })
    ctx.properties.set('axis2', 'HTTP_ETAG', true)
    const reply = await writeReply(ctx)
    expect(reply.headers.get('etag')).toBe(`"${createHash('sha256').update(soap()).digest('hex')}"`)
  })

  it('HTTP_ETAG spares a GET the body that its If-None-Match has already', () => {
    const etag = `"${createHash('sha256').update(soap()).digest('hex')}"`
    const asked = (method: string, seen: string, status = 200) => {
      const ctx = answer(status, { method, body: soap() })
      ctx.exchange.arrival.message.headers.set('If-None-Match', seen)
      ctx.properties.set('axis2', 'HTTP_ETAG', true)
      const reply = write(ctx)
      return [reply.status, reply.body === undefined, reply.headers.get('etag') === etag]
    }
    expect(asked('GET', etag)).toEqual([304, true, true])
    expect(asked('HEAD', `"other", W/${etag}`)).toEqual([304, true, true])
    expect(asked('GET', '*')).toEqual([304, true, true])
    expect(asked('GET', '"other"')).toEqual([200, false, true])
    expect(asked('POST', etag)).toEqual([200, false, true])
    expect(asked('GET', etag, 404)).toEqual([404, false, true])
  })

  it('FORCE_HTTP_1.0 and NO_KEEPALIVE close the connection', () => {
    for (const name of ['FORCE_HTTP_1.0', 'NO_KEEPALIVE']) {
      const ctx = answer(200, { body: soap() })
      ctx.properties.set('axis2', name, 'true')
      expect(write(ctx).keepAlive).toBe(false)
    }
  })

  it('PRESERVE_XML_PROCESSING_INSTRUCTIONS keeps instructions of a message that was read [COMPAT prolog-instructions-dropped]', () => {
    const body = '<?xml version="1.0"?>\n<?xml-stylesheet href="x"?>\n<Hello>World</Hello>'
    const unread = answer(200, { contentType: 'application/xml', body })
    expect(sent(write(unread))).toBe(body)
    expect(unread.message.tree.root.name).toBe('Envelope')
    expect(sent(write(unread))).toBe('<Hello>World</Hello>')
    unread.properties.set('axis2', 'PRESERVE_XML_PROCESSING_INSTRUCTIONS', 'true')
    expect(sent(write(unread))).toBe(body)
  })
})

describe('Location', () => {
  const located = (status: number, location: string, services = testServices()): string | undefined => {
    const ctx = answer(status, { headers: { Location: location, Host: 'bus:8280' }, services })
    return write(ctx).headers.get('location')
  }

  it('of an answer that neither creates nor redirects points to the bus', () => {
    expect(located(202, 'http://back.end:9000/a/b?c=d')).toBe('http://bus:8280/a/b?c=d')
    expect(located(200, '/relative')).toBe('/relative')
  })

  it.each([201, 301, 302, 303, 307, 308])('of %d stays', (status) => {
    expect(located(status, 'http://back.end/a')).toBe('http://back.end/a')
  })

  it('stays when the settings say so', () => {
    expect(located(200, 'http://back.end/a', withHttp({ preserve: ['location'] }))).toBe('http://back.end/a')
  })
})

describe('Server', () => {
  it('is the name that the settings give, or that of the back end', () => {
    const headers = { Server: 'theirs' }
    expect(write(answer(200, { headers })).headers.get('server')).toBeUndefined()
    expect(write(answer(200, { headers, services: withHttp({ server: 'ours' }) })).headers.get('server')).toBe('ours')
    expect(
      write(answer(200, { headers, services: withHttp({ server: 'ours', preserve: ['server'] }) })).headers.get(
        'server',
      ),
    ).toBe('theirs')
  })
})

describe('a message that a flow made for the client', () => {
  it('of SOAP 1.2 says so', () => {
    const ctx = createContext({
      headers: { 'Content-Type': 'application/soap+xml; action="urn:x"' },
      body: soap(SOAP12),
    })
    ctx.message.setTree(createEnvelope('1.2', [parseXml('<r/>').root]))
    const reply = write(ctx)
    expect(reply.headers.get('content-type')).toBe('application/soap+xml; charset=UTF-8')
    expect(sent(reply)).toBe(
      `<?xml version='1.0' encoding='UTF-8'?><soapenv:Envelope xmlns:soapenv="${SOAP12}"><soapenv:Body><r/></soapenv:Body></soapenv:Envelope>`,
    )
  })
})
