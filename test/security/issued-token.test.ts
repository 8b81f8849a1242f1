import { DEFAULT_SETTINGS, type Settings } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { asymmetric, nested, policyText, suite } from '../../security/testing/policies.ts'
import { ask, BODY_ENCRYPTED, BODY_SIGNED } from './loop.ts'
import { clientConfig, keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()
const SP = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'
const WST = 'http://docs.oasis-open.org/ws-sx/ws-trust/200512'
const STS = 'http://loop/services/Tokens'
const SECURE = 'http://loop/services/Secure'

const issued = (version: '1.1' | '2.0', derived = '', issuer = STS): string =>
  policyText(
    `<sp:SymmetricBinding>${nested(
      `<sp:ProtectionToken>${nested(
        `<sp:IssuedToken sp:IncludeToken="${SP}/IncludeToken/AlwaysToRecipient"><sp:Issuer><a:Address xmlns:a="http://www.w3.org/2005/08/addressing">${issuer}</a:Address></sp:Issuer><sp:RequestSecurityTokenTemplate xmlns:t="${WST}"><t:TokenType>http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV${version}</t:TokenType><t:KeyType>${WST}/SymmetricKey</t:KeyType><t:KeySize>256</t:KeySize></sp:RequestSecurityTokenTemplate>${derived === '' ? '' : nested(derived)}</sp:IssuedToken>`,
      )}</sp:ProtectionToken>${suite('sp:Basic256')}<sp:IncludeTimestamp/>`,
    )}</sp:SymmetricBinding>${BODY_SIGNED}${BODY_ENCRYPTED}`,
  )

const ISSUER = `<parameter name="saml-issuer-config"><saml-issuer-config xmlns=""><issuerName>https://sts.example</issuerName><trusted-services><service alias="service">${SECURE}</service></trusted-services></saml-issuer-config></parameter>`

function open(policy: string, saml: Partial<Settings['security']['saml']> = {}): Promise<SecuredBus> {
  const stsPolicy = policyText(asymmetric() + BODY_SIGNED + BODY_ENCRYPTED)
  const services = { [STS]: 'sts-client' }
  return SecuredBus.open({
    home: keystores(keys),
    settings: {
      security: { ...DEFAULT_SETTINGS.security, saml: { ...DEFAULT_SETTINGS.security.saml, services, ...saml } },
    },
    artifacts: {
      'service-policy.xml': `<localEntry key="service-policy">${withConfig(policy, serviceConfig())}</localEntry>`,
      'client-policy.xml': `<localEntry key="client-policy">${withConfig(policy, clientConfig())}</localEntry>`,
      'sts-policy.xml': `<localEntry key="sts-policy">${withConfig(stsPolicy, serviceConfig())}</localEntry>`,
      'sts-client.xml': `<localEntry key="sts-client">${withConfig(stsPolicy, clientConfig())}</localEntry>`,
      'sts.xml': `<proxy name="Tokens"><target><inSequence><drop/></inSequence></target><policy key="sts-policy"/><enableSec/>${ISSUER}</proxy>`,
      'secure.xml': `<proxy name="Secure"><target><inSequence><header xmlns:q="urn:q" name="q:Caller" expression="get-property('axis2', 'saml.subject.id')"/><respond/></inSequence></target><policy key="service-policy"/><enableSec/></proxy>`,
      'front.xml': `<proxy name="Front"><target><inSequence><send><endpoint><address uri="${SECURE}"><enableSec policy="client-policy"/></address></endpoint></send></inSequence><outSequence><send/></outSequence></target></proxy>`,
    },
  })
}

const count = (bus: SecuredBus, url: string): number => bus.loop.requests.filter((each) => each.url === url).length

describe('a service that takes tokens of a token service', () => {
  test.each([
    ['2.0', ''],
    ['1.1', ''],
    ['2.0', '<sp:RequireDerivedKeys/>'],
  ] as const)('knows its caller by an assertion of SAML %s %s', async (version, derived) => {
    using bus = await open(issued(version, derived))
    expect(bus.diagnostics).toEqual([])
    const reply = await ask(bus)
    expect(reply.text, bus.log.lines.join('\n')).toContain('IBM')
    const sent = bus.loop.requests.at(-1)?.body.toString() ?? ''
    expect(sent).toMatch(/<saml2?:Assertion/)
    expect(sent).not.toContain('IBM')
    expect(bus.loop.answers.at(-1)?.body.toString()).toContain('CN=client')
  })

  test('fetches the token once, while it lasts', async () => {
    using bus = await open(issued('2.0'))
    await Promise.all([ask(bus), ask(bus)])
    await ask(bus)
    expect([count(bus, STS), count(bus, SECURE)]).toEqual([1, 3])
  })

  test('refuses a token that another issuer names', async () => {
    using bus = await open(issued('2.0'))
    bus.loop.tamper = (text) => text.replace('https://sts.example', 'https://other.example')
    expect((await ask(bus)).text).toContain('Fault')
  })

  test('tells in the log that no policy is known for the token service', async () => {
    using bus = await open(issued('2.0', '', 'http://loop/services/Other'))
    expect((await ask(bus)).text).toContain('Fault')
    expect(bus.log.lines.join('\n')).toContain(
      'security.saml.services names no policy for the token service http://loop/services/Other',
    )
  })

  test('is not deployed with a policy that is not there', async () => {
    using bus = await open(issued('2.0'), { services: { [STS]: 'nowhere' } })
    expect(bus.diagnostics.join('\n')).toContain('nowhere')
  })

  test('is not deployed with an issuer whose certificate is not there', async () => {
    using bus = await open(issued('2.0'), { issuers: { 'https://other.example': 'nobody' } })
    expect(bus.diagnostics.join('\n')).toContain(
      'security.saml.issuers: no certificate in the keystores has the alias "nobody"',
    )
  })
})
