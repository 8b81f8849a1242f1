import { parseXml } from 'viaduct'
import type { ArrivalOptions } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { artifact, memoryBus } from './memory-bus.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'
const envelope = (body: string, namespace = SOAP11): string =>
  `<s:Envelope xmlns:s="${namespace}"><s:Body>${body}</s:Body></s:Envelope>`

/** A proxy that reads every message, and answers it. */
const READING = artifact(
  '<proxy name="P"><target><inSequence><property name="first" expression="local-name(//*[local-name()=\'Body\']/*)"/><log level="full"/><respond/></inSequence></target></proxy>',
)

const soap11 = (body: string | Buffer, type = 'text/xml; charset=utf-8'): ArrivalOptions => ({
  target: '/services/P',
  body,
  streamed: true,
  headers: { 'Content-Type': type, SOAPAction: '"urn:q"', 'X-Correlation-ID': 'the-id' },
})
const soap12 = (body: string | Buffer): ArrivalOptions => ({
  target: '/services/P',
  body,
  streamed: true,
  headers: { 'Content-Type': 'application/soap+xml; charset=utf-8', 'X-Correlation-ID': 'the-id' },
})
const plain = (body: string | Buffer, type: string): ArrivalOptions => ({
  target: '/services/P',
  body,
  streamed: true,
  headers: { 'Content-Type': type, Accept: 'application/json', 'X-Correlation-ID': 'the-id' },
})

/** What a bad request gets, after which a good one must be answered as ever. */
async function judge(options: ArrivalOptions) {
  const { request, services } = await memoryBus({ 'P.xml': READING })
  const started = performance.now()
  const reply = await request(options)
  const milliseconds = performance.now() - started
  const good = await request(soap11(envelope('<q/>')))
  expect(good.status).toBe(200)
  const log = services.log as unknown as { entries: { level: string; text: string; fields: Record<string, unknown> }[] }
  const told = log.entries.filter(({ level, fields }) => level === 'ERROR' && fields['correlation_id'] === 'the-id')
  return { reply, milliseconds, told: told.map(({ text }) => text) }
}

const deep = (levels: number): string => `${'<a>'.repeat(levels)}${'</a>'.repeat(levels)}`

const BAD_XML: readonly (readonly [what: string, body: string | Buffer, reason: string])[] = [
  ['a tag that is not closed', envelope('<q>'), 'the XML body is malformed'],
  ['text behind the root', `${envelope('<q/>')}x`, 'the XML body is malformed'],
  ['nothing but blanks', '   ', 'the XML body is malformed'],
  ['a document type', `<!DOCTYPE s [<!ENTITY e "x">]>${envelope('<q>&e;</q>')}`, 'malformed'],
  ['an entity nobody declared', envelope('<q>&e;</q>'), 'the XML body is malformed'],
  ['an external entity', `<!DOCTYPE s SYSTEM "file:///etc/passwd">${envelope('<q/>')}`, 'malformed'],
  ['bytes that are no UTF-8', Buffer.concat([Buffer.from(envelope('<q>')), Buffer.from([0xc3, 0x28])]), 'malformed'],
  ['100,000 levels', envelope(deep(100_000)), 'malformed'],
  ['one attribute twice', envelope('<q a="1" a="2"/>'), 'the XML body is malformed'],
  ['a prefix nobody declared', envelope('<p:q/>'), 'the XML body is malformed'],
  ['a character that XML has not', envelope('<q>\u0001</q>'), 'the XML body is malformed'],
  ['a processing instruction', envelope('<?php x?><q/>'), 'processing instructions'],
  ['no Body', `<s:Envelope xmlns:s="${SOAP11}"><s:Header/></s:Envelope>`, 'no Body'],
  ['an element behind the Body', `<s:Envelope xmlns:s="${SOAP11}"><s:Body/><s:Body/></s:Envelope>`, 'behind its Body'],
]

