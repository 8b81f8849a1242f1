import { randomBytes } from 'node:crypto'
import {
  createEnvelope,
  DEFAULT_SETTINGS,
  firstElement,
  parseXml,
  printXml,
  textOf,
  writeAddressing,
  type XmlElement,
} from 'viaduct'
import { describe, expect, test } from 'vitest'
import { readAssertion } from '../../security/saml/index.ts'
import { ADDRESSING, send, signature, timestamp } from '../../security/testing/messages.ts'
import { makeIdentity } from '../../security/testing/certificates.ts'
import { nested, policyText, transport, usernameToken } from '../../security/testing/policies.ts'
import {
  askForToken,
  readTokenAnswer,
  type ReceivedToken,
  type TokenWish,
  TRUST_13,
  TRUST_2005,
} from '../../security/trust/index.ts'
import { keystores, makeKeys, SecuredBus, serviceConfig, withConfig } from './secured-bus.ts'

const keys = makeKeys()
const ORDERS = 'https://bus.example/services/Orders'
const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'

const ISSUER = `<parameter name="saml-issuer-config"><saml-issuer-config xmlns="">
<issuerName>https://sts.example</issuerName><issuerKeyAlias>service</issuerKeyAlias><timeToLive>600000</timeToLive>
<trusted-services><service alias="partners-2">${ORDERS}</service><service>https://plain.example</service></trusted-services>
</saml-issuer-config></parameter>`

const open = (issuer = ISSUER, beside = ''): Promise<SecuredBus> =>
  SecuredBus.open({
    home: keystores(keys),
    settings: { security: { ...DEFAULT_SETTINGS.security } },
    artifacts: {
      'policy.xml': `<localEntry key="policy">${withConfig(policyText(transport() + usernameToken() + beside), serviceConfig())}</localEntry>`,
      'sts.xml': `<proxy name="Tokens"><target><inSequence><respond/></inSequence></target><policy key="policy"/><enableSec/>${issuer}</proxy>`,
    },
  })

const WISH: TokenWish = { version: TRUST_13, operation: 'issue', context: false, keyType: 'bearer', appliesTo: ORDERS }

/** Asks over TLS with a user's name and password, as the policy wants. */
async function ask(
  bus: SecuredBus,
  wish: Partial<TokenWish> = {},
  password = 'password of alice',
): Promise<{ text: string; read: () => ReceivedToken; answer: XmlElement | undefined }> {
  const question = askForToken({ ...WISH, ...wish })
  const envelope = createEnvelope('1.1', [question.element])
  writeAddressing(envelope, 'final', { action: question.action, messageId: 'urn:uuid:1' })
  const now = Date.now()
  const header = `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}"><wsu:Timestamp><wsu:Created>${new Date(now).toISOString()}</wsu:Created><wsu:Expires>${new Date(now + 60_000).toISOString()}</wsu:Expires></wsu:Timestamp><wsse:UsernameToken><wsse:Username>alice</wsse:Username><wsse:Password>${password}</wsse:Password></wsse:UsernameToken></wsse:Security>`
  const body = printXml(envelope).replace(/<\/(\w+):Header>/, `${header}</$1:Header>`)
  const reply = await bus.request({
    target: '/services/Tokens',
    transport: 'https',
    body,
    headers: { SOAPAction: `"${question.action}"`, 'Content-Type': 'text/xml' },
  })
  const answer = (): XmlElement | undefined => {
    const found = firstElement(parseXml(reply.text).root, 'Body')
    return found && firstElement(found)
  }
  return { text: reply.text, answer: answer(), read: () => readTokenAnswer(answer() ?? question.element, question) }
}

