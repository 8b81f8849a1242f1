import { readFileSync } from 'node:fs'
import { request } from 'node:https'
import { DEFAULT_SETTINGS, printXml } from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  apply,
  condition,
  designator,
  ENVIRONMENT,
  policy,
  rule,
  SUBJECT,
  value,
} from '../../entitlement/testing/policies.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { signAssertion } from '../../security/saml/sign-assertion.ts'
import { writeAssertion } from '../../security/saml/write-assertion.ts'
import { missingKdcTools, TestKdc } from '../../security/testing/kdc.ts'
import { asymmetric, nested, policyText, suite, transport, usernameToken } from '../../security/testing/policies.ts'
import { Authority, openssl } from '../../transports/testing/certificates.ts'
import { type BusProcess, startBus } from '../conformance/bus-process.ts'
import { ask, BODY, BODY_SIGNED, loop } from '../security/loop.ts'
import { makeKeys, type SecuredBus } from '../security/secured-bus.ts'

const SUBJECT_ID = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
const IMPORTANT = 'http://docs.oasis-open.org/ws-sx/ws-securitypolicy/200702'

/** Permits this subject with these attributes of the environment, which must be exactly the only ones; nobody else. */
const only = (subject: string, environment: Readonly<Record<string, string>> = {}): string => {
  const is = (category: string, id: string, text: string): string =>
    apply('string-equal', apply('string-one-and-only', designator(category, id)), value(text))
  const facts = [
    is(SUBJECT, SUBJECT_ID, subject),
    ...Object.entries(environment).map(([id, text]) => is(ENVIRONMENT, id, text)),
  ]
  return policy('only', `<Target/>${rule('only', 'Permit', condition(apply('and', ...facts)))}`)
}

const entitlement = (
  handler: string,
): string => `<entitlementService callbackClass="${handler}EntitlementCallbackHandler">
<onAccept><header xmlns:q="urn:q" name="q:Outcome" value="accepted"/></onAccept>
<onReject><header xmlns:q="urn:q" name="q:Outcome" value="rejected"/></onReject></entitlementService>`

const keys = makeKeys()

const outcomeOf = (bus: SecuredBus): string | undefined =>
  /Outcome[^>]*>(\w+)</.exec(bus.loop.answers[0]?.body.toString() ?? '')?.[1]

describe('a UsernameToken', () => {
  test.each([
    ['the user of the token', 'alice', 'accepted'],
    ['another user', 'bob', 'rejected'],
  ])('reaches the policy: it permits %s', async (_who, subject, expected) => {
    using bus = await loop(policyText(transport() + usernameToken()), keys, {
      scheme: 'https',
      mediators: entitlement('UT'),
      more: { 'policies/xacml.xml': only(subject) },
    })
    expect(bus.diagnostics).toEqual([])
    await ask(bus)
    expect(outcomeOf(bus)).toBe(expected)
  })
})

describe('a signature with a certificate', () => {
  const right = { IssuerDN: 'CN=authority', SignatureAlgorithm: 'SHA256withRSA' }

  test.each([
    ['the subject, issuer and algorithm', 'CN=client', right, 'accepted'],
    ['another subject', 'CN=service', right, 'rejected'],
    ['another issuer', 'CN=client', { ...right, IssuerDN: 'CN=client' }, 'rejected'],
    ['another algorithm', 'CN=client', { ...right, SignatureAlgorithm: 'SHA1withRSA' }, 'rejected'],
  ])('reaches the policy: it permits %s', async (_what, subject, environment, expected) => {
    using bus = await loop(policyText(asymmetric() + BODY_SIGNED), keys, {
      mediators: entitlement('X509'),
      more: { 'policies/xacml.xml': only(subject, environment) },
    })
    expect(bus.diagnostics).toEqual([])
    await ask(bus)
    expect(outcomeOf(bus)).toBe(expected)
  })
})

describe('a SAML assertion', () => {
  const WSSE = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd'
  const WSU = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
  const saml = `<sp:SignedSupportingTokens>${nested(`<sp:SamlToken sp:IncludeToken="${IMPORTANT}/IncludeToken/AlwaysToRecipient">${nested('<sp:WssSamlV20Token11/>')}</sp:SamlToken>`)}</sp:SignedSupportingTokens>`

  const send = async (permitted: string, asserted: string, change = (text: string) => text) => {
    using bus = await loop(policyText(transport() + saml), keys, {
      mediators: entitlement('SAML'),
      more: { 'policies/xacml.xml': only(permitted) },
    })
    const now = Date.now()
    const assertion = writeAssertion({
      version: '2.0',
      id: '_a1',
      issuer: 'https://sts.example',
      subject: asserted,
      method: 'bearer',
      issued: now - 1000,
      notOnOrAfter: now + 60_000,
    })
    signAssertion(assertion, { alias: 'service', key: keys.service.privateKey, chain: [keys.service.certificate] })
    const time = (at: number): string => new Date(at).toISOString()
    const header = `<wsse:Security xmlns:wsse="${WSSE}" xmlns:wsu="${WSU}"><wsu:Timestamp><wsu:Created>${time(now)}</wsu:Created><wsu:Expires>${time(now + 60_000)}</wsu:Expires></wsu:Timestamp>${change(printXml(assertion))}</wsse:Security>`
    const { text } = await bus.request({
      target: '/services/Secure',
      transport: 'https',
      body: BODY.replace('<soapenv:Header>', `<soapenv:Header>${header}`),
      headers: { SOAPAction: '"urn:getQuote"', 'Content-Type': 'text/xml' },
    })
    return { outcome: /Outcome[^>]*>(\w+)</.exec(text)?.[1], text, diagnostics: bus.diagnostics }
  }

  test('reaches the policy with its subject', async () => {
    const met = await send('ann@example.org', 'ann@example.org')
    expect(met.diagnostics.filter((line) => line.includes(' error '))).toEqual([])
    expect(met.outcome, met.text).toBe('accepted')
    expect((await send('bob@example.org', 'ann@example.org')).outcome).toBe('rejected')
  })

  test('that was changed does not come as far', async () => {
    const { outcome, text } = await send('admin', 'ann', (xml) => xml.replace('>ann<', '>admin<'))
    expect(outcome).toBeUndefined()
    expect(text).toContain('InvalidSecurity')
  })
})