describe('a body that is none', () => {
  test.each(BAD_XML)(
    '%s: a SOAP 1.1 client gets a fault, the log the reason, and the bus lives on',
    async (_what, body, reason) => {
      const { reply, milliseconds, told } = await judge(soap11(body))
      expect(reply.status).toBe(500)
      expect(reply.headers.get('Content-Type')).toContain('text/xml')
      const { root } = parseXml(reply.text)
      expect([root.name, root.namespace]).toEqual(['Envelope', SOAP11])
      expect(reply.text).toContain('the-id')
      expect(reply.text).not.toMatch(/\.ts|at \/|passwd.*root/)
      expect(told).toContainEqual(expect.stringContaining(reason))
      expect(milliseconds).toBeLessThan(2_000)
    },
  )

  test('a SOAP 1.2 client gets a Sender fault with status 400', async () => {
    const { reply, told } = await judge(soap12(envelope('<q>', SOAP12)))
    expect(reply.status).toBe(400)
    expect(reply.headers.get('Content-Type')).toContain('application/soap+xml')
    expect(parseXml(reply.text).root.namespace).toBe(SOAP12)
    expect(reply.text).toMatch(/:Sender</)
    expect(told).toHaveLength(1)
  })

  test.each([
    ['an envelope of SOAP 1.2 called SOAP 1.1', soap11(envelope('<q/>', SOAP12)), SOAP11],
    ['an envelope of SOAP 1.1 called SOAP 1.2', soap12(envelope('<q/>')), SOAP12],
    ['an envelope of no version', soap11(envelope('<q/>', 'urn:none')), SOAP11],
  ])('%s: VersionMismatch', async (_what, options, namespace) => {
    const { reply } = await judge(options)
    expect(reply.status).toBe(500)
    expect(parseXml(reply.text).root.namespace).toBe(namespace)
    expect(reply.text).toMatch(/:VersionMismatch</)
  })

  test.each([
    ['JSON that ends early', '{"a":', 'application/json', 'the JSON body is malformed'],
    ['JSON with a comma too much', '[1,]', 'application/json', 'the JSON body is malformed'],
    ['JSON of 100,000 levels', '['.repeat(100_000), 'application/json', 'the JSON body is malformed'],
    ['JSON that is no UTF-8', Buffer.from([0x22, 0xff, 0x22]), 'application/json', ''],
    [
      'a form-data body that ends early',
      '--b\r\nContent-Disposition: form-data; name="a"\r\n\r\nx',
      'multipart/form-data; boundary=b',
      '',
    ],
  ])('%s is the client’s mistake', async (_what, body, type, reason) => {
    const { reply, told } = await judge(plain(body, type))
    expect(reply.status).toBe(400)
    const { error } = JSON.parse(reply.text) as { error: { code: number; correlationId: string; message: string } }
    expect(error).toMatchObject({ code: 601000, correlationId: 'the-id' })
    expect(told).toHaveLength(1)
    expect(told[0]).toContain(reason)
  })

  test.each([
    ['a multipart body without a boundary', 'x', 'multipart/related'],
    [
      'a multipart body that ends early',
      '--b\r\nContent-Type: text/xml\r\n\r\n<q/>',
      'multipart/related; boundary=b; type="text/xml"',
    ],
    ['an empty multipart body', '', 'multipart/related; boundary=b'],
  ])('%s speaks SOAP, and so does its fault', async (_what, body, type) => {
    const { reply, told } = await judge(plain(body, type))
    expect(reply.status).toBe(500)
    expect(parseXml(reply.text).root.name).toBe('Envelope')
    expect(told).toHaveLength(1)
  })

  test('a charset nobody knows', async () => {
    const { reply } = await judge(plain('<q/>', 'application/xml; charset=x-none'))
    expect(reply.status).toBe(400)
    expect(reply.text).toContain('the encoding "x-none" is not supported')
  })

  test('a body that says it is compressed and is not', async () => {
    const options = plain('<q/>', 'application/xml')
    const { reply } = await judge({ ...options, headers: { ...options.headers, 'Content-Encoding': 'gzip' } })
    expect(reply.status).toBe(400)
  })
})

describe('an address that is none', () => {
  test.each([
    ['a service', '/services/None'],
    ['a path', '/none/at/all'],
    ['the root', '/'],
    ['names of the language', '/services/__proto__'],
  ])('%s: 404 in the language of the client, with a line in the log', async (_what, target) => {
    const { request, services } = await memoryBus({ 'P.xml': READING })
    const soap = await request({ ...soap11(envelope('<q/>')), target })
    expect(soap.status).toBe(404)
    expect(parseXml(soap.text).root.namespace).toBe(SOAP11)
    const json = await request({ ...plain('{}', 'application/json'), target })
    expect(JSON.parse(json.text)).toMatchObject({ error: { message: 'There is nothing at this address' } })
    expect((services.log as unknown as { lines: string[] }).lines).toContainEqual(`INFO POST ${target}: 404 Not found`)
  })
})

describe('a back end that lies', () => {
  const passing = artifact(
    '<proxy name="P"><target><inSequence><send><endpoint><address uri="http://b/s"/></endpoint></send></inSequence><outSequence><property name="x" expression="//q"/><send/></outSequence></target></proxy>',
  )

  test.each([
    ['answers malformed XML as XML', '<q>', 'text/xml'],
    ['answers HTML as XML', '<html><br></html>', 'text/xml'],
    ['answers a document type', '<!DOCTYPE q><q/>', 'text/xml'],
    ['answers malformed JSON as JSON', '{', 'application/json'],
  ])('%s: the client is told nothing of the inside, and is not blamed', async (_what, body, contentType) => {
    const { request } = await memoryBus(
      { 'P.xml': passing },
      { backend: () => ({ body, contentType, streamed: true }) },
    )
    const json = await request({ ...plain('{}', 'application/json') })
    expect(json.status).toBe(502)
    expect(JSON.parse(json.text)).toMatchObject({ error: { code: 601000 } })
    expect(json.text).not.toContain('<')
    const soap = await request(soap11(envelope('<q/>')))
    expect(soap.status).toBe(500)
    expect(soap.text).toMatch(/:Server</)
  })
})
