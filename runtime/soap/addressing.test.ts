import { describe, expect, it } from 'vitest'
import { createContext } from '../testing/context.ts'
import { actionParameter } from './addressing.ts'

const WSA = 'http://www.w3.org/2005/08/addressing'
const envelope = (header: string) =>
  `<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Header xmlns:w="${WSA}">${header}</e:Header><e:Body/></e:Envelope>`

describe('addressing of a message', () => {
  it('is what HTTP says: the request target and SOAPAction without quotes', () => {
    const ctx = createContext({
      target: '/services/P?x=1',
      headers: { SOAPAction: '"urn:a"' },
      body: 'no xml',
      streamed: true,
    })
    expect(ctx.addressing.to).toBe('/services/P?x=1')
    expect(ctx.addressing.action).toBe('urn:a')
    expect(ctx.addressing.replyTo).toBeUndefined()
    expect(ctx.message.read).toBe(false)
  })

  it('has the action of a SOAP 1.2 Content-Type', () => {
    expect(
      createContext({ contentType: 'application/soap+xml; action=urn:a', body: 'x', streamed: true }).addressing.action,
    ).toBe('urn:a')
    expect(actionParameter('application/soap+xml; action=""')).toBeUndefined()
    expect(actionParameter('application/soap+xml; x="action=no"; action="yes"')).toBe('yes')
  })

  it('is read from the envelope when the message is in memory', () => {
    const ctx = createContext({
      body: envelope(
        '<w:To>http://x/</w:To><w:Action>urn:b</w:Action><w:From><w:Address>urn:f</w:Address></w:From><w:RelatesTo>urn:r</w:RelatesTo><w:MessageID>urn:m</w:MessageID>',
      ),
      headers: { SOAPAction: '""' },
    })
    expect(ctx.addressing).toMatchObject({
      to: 'http://x/',
      action: 'urn:b',
      from: 'urn:f',
      relatesTo: 'urn:r',
      messageId: 'urn:m',
    })
    expect(ctx.properties.get('default', 'From')).toBe('urn:f')
  })

  it('does not parse a message that does not mention it', () => {
    const ctx = createContext({ body: 'no xml' })
    expect(ctx.addressing.from).toBeUndefined()
    expect(ctx.message.read).toBe(false)
  })

  it('of an answer is for the anonymous address', () => {
    expect(createContext({ response: true, body: 'x' }).addressing.to).toBe(`${WSA}/anonymous`)
  })

  it('that a flow sets or removes hides what was there', () => {
    const ctx = createContext({ headers: { SOAPAction: '"urn:a"' }, body: 'x' })
    expect(ctx.addressing.actionChanged).toBe(false)
    ctx.addressing.action = 'urn:b'
    ctx.addressing.to = undefined
    expect(ctx.addressing.action).toBe('urn:b')
    expect(ctx.addressing.to).toBeUndefined()
    expect(ctx.addressing.actionChanged).toBe(true)
    expect(ctx.addressing.own).toEqual({ action: 'urn:b' })
    expect(ctx.properties.get('default', 'To')).toBe('')
  })

  it('has a MessageID that stays the same, and a copy of the message another one', () => {
    const ctx = createContext({ body: '<a/>' })
    const { messageId } = ctx.addressing
    expect(messageId).toMatch(/^urn:uuid:/)
    expect(ctx.addressing.messageId).toBe(messageId)
    ctx.addressing.replyTo = 'urn:r'
    const copy = ctx.fork()
    expect(copy.addressing.replyTo).toBe('urn:r')
    expect(copy.addressing.messageId).not.toBe(messageId)
  })
})
