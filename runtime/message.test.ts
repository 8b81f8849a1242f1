import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { Fault } from './fault.ts'
import { Headers } from './headers.ts'
import { parseJson } from './json/parse.ts'
import { Message } from './message.ts'
import { bodyChild, createEnvelope, isFault, setBodyChild } from './soap/envelope.ts'
import { printXml } from './xml/print.ts'
import { XmlElement } from './xml/tree.ts'

const S11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const S12 = 'http://www.w3.org/2003/05/soap-envelope'
const soap = (ns = S11, body = '<a/>') => `<e:Envelope xmlns:e="${ns}"><e:Body>${body}</e:Body></e:Envelope>`
const received = (body: string | Buffer, type: string, fields: Record<string, string> = {}) =>
  Message.ofBytes(Buffer.from(body), Headers.of({ 'Content-Type': type, ...fields }))
const streamed = (...chunks: (string | Buffer)[]) =>
  Message.ofStream(Readable.from(chunks.map((chunk) => Buffer.from(chunk))), Headers.of({ 'Content-Type': 'text/xml' }))

const faultOf = (run: () => unknown): Fault => {
  try {
    run()
  } catch (thrown) {
    return thrown as Fault
  }
  throw new Error('nothing was thrown')
}

describe('a message that nobody looks at', () => {
  it('is never parsed and leaves as the very bytes that came', () => {
    const bytes = Buffer.from('no <xml')
    const message = Message.ofBytes(bytes, Headers.of({ 'Content-Type': 'text/xml' }))
    expect(message.takeRaw()).toBe(bytes)
    expect(message.revision).toBe(0)
    expect(message.read).toBe(false)
  })

  it('hands out its stream once', () => {
    const message = streamed('<a/>')
    expect(message.built).toBe(false)
    expect(message.takeRaw()).toBeInstanceOf(Readable)
    expect(faultOf(() => message.takeRaw()).code).toBe(601000)
    expect(faultOf(() => message.tree).code).toBe(601000)
  })
})

describe('a message that is built', () => {
  it('waits for its stream, and only then has views', async () => {
    const message = streamed('<a', '>é</', 'a>')
    expect(faultOf(() => message.tree).code).toBe(601000)
    await message.build(100)
    expect(message.build(100)).toBeUndefined()
    expect(bodyChild(message.tree)?.name).toBe('a')
    expect(message.bytes?.toString()).toBe('<a>é</a>')
  })

  it('above the limit is a fault that blames the client', async () => {
    const fault = await Promise.resolve(streamed('12345', '67890').build(9)).catch((thrown: unknown) => thrown as Fault)
    expect(fault).toMatchObject({ code: 601000, blamesClient: true })
  })

  it('from a body that ends early is fault 101001', async () => {
    const broken = new Readable({ read() {} })
    broken.push('<a>')
    const message = Message.ofStream(broken, new Headers())
    const pending = Promise.resolve(message.build(100)).catch((thrown: unknown) => thrown as Fault)
    setImmediate(() => broken.destroy(new Error('reset')))
    expect(await pending).toMatchObject({ code: 101001 })
  })

  it('is unpacked for its views and leaves packed', () => {
    const packed = gzipSync(soap())
    const message = received(packed, 'text/xml', { 'Content-Encoding': 'gzip' })
    message.headers.set('Content-Encoding', 'br')
    expect(bodyChild(message.tree)?.name).toBe('a')
    expect(message.takeRaw()).toEqual(packed)
  })

  it('that is malformed blames the client, that of a back end does not', () => {
    expect(faultOf(() => received('<a>', 'text/xml').tree)).toMatchObject({ code: 601000, blamesClient: true })
    expect(faultOf(() => received('{', 'application/json').json)).toMatchObject({ code: 601000, blamesClient: true })
    const answer = received('<a>', 'text/xml')
    answer.status = 200
    expect(faultOf(() => answer.tree)).toMatchObject({ code: 601000, blamesClient: false })
  })
})

