import { describe, expect, it } from 'vitest'
import { Fault } from '../fault.ts'
import { readRelated } from '../mime/index.ts'
import { bodyChild, SOAP11, SOAP12, setBodyChild } from '../soap/envelope.ts'
import { createContext, type TestContext } from '../testing/context.ts'
import { printXml } from '../xml/print.ts'
import { XmlElement, XmlText } from '../xml/tree.ts'
import { writeReply } from './outgoing-reply.ts'

const XOP = 'http://www.w3.org/2004/08/xop/include'
const IMAGE = Buffer.from([0x47, 0x49, 0x46, 0, 255, 0x0d, 0x0a, 0x2d, 0x2d])
const soap = (body: string, ns = SOAP11) => `<e:Envelope xmlns:e="${ns}"><e:Body>${body}</e:Body></e:Envelope>`
const includes = (href: string) => `<q><image><xop:Include xmlns:xop="${XOP}" href="${href}"/></image></q>`

interface Part {
  readonly head: string
  readonly body: string | Buffer
}

const multipart = (...parts: Part[]): Buffer =>
  Buffer.concat([
    ...parts.flatMap(({ head, body }) => [
      Buffer.from(`--X\r\n${head}\r\n\r\n`),
      Buffer.from(body),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--X--\r\n'),
  ])

const MTOM = 'multipart/related; boundary=X; type="application/xop+xml"; start="<root>"; start-info="text/xml"'
const root = (body: string, type = 'application/xop+xml; charset=UTF-8; type="text/xml"'): Part => ({
  head: `Content-Type: ${type}\r\nContent-ID: <root>`,
  body,
})
const image = (id = 'img'): Part => ({
  head: `Content-Type: image/gif\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <${id}>`,
  body: IMAGE,
})

const received = (contentType: string, ...parts: Part[]): TestContext =>
  createContext({ contentType, headers: { SOAPAction: '"urn:up"' }, body: multipart(...parts) })

const write = (ctx: TestContext) => {
  const reply = writeReply(ctx)
  if (reply instanceof Promise || !Buffer.isBuffer(reply.body)) throw new Error('there is no reply')
  return { type: reply.headers.get('content-type') ?? '', body: reply.body }
}

describe('MTOM', () => {
  it('is read with its binary content in place, as base64', () => {
    const { message } = received(MTOM, root(soap(includes('cid:img'))), image())
    expect(printXml(bodyChild(message.tree) as XmlElement)).toBe('<q><image>R0lGAP8NCi0t</image></q>')
    expect(message.rest).toBe(false)
    expect(message.attachments.size).toBe(0)
  })

  it('leaves as it came when nobody changes it, also with enableMTOM', () => {
    const ctx = received(MTOM, root(soap(includes('cid:img'))), image())
    expect(bodyChild(ctx.message.tree)?.name).toBe('q')
    ctx.properties.set('axis2', 'enableMTOM', 'true')
    expect(write(ctx)).toEqual({ type: MTOM, body: multipart(root(soap(includes('cid:img'))), image()) })
  })

  it('that was changed leaves inline, or as parts with enableMTOM', () => {
    const ctx = received(MTOM, root(soap(includes('cid:img'))), image())
    bodyChild(ctx.message.editTree())?.children.push(new XmlElement('new'))
    expect(write(ctx)).toEqual({
      type: 'text/xml; charset=UTF-8',
      body: Buffer.from(`<?xml version='1.0' encoding='UTF-8'?>${soap('<q><image>R0lGAP8NCi0t</image><new/></q>')}`),
    })
    ctx.properties.set('axis2', 'enableMTOM', 'true')
    const { type, body } = write(ctx)
    expect(type).toMatch(
      /^multipart\/related; boundary=MIMEBoundary_\S+; type="application\/xop\+xml"; start="<root\.\S+@viaduct>"; start-info="text\/xml"$/,
    )
    const related = readRelated(body, type)
    expect(related.root.bytes.toString()).toContain('href="cid:img"')
    expect(related.parts).toHaveLength(1)
    expect(related.parts[0]).toMatchObject({ contentId: 'img', contentType: 'image/gif', bytes: IMAGE })
  })

  it('of SOAP 1.2 says so', () => {
    const type = 'application/xop+xml; type="application/soap+xml"'
    const ctx = received(
      MTOM.replace('text/xml', 'application/soap+xml'),
      root(soap(includes('cid:img'), SOAP12), type),
      image(),
    )
    expect(ctx.message.soapVersion).toBe('1.2')
    setBodyChild(ctx.message.editTree(), new XmlElement('r'))
    ctx.properties.set('axis2', 'enableMTOM', 'true')
    expect(write(ctx).type).toContain('start-info="application/soap+xml"')
  })

  it('sends bytes that a flow made as a part', () => {
    const ctx = createContext({ contentType: 'text/xml', headers: { SOAPAction: '""' }, body: soap('<a/>') })
    const payload = new XmlElement('b')
    payload.children.push(new XmlText({ bytes: IMAGE, contentType: 'image/gif' }, payload))
    setBodyChild(ctx.message.editTree(), payload)
    ctx.properties.set('axis2', 'enableMTOM', true)
    const { type, body } = write(ctx)
    expect(readRelated(body, type).parts[0]?.bytes).toEqual(IMAGE)
  })

  it.each([
    ['a part that is not there', [root(soap(includes('cid:other'))), image()]],
    ['a file', [root(soap(includes('file:///etc/passwd'))), image()]],
    ['a URL', [root(soap(includes('http://127.0.0.1/'))), image()]],
    ['the root itself', [root(soap(includes('cid:root'))), image()]],
    ['a part beside other content', [root(soap(`<q>x<xop:Include xmlns:xop="${XOP}" href="cid:img"/></q>`)), image()]],
    ['a Content-ID that two parts have', [root(soap(includes('cid:img'))), image(), image()]],
    ['a JSON root', [root('{}', 'application/json')]],
    ['an envelope of another version', [root(soap('<a/>', SOAP12))]],
  ])('that includes %s is fault 601000', (_, parts) => {
    expect(() => received(MTOM, ...parts).message.tree).toThrow(Fault)
  })

  it('that includes one part very often is fault 601000', () => {
    const big: Part = { head: 'Content-ID: <img>', body: Buffer.alloc(100_000) }
    const often = `<q>${'<i><xop:Include href="cid:img"/></i>'.repeat(1_000)}</q>`.replace(
      '<q>',
      `<q xmlns:xop="${XOP}">`,
    )
    expect(() => received(MTOM, root(soap(often)), big).message.tree).toThrow(Fault)
  })
})

describe('SwA', () => {
  const SWA = 'multipart/related; boundary=X; type="text/xml"; start="<root>"'
  const parts = [root(soap('<q><imageId>img</imageId></q>'), 'text/xml; charset=UTF-8'), image()] as const

  it('is read into an envelope and attachments', () => {
    const { message } = received(SWA, ...parts)
    expect(bodyChild(message.tree)?.name).toBe('q')
    expect([...message.attachments.keys()]).toEqual(['img'])
    expect(message.attachments.get('img')?.bytes).toEqual(IMAGE)
  })

  it('keeps its attachments when the envelope is changed', () => {
    const ctx = received(SWA, ...parts)
    bodyChild(ctx.message.editTree())?.children.push(new XmlElement('new'))
    ctx.properties.set('axis2', 'enableSwA', 'true')
    const { type, body } = write(ctx)
    expect(type).toMatch(
      /^multipart\/related; boundary=MIMEBoundary_\S+; type="text\/xml"; start="<root\.\S+@viaduct>"$/,
    )
    const related = readRelated(body, type)
    expect(related.root.contentType).toBe('text/xml; charset=UTF-8')
    expect(related.root.bytes.toString()).toContain('<q><imageId>img</imageId><new/></q>')
    expect(related.parts[0]).toMatchObject({ contentId: 'img', contentType: 'image/gif', bytes: IMAGE })
  })
})
