import { describe, expect, test } from 'vitest'
import { asymmetric, nested, policyText, suite, symmetric } from '../../security/testing/policies.ts'
import { ask, BODY_ENCRYPTED, BODY_SIGNED, loop } from './loop.ts'
import { makeKeys, type SecuredBus } from './secured-bus.ts'

const keys = makeKeys()
const SP = {
  '1.1': 'http://schemas.xmlsoap.org/ws/2005/07/securitypolicy',
  '1.2': 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702',
} as const
type Version = keyof typeof SP

const conversation = (
  version: Version,
  parts: string,
  bootstrap: string,
  inside = '',
  options = '<sp:IncludeTimestamp/>',
): string =>
  policyText(
    `<sp:SymmetricBinding>${nested(
      `<sp:ProtectionToken>${nested(
        `<sp:SecureConversationToken sp:IncludeToken="${SP[version]}/IncludeToken/AlwaysToRecipient">${nested(`${inside}<sp:BootstrapPolicy>${nested(bootstrap)}</sp:BootstrapPolicy>`)}</sp:SecureConversationToken>`,
      )}</sp:ProtectionToken>${suite('sp:Basic256')}<sp:Layout>${nested('<sp:Lax/>')}</sp:Layout>${options}`,
    )}</sp:SymmetricBinding>${parts}`,
    version,
  )

const both = (version: Version): string => asymmetric({ version }) + BODY_SIGNED + BODY_ENCRYPTED
const anonymous = (version: Version): string => symmetric({ version }) + BODY_SIGNED + BODY_ENCRYPTED

const actions = (bus: SecuredBus): string[] =>
  bus.loop.requests.map(({ body }) => /(RST\/SCT)/.exec(body.toString())?.[1] ?? 'message')

describe('a secure conversation', () => {
  test.each([
    ['9: signed', conversation('1.1', BODY_SIGNED, both('1.1')), false],
    ['10: encrypted', conversation('1.1', BODY_ENCRYPTED, both('1.1')), true],
    ['11: signed and encrypted', conversation('1.1', BODY_SIGNED + BODY_ENCRYPTED, both('1.1')), true],
    ['12: signed, from a client without certificate', conversation('1.1', BODY_SIGNED, anonymous('1.1')), false],
    [
      '13: signed and encrypted, from a client without certificate',
      conversation('1.1', BODY_SIGNED + BODY_ENCRYPTED, anonymous('1.1')),
      true,
    ],
    ['in version 1.3', conversation('1.2', BODY_SIGNED + BODY_ENCRYPTED, both('1.2')), true],
    [
      'with derived keys',
      conversation('1.2', BODY_SIGNED + BODY_ENCRYPTED, both('1.2'), '<sp:RequireDerivedKeys/>'),
      true,
    ],
    [
      'that encrypts before it signs',
      conversation(
        '1.2',
        BODY_SIGNED + BODY_ENCRYPTED,
        both('1.2'),
        '',
        '<sp:EncryptBeforeSigning/><sp:IncludeTimestamp/>',
      ),
      true,
    ],
  ])('begins once and goes on: %s', async (_, policy, hides) => {
    using bus = await loop(policy, keys)
    expect(bus.diagnostics).toEqual([])
    for (const _ of [1, 2, 3]) expect((await ask(bus)).text, bus.log.lines.join('\n')).toContain('IBM &amp; co')
    expect(actions(bus)).toEqual(['RST/SCT', 'message', 'message', 'message'])
    const wire = [...bus.loop.requests, ...bus.loop.answers].map(({ body }) => body.toString()).join('\n')
    expect(wire.includes('IBM &amp; co')).toBe(!hides)
    expect(wire).toContain('SecurityContextToken')
  })

  test('of many callers at once begins once', async () => {
    using bus = await loop(conversation('1.2', BODY_SIGNED, both('1.2')), keys)
    const replies = await Promise.all(Array.from({ length: 10 }, () => ask(bus)))
    expect(replies.every(({ text }) => text.includes('IBM'))).toBe(true)
    expect(actions(bus).filter((action) => action === 'RST/SCT')).toHaveLength(1)
  })

  test.each<[string, (text: string) => string]>([
    ['a changed body', (text) => text.replace('IBM', 'SUN')],
    ['the identifier of another context', (text) => text.replace(/urn:uuid:[0-9a-f]{8}/, 'urn:uuid:00000000')],
    ['no signature', (text) => text.replace(/<ds:Signature.*<\/ds:Signature>/s, '')],
    ['the context twice', (text) => text.replace(/<wsc:SecurityContextToken.*<\/wsc:SecurityContextToken>/s, '$&$&')],
  ])('is not disturbed by %s', async (_, tamper) => {
    using bus = await loop(conversation('1.1', BODY_SIGNED, both('1.1')), keys)
    expect((await ask(bus)).text).toContain('IBM')
    bus.loop.tamper = tamper
    const { text } = await ask(bus)
    expect(text).toContain('The security of the message could not be verified')
    // A service that refuses may have lost the context: the next message begins anew.
    bus.loop.tamper = undefined
    expect((await ask(bus)).text).toContain('IBM')
    expect(actions(bus)).toEqual(['RST/SCT', 'message', 'message', 'RST/SCT', 'message'])
  })

  test('accepts no message twice', async () => {
    using bus = await loop(conversation('1.1', BODY_SIGNED, both('1.1')), keys)
    await ask(bus)
    const sent = bus.loop.requests.at(-1)
    const again = await bus.request({
      target: '/services/Secure',
      body: sent?.body ?? '',
      headers: { 'Content-Type': 'text/xml', SOAPAction: '"urn:getQuote"' },
    })
    expect(again.text).toContain('could not be verified')
    expect(bus.log.lines.join('\n')).toContain('was received before')
  })

  test('is not begun by a request that its bootstrap policy does not let in', async () => {
    using bus = await loop(conversation('1.1', BODY_SIGNED, both('1.1')), keys)
    bus.loop.tamper = (text) => text.replace(/<(?:\w+:)?BinarySecurityToken.*?<\/(?:\w+:)?BinarySecurityToken>/s, '')
    expect((await ask(bus)).text).toContain('Fault')
    expect(actions(bus)).toEqual(['RST/SCT'])
  })

  test('is asked for by nobody who only says so', async () => {
    using bus = await loop(conversation('1.1', BODY_SIGNED, both('1.1')), keys)
    const trust = 'http://schemas.xmlsoap.org/ws/2005/02/trust'
    const body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><t:RequestSecurityToken xmlns:t="${trust}"><t:TokenType>http://schemas.xmlsoap.org/ws/2005/02/sc/sct</t:TokenType><t:RequestType>${trust}/Issue</t:RequestType></t:RequestSecurityToken></s:Body></s:Envelope>`
    const { text } = await bus.request({
      target: '/services/Secure',
      body,
      headers: { 'Content-Type': 'text/xml', SOAPAction: `"${trust}/RST/SCT"` },
    })
    expect(text).toContain('could not be verified')
    expect(text).not.toContain('SecurityContextToken')
  })
})
