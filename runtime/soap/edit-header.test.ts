import { Headers, Message, parseXml, printXml, setText, XmlElement } from 'viaduct'
import { compileMediators, deliver, MemorySender, sendersOf, testServices } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { withEndpoints } from '../../endpoints/testing/compile-endpoint.ts'
import { send } from '../../mediators/send/send.ts'
import { appendBlocks, removeBlocks } from './edit-header.ts'

const SOAP = 'http://schemas.xmlsoap.org/soap/envelope/'
const BODY = "<s:Body >\n  <q a='1'>&#x49;BM<![CDATA[<]]></q><!-- as it came --></s:Body>"
const envelope = (header: string): string => `<s:Envelope xmlns:s="${SOAP}">${header}${BODY}</s:Envelope>`
const message = (xml: string, type = 'text/xml; charset=utf-8'): Message =>
  Message.ofBytes(Buffer.from(xml), new Headers(['SOAPAction', '""']), type)

function block(name: string, text: string): XmlElement {
  const element = new XmlElement(name, 'urn:h', 'h')
  setText(element, text)
  return element
}

const NEW = '<h:New xmlns:h="urn:h">é</h:New>'
const OLD = '<h:Old xmlns:h="urn:h" />'

describe('blocks are added', () => {
  test.each([
    ['behind the others', envelope(`<s:Header>${OLD}</s:Header>`), envelope(`<s:Header>${OLD}${NEW}</s:Header>`)],
    ['where there is no header', envelope(''), envelope(`<s:Header>${NEW}</s:Header>`)],
  ])('%s, and not another byte changes', (_where, before, after) => {
    const changed = message(before)
    appendBlocks(changed, [block('New', 'é')])
    expect(changed.bytes?.toString()).toBe(after)
    expect(changed.revision).toBe(1)
    expect(printXml(changed.tree)).toContain(NEW)
  })

  test.each([
    ['the default namespace is declared around', message(`<Envelope xmlns="${SOAP}"><Body/></Envelope>`)],
    ['the charset cannot hold them', message(envelope(''), 'text/xml; charset=us-ascii')],
    ['the bytes are no envelope', Message.ofBytes(Buffer.from('<a/>'), new Headers(), 'application/xml')],
    ['somebody has the tree already', withTree(message(envelope('')))],
  ])('by way of the tree when %s', (_reason, changed) => {
    appendBlocks(changed, [block('New', 'é')])
    expect(changed.bytes).toBeUndefined()
    expect(printXml(changed.tree)).toContain(NEW)
  })

  test('never to what is malformed', () => {
    expect(() => appendBlocks(message(`${envelope('').slice(0, -4)}>`), [block('New', 'x')])).toThrow(
      expect.objectContaining({ code: 601000 }),
    )
  })
})

function withTree(built: Message): Message {
  expect(built.tree.root.name).toBe('Envelope')
  return built
}

describe('blocks are removed', () => {
  const two = envelope(`<s:Header> ${OLD}<h:Kept xmlns:h="urn:h"/><x:Old xmlns:x="urn:h">1</x:Old></s:Header>`)

  test('all of a name, and not another byte changes', () => {
    const changed = message(two)
    removeBlocks(changed, 'urn:h', 'Old')
    expect(changed.bytes?.toString()).toBe(envelope('<s:Header> <h:Kept xmlns:h="urn:h"/></s:Header>'))
    expect(changed.revision).toBe(1)
  })

  test('none: the message is the same', () => {
    const same = message(two)
    removeBlocks(same, 'urn:other', 'Old')
    removeBlocks(same, 'urn:h', 'q')
    expect(same.revision).toBe(0)
    const bare = message(envelope(''))
    removeBlocks(bare, 'urn:h', 'Old')
    expect(bare.revision).toBe(0)
  })

  test('of a message whose tree is there, in the tree', () => {
    const changed = withTree(message(two))
    removeBlocks(changed, 'urn:h', 'Old')
    expect(printXml(changed.tree)).toContain('<s:Header> <h:Kept xmlns:h="urn:h"/></s:Header>')
  })
})

describe('addressing headers of an endpoint', () => {
  async function sent(body: string, endpoint = '') {
    const sender = new MemorySender(() => ({ body: '<ok/>' }))
    const services = testServices({ senders: sendersOf(sender) })
    const xml = `<send><endpoint><address uri="http://b/s" ${endpoint}><enableAddressing/></address></endpoint></send>`
    const { mediator } = compileMediators(xml, { ...withEndpoints, services, mediators: [send] })
    await deliver(mediator, { services, body, headers: { SOAPAction: '"urn:a"' }, streamed: true })
    return sender.requests[0]
  }

  test('are written into the bytes of a message that has none', async () => {
    const request = await sent(envelope(`<s:Header>${OLD}</s:Header>`))
    expect(request?.text).toContain(`${OLD}</s:Header>${BODY}</s:Envelope>`)
    const { root } = parseXml(request?.text ?? '')
    expect(printXml(root)).toMatch(/<s:Header><wsa:To[^>]*>http:\/\/b\/s<\/wsa:To><wsa:Action[^>]*>urn:a<\/wsa:Action>/)
    expect(request?.headers.get('SOAPAction')).toBe('"urn:a"')
    expect(request?.headers.get('Content-Type')).toBe('text/xml')
  })

  test('replace those that came', async () => {
    const old = '<w:To xmlns:w="http://www.w3.org/2005/08/addressing">http://old/</w:To>'
    const request = await sent(envelope(`<s:Header>${old}</s:Header>`))
    expect(request?.text.match(/<\w+:To\b/g)).toHaveLength(1)
    expect(request?.text).not.toContain('http://old/')
  })

  test('are written by the formatter where another format is asked for', async () => {
    const request = await sent(envelope(''), 'format="soap12"')
    expect(request?.text).toContain('http://www.w3.org/2003/05/soap-envelope')
    expect(request?.text).toContain('<wsa:To')
  })
})