describe('a message that changes', () => {
  it('counts its changes and forgets its bytes', () => {
    const message = received(soap(), 'text/xml')
    setBodyChild(message.editTree(), new XmlElement('b'))
    expect(message.revision).toBe(1)
    expect(message.bytes).toBeUndefined()
    expect(message.takeRaw()).toBeUndefined()
    expect(bodyChild(message.tree)?.name).toBe('b')
  })

  it('from JSON to XML and back has the views of its last form', () => {
    const message = received('{"a":1}', 'application/json')
    expect(message.isJson).toBe(true)
    expect(message.json).toEqual(parseJson('{"a":1}'))
    setBodyChild(message.editTree(), new XmlElement('b'))
    expect(message.isJson).toBe(false)
    expect(message.json).toEqual(parseJson('{"b":null}'))
    message.setJson(parseJson('[2]'))
    expect(printXml(message.tree)).toContain('<jsonArray><jsonElement>2</jsonElement></jsonArray>')
  })

  it('can be given bytes of a type, which leave as they are', () => {
    const message = received(soap(), 'text/xml')
    message.setBytes(Buffer.from('{"a": 1.0}'), 'application/json')
    expect(message.isJson).toBe(true)
    expect(bodyChild(message.tree)?.name).toBe('jsonObject')
    expect(message.bytes?.toString()).toBe('{"a": 1.0}')
    expect(message.revision).toBe(1)
  })

  it('can be emptied, and be blanked in its own version', () => {
    const message = received(soap(S12), 'application/soap+xml')
    message.blank()
    expect(printXml(message.tree)).toBe(`<soapenv:Envelope xmlns:soapenv="${S12}"><soapenv:Body/></soapenv:Envelope>`)
    message.clear()
    expect(message.empty).toBe(true)
    expect(message.takeRaw()).toBeUndefined()
  })

  it('forks without copying until one of both changes', () => {
    const message = received(soap(), 'text/xml', { 'X-A': '1' })
    expect(isFault(message.tree)).toBe(false)
    const fork = message.fork()
    expect(fork.tree).toBe(message.tree)
    fork.headers.set('X-A', '2')
    setBodyChild(fork.editTree(), new XmlElement('b'))
    expect(bodyChild(message.tree)?.name).toBe('a')
    expect(message.headers.get('x-a')).toBe('1')
    setBodyChild(message.editTree(), new XmlElement('c'))
    expect(bodyChild(fork.tree)?.name).toBe('b')
    expect(message.bytes).toBeUndefined()
  })

  it('cannot be forked while it is a stream', () => {
    expect(faultOf(() => streamed('x').fork())).toBeInstanceOf(Fault)
  })
})

describe('a payload without an envelope', () => {
  it.each([
    ['application/xml', '<a/>', {}, true],
    ['application/json', '{}', {}, true],
    ['application/soap+xml', soap(S12), {}, false],
    ['text/xml', soap(), {}, false],
    ['text/xml', '<a/>', {}, true],
    ['text/xml', '<a/>', { SOAPAction: '""' }, false],
    ['text/xml', '<malformed', {}, false],
    ['application/x-www-form-urlencoded', 'a=1', {}, true],
  ])('%s %j %j: %s', (type, body, fields, rest) => {
    expect(received(body, type, fields).rest).toBe(rest)
  })

  it('is remembered when the body is replaced', () => {
    const message = received('<a/>', 'text/xml')
    message.setTree(createEnvelope('1.1'))
    expect(message.rest).toBe(true)
  })

  it('of a stream is not decided before it is read', async () => {
    const message = streamed('<a/>')
    expect(message.rest).toBe(false)
    await message.build(100)
    expect(message.rest).toBe(true)
  })
})

it('nothing at all is no multipart body: reading it is a payload fault', () => {
  const message = Message.empty(new Headers(['Content-Type', 'multipart/related; boundary=x']))
  expect(() => message.build(1000)).toThrow(expect.objectContaining({ code: 601000 }))
  expect(() => Message.empty(new Headers(['Content-Type', 'text/xml'])).build(1000)).not.toThrow()
})