const missing = missingKdcTools()
if (missing.length > 0) console.warn(`skipped: ${missing.join(', ')} are not installed`)

describe.runIf(missing.length === 0)('a Kerberos ticket', () => {
  let kdc: TestKdc
  beforeAll(async () => {
    kdc = await TestKdc.start()
    kdc.admin('addprinc -pw secret alice', 'addprinc -randkey HTTP/loop')
  }, 60_000)
  afterAll(() => kdc.stop())

  test.each([
    ['the principal without its realm', 'alice', 'accepted'],
    ['the principal with its realm', 'alice@TEST.EXAMPLE', 'rejected'],
  ])('of a KDC reaches the policy: it permits %s', async (_what, subject, expected) => {
    const token = `<sp:KerberosToken sp:IncludeToken="${IMPORTANT}/IncludeToken/AlwaysToRecipient">${nested('<sp:WssKerberosV5ApReqToken11/>')}</sp:KerberosToken>`
    const binding = `<sp:SymmetricBinding>${nested(`<sp:ProtectionToken>${nested(token)}</sp:ProtectionToken>${suite('sp:Basic128')}<sp:Layout>${nested('<sp:Lax/>')}</sp:Layout><sp:IncludeTimestamp/>`)}</sp:SymmetricBinding>`
    const config = '<rampart:RampartConfig xmlns:rampart="http://ws.apache.org/rampart/policy"/>'
    const { security } = DEFAULT_SETTINGS
    using bus = await loop(policyText(binding + BODY_SIGNED), keys, {
      client: config,
      server: config,
      mediators: entitlement('Kerberos'),
      more: {
        'security/service.keytab': kdc.keytab('service.keytab', 'HTTP/loop'),
        'policies/xacml.xml': only(subject),
      },
      settings: {
        security: {
          ...security,
          kerberos: {
            ...security.kerberos,
            keytab: 'service.keytab',
            kdcs: [`127.0.0.1:${kdc.port}`],
            principal: 'alice@TEST.EXAMPLE',
            password: 'secret',
          },
        },
      },
    })
    expect(bus.diagnostics).toEqual([])
    await ask(bus)
    expect(outcomeOf(bus)).toBe(expected)
  })
})

describe.skipIf(!openssl)('mutual TLS', () => {
  let authority: Authority
  let home: TestFolder
  let bus: BusProcess
  beforeAll(async () => {
    authority = new Authority('clients')
    const { certificate, key } = authority.issue('server')
    authority.issue('alice', { usage: 'clientAuth', san: '' })
    authority.issue('bob', { usage: 'clientAuth', san: '' })
    home = new TestFolder({
      'policies/xacml.xml': only('CN=alice', { IssuerDN: 'CN=clients', SignatureAlgorithm: 'SHA256withRSA' }),
      'proxies/Quote.xml': `<proxy xmlns="http://ws.apache.org/ns/synapse" name="Quote" transports="https"><target><inSequence>${entitlement('X509')}<respond/></inSequence></target></proxy>`,
      'viaduct.config.json': JSON.stringify({
        http: { tls: { certificate, key, clientCertificate: 'optional', clientCa: authority.certificate } },
      }),
    })
    bus = await startBus(home.path, { port: -1, httpsPort: 0 })
  }, 60_000)
  afterAll(async () => {
    await bus?.stop()
    home?.[Symbol.dispose]()
    authority?.[Symbol.dispose]()
  })

  const post = (name?: string): Promise<string> =>
    new Promise((resolve, reject) => {
      const client =
        name === undefined
          ? {}
          : { cert: readFileSync(authority.path(`${name}.crt`)), key: readFileSync(authority.path(`${name}.key`)) }
      const url = `${bus.listening[0]?.replace('127.0.0.1', 'localhost')}/services/Quote`
      const headers = { 'Content-Type': 'text/xml', SOAPAction: '"urn:getQuote"' }
      const call = request(
        url,
        { method: 'POST', agent: false, ca: readFileSync(authority.certificate), headers, ...client },
        (answer) => {
          let text = ''
          answer.on('data', (chunk: Buffer) => (text += chunk.toString()))
          answer.on('end', () => resolve(text))
        },
      )
      call.on('error', reject)
      call.end(BODY)
    })

  test('the certificate of the client reaches the policy', async () => {
    expect(await post('alice')).toMatch(/Outcome[^>]*>accepted</)
    expect(await post('bob')).toMatch(/Outcome[^>]*>rejected</)
  })

  test('without a certificate there is no subject, so the message is a fault', async () => {
    const text = await post()
    expect(text).toContain('Fault')
    expect(text).not.toContain('Outcome')
  })
})
