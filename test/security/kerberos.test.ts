import { DEFAULT_SETTINGS, type Settings } from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { missingKdcTools, TestKdc } from '../../security/testing/kdc.ts'
import { nested, policyText, suite } from '../../security/testing/policies.ts'
import { ask, BODY_ENCRYPTED, BODY_SIGNED, loop } from './loop.ts'
import { makeKeys, type SecuredBus } from './secured-bus.ts'

const missing = missingKdcTools()
if (missing.length > 0) console.warn(`skipped: ${missing.join(', ')} are not installed`)

const SP = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'
const kerberos = (kind = 'WssKerberosV5ApReqToken11', derived = ''): string =>
  policyText(
    `<sp:SymmetricBinding>${nested(`<sp:ProtectionToken>${nested(`<sp:KerberosToken sp:IncludeToken="${SP}/IncludeToken/AlwaysToRecipient">${nested(`${derived}<sp:${kind}/>`)}</sp:KerberosToken>`)}</sp:ProtectionToken>${suite('sp:Basic128')}<sp:Layout>${nested('<sp:Lax/>')}</sp:Layout><sp:IncludeTimestamp/>`)}</sp:SymmetricBinding>${BODY_SIGNED}`,
  )
const EMPTY = '<rampart:RampartConfig xmlns:rampart="http://ws.apache.org/rampart/policy"/>'

describe.runIf(missing.length === 0)('a service that takes Kerberos tickets', () => {
  const keys = makeKeys()
  let kdc: TestKdc
  let keytab: Buffer

  beforeAll(async () => {
    kdc = await TestKdc.start()
    kdc.admin('addprinc -pw secret alice', 'addprinc -randkey HTTP/loop', 'addprinc -randkey HTTP/other')
    keytab = kdc.keytab('service.keytab', 'HTTP/loop')
  }, 60_000)
  afterAll(() => kdc.stop())

  const settings = (changes: Partial<Settings['security']['kerberos']> = {}): Partial<Settings> => ({
    security: {
      ...DEFAULT_SETTINGS.security,
      kerberos: {
        ...DEFAULT_SETTINGS.security.kerberos,
        keytab: 'service.keytab',
        kdcs: [`127.0.0.1:${kdc.port}`],
        principal: 'alice@TEST.EXAMPLE',
        password: 'secret',
        ...changes,
      },
    },
  })
  const open = (policy: string, changes?: Parameters<typeof settings>[0], config = EMPTY): Promise<SecuredBus> =>
    loop(policy, keys, {
      client: config,
      server: EMPTY,
      settings: settings(changes),
      more: { 'security/service.keytab': keytab },
      mediators:
        '<header xmlns:q="urn:q" name="q:Caller" expression="get-property(\'axis2\', \'client.principal.name\')"/>',
    })

  test.each([
    ['a bare ticket', kerberos()],
    ['a ticket for the GSS-API', kerberos('WssGssKerberosV5ApReqToken11')],
    ['derived keys', kerberos('WssKerberosV5ApReqToken11', '<sp:RequireDerivedKeys/>')],
    ['encryption with the key of the ticket', kerberos().replace(BODY_SIGNED, BODY_SIGNED + BODY_ENCRYPTED)],
  ])('knows its caller: %s', async (_, policy) => {
    using bus = await open(policy)
    expect(bus.diagnostics).toEqual([])
    const reply = await ask(bus)
    expect(reply.text).toContain('IBM')
    expect(bus.loop.requests[0]?.body.toString()).toMatch(/#(?:GSS_)?Kerberosv5_AP_REQ"/)
    // The answer is protected with the key of the ticket, which it names by its hash.
    expect(bus.loop.answers[0]?.body.toString()).toContain('#Kerberosv5APREQSHA1')
  })

  test('puts the principal where flows look for it', async () => {
    using bus = await open(kerberos())
    await ask(bus)
    expect(bus.loop.answers[0]?.body.toString()).toContain('alice@TEST.EXAMPLE')
  })

  test('refuses what is not signed with the ticket', async () => {
    using bus = await open(kerberos())
    bus.loop.tamper = (text) => text.replace('IBM', 'SUN')
    const reply = await ask(bus)
    expect(reply.text).toContain('Fault')
    expect(reply.text).not.toContain('digest')
  })

  test('tells the client why it has no ticket, in the log', async () => {
    using bus = await open(kerberos(), { password: 'wrong' })
    expect((await ask(bus)).text).toContain('Fault')
    expect(bus.loop.requests).toEqual([])
    expect(bus.log.lines.join('\n')).toMatch(/no ticket for HTTP\/loop: .*the password or key is wrong/)
  })

  test('takes the principal and service of the policy, as Rampart does', async () => {
    const config = EMPTY.replace(
      '/>',
      '><rampart:kerberosConfig><rampart:property name="service.principal.name">HTTP/other</rampart:property></rampart:kerberosConfig></rampart:RampartConfig>',
    )
    using bus = await open(kerberos(), {}, config)
    expect((await ask(bus)).text).toContain('Fault')
    expect(bus.log.lines.join('\n')).toContain(
      'the keytab has no key of type aes256-cts-hmac-sha384-192 for a ticket for HTTP/other@TEST.EXAMPLE',
    )
  })

  test.each<[string, Parameters<typeof settings>[0], RegExp]>([
    ['no keytab', { keytab: '' }, /constraint-violated: .*security.kerberos.keytab is needed/],
    ['a keytab that is not there', { keytab: 'other.keytab' }, /resource-unreadable: .*"other.keytab"/],
    ['a keytab that is none', { keytab: 'service.pem' }, /keystore-invalid: service.pem: the file is no keytab/],
    [
      'a service that the keytab lacks',
      { service: 'HTTP/x@R' },
      /constraint-violated: .*HTTP\/x@R, but for HTTP\/loop@TEST.EXAMPLE/,
    ],
    ['a principal without realm', { principal: 'alice' }, /constraint-violated: .*user@REALM/],
    ['no KDC', { kdcs: [] }, /constraint-violated: .*host:port/],
  ])('is not deployed with %s', async (_, changes, expected) => {
    using bus = await open(kerberos(), changes)
    expect(bus.diagnostics.join('\n')).toMatch(expected)
  })
})