describe('a secured proxy with an issuer', () => {
  test.each([
    ['2.0', TRUST_13],
    ['1.1', TRUST_2005],
  ] as const)('issues assertions of %s to its users, with their roles and claims', async (version, trust) => {
    using bus = await open()
    expect(bus.diagnostics).toEqual([])
    const tokenType = `http://docs.oasis-open.org/wss/oasis-wss-saml-token-profile-1.1#SAMLV${version}`
    const token = (await ask(bus, { version: trust, tokenType })).read()
    const assertion = readAssertion(token.element)
    expect(assertion).toMatchObject({
      version,
      issuer: 'https://sts.example',
      subject: { name: 'alice' },
      conditions: { audiences: [[ORDERS]] },
    })
    expect(assertion.attributes.find(({ name }) => name.endsWith('role'))?.values).toEqual(['admin', 'quotes'])
    expect((token.expires ?? 0) - Date.now()).toBeGreaterThan(590_000)
  })

  test('issues a secret that the service can read', async () => {
    using bus = await open()
    const token = (await ask(bus, { keyType: 'symmetric' })).read()
    expect(token.secret).toHaveLength(32)
    expect(printXml(token.element)).toContain('EncryptedKey')
  })

  test('validates its own assertions and no others', async () => {
    using bus = await open()
    const { element } = (await ask(bus)).read()
    const status = async (target: XmlElement): Promise<string> => {
      const { answer } = await ask(bus, { operation: 'validate', target, keyType: undefined, appliesTo: undefined })
      const code = answer && firstElement(firstElement(answer, 'Status') ?? answer, 'Code')
      return code === undefined ? 'none' : (textOf(code).split('/').at(-1) ?? '')
    }
    expect(await status(element)).toBe('valid')
    const changed = (change: (text: string) => string): XmlElement => parseXml(change(printXml(element))).root
    expect(await status(changed((text) => text.replace('alice', 'admin')))).toBe('invalid')
    expect(await status(changed((text) => text.replace(/<ds:Signature.*<\/ds:Signature>/s, '')))).toBe('invalid')
    expect(await status(changed((text) => text.replaceAll('https://sts.example', 'https://other.example')))).toBe(
      'invalid',
    )
  })

  test.each<[string, Partial<TokenWish>, RegExp]>([
    ['for services that it does not know', { appliesTo: 'https://evil.example' }, /:InvalidScope/],
    [
      'with a secret for a service without certificate',
      { appliesTo: 'https://plain.example', keyType: 'symmetric' },
      /:InvalidScope/,
    ],
    ['of a type that it does not make', { tokenType: 'urn:x' }, /:RequestFailed/],
    ['for the key of a signature that is not there', { keyType: 'public' }, /:BadRequest/],
  ])('issues no tokens %s', async (_, wish, expected) => {
    using bus = await open()
    const { text } = await ask(bus, wish)
    expect(text).toMatch(expected)
    expect(text).not.toContain('evil')
  })

  test.each([
    [
      'over another part, as if copied from a message of its owner',
      [{ part: 'header', name: 'MessageID', namespace: ADDRESSING }],
      /:BadRequest/,
    ],
    ['over the request', [{ part: 'timestamp' }, { part: 'body' }], /:Assertion/],
  ] as const)('takes for the proof of a key a signature %s or not', async (_, parts, expected) => {
    using bus = await open(
      ISSUER,
      `<sp:EndorsingSupportingTokens>${nested('<sp:X509Token/>')}</sp:EndorsingSupportingTokens>`,
    )
    expect(bus.diagnostics).toEqual([])
    const { certificate, ...owner } = makeIdentity({ subject: 'CN=owner', issuer: keys.authority, key: 'rsa' })
    const byOwner = { alias: 'owner', key: owner.privateKey, chain: [certificate] } as const
    const byClient = { alias: 'client', key: keys.client.privateKey, chain: [keys.client.certificate] } as const
    const question = askForToken({ ...WISH, keyType: 'public' })
    const envelope = createEnvelope('1.1', [question.element])
    writeAddressing(envelope, 'final', { action: question.action, messageId: 'urn:uuid:1' })
    const useKey = `<wst:UseKey xmlns:wst="${TRUST_13.namespace}"><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate.raw.toString('base64')}</X509Certificate></X509Data></KeyInfo></wst:UseKey>`
    const text = printXml(envelope).replace(/<\/(\w+:)?RequestSecurityToken>/, (end) => useKey + end)
    const signed = send(
      [timestamp, signature(byClient), signature(byOwner, { name: 'owner', parts })],
      { now: Date.now() },
      text,
    ).text
    const user = `<wsse:UsernameToken><wsse:Username>alice</wsse:Username><wsse:Password>password of alice</wsse:Password></wsse:UsernameToken>`
    const reply = await bus.request({
      target: '/services/Tokens',
      transport: 'https',
      body: signed.replace(/<\/wsse:Security>/, (end) => user + end),
      headers: { SOAPAction: `"${question.action}"`, 'Content-Type': 'text/xml' },
    })
    expect(reply.text).toMatch(expected)
  })

  test('asks for the password first', async () => {
    using bus = await open()
    expect((await ask(bus, {}, randomBytes(8).toString('hex'))).text).toMatch(/Fault/)
  })

  test('still does what it is for', async () => {
    using bus = await open('')
    const { text } = await ask(bus)
    expect(text).toContain('RequestSecurityToken>')
  })

  test.each([
    ['no issuer name', ISSUER.replace(/<issuerName>.*<\/issuerName>/, ''), 'needs an <issuerName>'],
    ['no services', ISSUER.replace(/<trusted-services>.*<\/trusted-services>/, ''), 'no tokens would be issued'],
    ['an unknown key', ISSUER.replace('>service<', '>nobody<'), 'no private key "nobody"'],
    ['an unknown certificate', ISSUER.replace('partners-2', 'nobody'), 'no certificate "nobody"'],
    ['a lifetime that is none', ISSUER.replace('600000', 'long'), 'a number of milliseconds'],
    [
      'an unknown element',
      ISSUER.replace('timeToLive', 'timeToLove').replace('timeToLive', 'timeToLove'),
      'did you mean "timeToLive"',
    ],
    ['nothing inside', '<parameter name="saml-issuer-config">x</parameter>', 'holds no <saml-issuer-config>'],
  ])('is not deployed with %s', async (_, issuer, expected) => {
    using bus = await open(issuer)
    expect(bus.diagnostics.join('\n')).toContain(expected)
    expect(bus.diagnostics[0]).toMatch(/^sts.xml:\d+:\d+ error/)
  })
})
