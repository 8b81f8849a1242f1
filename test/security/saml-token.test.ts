import { DEFAULT_SETTINGS, parseXml, printXml, type Settings } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { type AssertionRequest, signAssertion, writeAssertion } from '../../security/saml/index.ts'
import { certificateKeyInfo } from '../../security/saml/subject-key-info.ts'
import { type Identity, makeIdentity } from '../../security/testing/certificates.ts'
import { nested, policyText, transport } from '../../security/testing/policies.ts'
import { keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()
const sts = makeIdentity({ subject: 'CN=sts', issuer: keys.authority, key: 'rsa' })
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
const SP = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'

const POLICY = policyText(
  `${transport()}<sp:SignedSupportingTokens>${nested(`<sp:SamlToken sp:IncludeToken="${SP}/IncludeToken/AlwaysToRecipient">${nested('<sp:WssSamlV20Token11/>')}</sp:SamlToken>`)}</sp:SignedSupportingTokens>`,
)
const MERLIN = 'org.apache.ws.security.components.crypto.Merlin'
const STORE = `<rampart:stsCrypto><rampart:crypto provider="${MERLIN}"><rampart:property name="org.apache.ws.security.crypto.merlin.keystore.file">sts.crt</rampart:property></rampart:crypto></rampart:stsCrypto>`
const ALIAS = '<rampart:stsAlias>sts</rampart:stsAlias>'

const open = (config = STORE + ALIAS, saml: Partial<Settings['security']['saml']> = {}): Promise<SecuredBus> =>
  SecuredBus.open({
    home: { ...keystores(keys), 'security/sts.crt': sts.certificate.toString() },
    settings: { security: { ...DEFAULT_SETTINGS.security, saml: { ...DEFAULT_SETTINGS.security.saml, ...saml } } },
    artifacts: {
      'policy.xml': `<localEntry key="policy">${withConfig(POLICY, serviceConfig(config))}</localEntry>`,
      'secure.xml': `<proxy name="Secure"><target><inSequence><payloadFactory media-type="xml"><format><q:caller xmlns:q="urn:q">$1</q:caller></format><args><arg expression="get-property('axis2', 'saml.subject.id')"/></args></payloadFactory><respond/></inSequence></target><policy key="policy"/><enableSec/></proxy>`,
    },
  })

interface Token extends Partial<AssertionRequest> {
  readonly signer?: Identity | undefined
}

/** Sends a message with an assertion over TLS; gives the name that the flow saw, or `refused` and why. */
async function send(bus: SecuredBus, token: Token = {}): Promise<string> {
  const now = Date.now()
  const { signer, ...request } = { signer: sts, ...token }
  const element = writeAssertion({
    version: '2.0',
    id: '_1',
    issuer: 'https://sts.example',
    subject: 'carol',
    method: 'bearer',
    issued: now,
    notOnOrAfter: now + 60_000,
    ...request,
  })
  if (signer !== undefined) signAssertion(element, { alias: '', key: signer.privateKey, chain: [signer.certificate] })
  const timestamp = `<wsu:Timestamp xmlns:wsu="${WSU}"><wsu:Created>${new Date(now).toISOString()}</wsu:Created><wsu:Expires>${new Date(now + 60_000).toISOString()}</wsu:Expires></wsu:Timestamp>`
  const body = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><wsse:Security xmlns:wsse="${WSSE}">${timestamp}${printXml(parseXml(printXml(element)))}</wsse:Security></s:Header><s:Body><x/></s:Body></s:Envelope>`
  const reply = await bus.request({
    target: '/services/Secure',
    transport: 'https',
    body,
    headers: { SOAPAction: '"urn:x"', 'Content-Type': 'text/xml' },
  })
  const name = />([^<]*)<\/q:caller>/.exec(reply.text)?.[1]
  if (name !== undefined) return name
  expect(reply.text).toContain('The security of the message could not be verified')
  return `refused: ${bus.log.lines.at(-1)?.replace(/^.*security-failed: /, '') ?? ''}`
}

describe('a service that takes SAML tokens', () => {
  test('believes the token service of its policy', async () => {
    using bus = await open()
    expect(bus.diagnostics).toEqual([])
    expect(await send(bus)).toBe('carol')
    expect(await send(bus, { issuer: 'https://any.example' })).toBe('carol')
  })

  test('believes nobody just because his certificate is trusted', async () => {
    using bus = await open()
    expect(await send(bus, { signer: keys.client })).toMatch(/^refused: .*CN=client may not issue/)
    using without = await open(STORE)
    expect(await send(without)).toMatch(/^refused: .*CN=sts may not issue/)
  })

  test('believes issuers of the settings under their own names', async () => {
    using bus = await open(STORE, { issuers: { 'https://sts.example': 'sts' } })
    expect(await send(bus)).toBe('carol')
    expect(await send(bus, { issuer: 'https://other.example' })).toMatch(
      /^refused: .*may not issue as https:\/\/other.example/,
    )
  })

  test('is not meant by assertions for others', async () => {
    using bus = await open(STORE + ALIAS, { audiences: ['urn:me'] })
    expect(await send(bus, { audiences: ['urn:you', 'urn:me'] })).toBe('carol')
    expect(await send(bus, { audiences: ['urn:you'] })).toMatch(/^refused: .*meant for "urn:you"/)
  })

  test('is meant by its own address where the settings give no names', async () => {
    using bus = await open()
    expect(await send(bus, { audiences: ['https://bus.example/services/Secure'] })).toBe('carol')
    expect(await send(bus, { audiences: ['https://bus.example/services/Other'] })).toMatch(
      /^refused: .*meant for "https:\/\/bus.example\/services\/Other"/,
    )
    expect(await send(bus, { audiences: ['urn:you'] })).toMatch(/^refused: .*meant for "urn:you"/)
    expect(await send(bus, { recipient: 'https://bus.example/services/Secure' })).toBe('carol')
    expect(await send(bus, { recipient: 'https://bus.example/services/Other' })).toMatch(/^refused: .*meant for/)
  })

  test('wants the key of a holder to be proved, unless its policy is an old one', async () => {
    const held = { method: 'holder-of-key', keyInfo: certificateKeyInfo(keys.client.certificate) } as const
    using bus = await open()
    expect(await send(bus, held)).toMatch(/^refused: .*not signed with the key of the subject/)
    using old = await open(
      `${STORE}${ALIAS}<rampart:validateSamlSubjectConfirmation>false</rampart:validateSamlSubjectConfirmation>`,
    )
    expect(await send(old, held)).toBe('carol')
    expect(await send(old, { signer: undefined })).toMatch(/^refused: .*not signed/)
  })

  test.each<[string, string, Partial<Settings['security']['saml']>, string]>([
    [
      'an stsAlias',
      STORE + ALIAS.replace('>sts<', '>nobody<'),
      {},
      '<stsAlias>: no certificate in the keystores has the alias "nobody"',
    ],
    [
      'an issuer',
      STORE,
      { issuers: { x: 'nobody' } },
      'security.saml.issuers: no certificate in the keystores has the alias "nobody"',
    ],
    [
      'a voucher',
      STORE,
      { vouchers: ['nobody'] },
      'security.saml.vouchers: no certificate in the keystores has the alias "nobody"',
    ],
  ])('is not deployed with %s that the keystores lack', async (_, config, saml, expected) => {
    using bus = await open(config, saml)
    expect(bus.diagnostics.join('\n')).toContain(expected)
  })
})
