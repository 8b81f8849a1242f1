import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openssl } from '../../transports/testing/certificates.ts'
import { DecisionHome, PEP } from './decision-home.ts'
import { EnforcingHome } from './enforcing-home.ts'

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
const login = `remoteServiceUserName="${PEP.user}" remoteServicePassword="${escaped(PEP.password)}"`

describe.skipIf(!openssl)('one bus asks another', () => {
  let pdp: DecisionHome
  let pep: EnforcingHome
  const WAYS = [
    'soap',
    'soapEach',
    'basicAuth',
    'default',
    'thrift',
    'thriftEach',
    'wsXacml',
    'rest',
    'authzen',
  ] as const

  beforeAll(async () => {
    pdp = await DecisionHome.open()
    const [services, base] = [`${pdp.secureUrl}services`, pdp.secureUrl]
    const thrift = `client="thrift" remoteServiceUrl="${base}" thriftHost="localhost" thriftPort="${pdp.thriftPort}"`
    pep = await EnforcingHome.open(
      {
        soap: `client="soap" remoteServiceUrl="${services}" ${login}`,
        soapEach: `client="soap" reuseSession="false" remoteServiceUrl="${services}/" ${login}`,
        basicAuth: `client="basicAuth" remoteServiceUrl="${services}" ${login}`,
        default: `remoteServiceUrl="${services}" ${login}`,
        thrift: `${thrift} ${login}`,
        thriftEach: `${thrift} reuseSession="false" ${login}`,
        wsXacml: `client="wsXacml" remoteServiceUrl="${services}" ${login}`,
        rest: `client="rest" remoteServiceUrl="${base}api/identity/entitlement/decision/" ${login}`,
        authzen: `client="authzen" remoteServiceUrl="${base}" ${login}`,
        wrongPassword: `client="basicAuth" remoteServiceUrl="${services}" remoteServiceUserName="pep" remoteServicePassword="wrong"`,
        wrongSoap: `client="soap" remoteServiceUrl="${services}" remoteServiceUserName="pep" remoteServicePassword="wrong"`,
        wrongThrift: `${thrift} remoteServiceUserName="pep" remoteServicePassword="wrong"`,
        noRole: `client="rest" remoteServiceUrl="${base}api/identity/entitlement/decision/" remoteServiceUserName="other" remoteServicePassword="other"`,
        nowhere: `client="rest" remoteServiceUrl="http://127.0.0.1:1/" ${login}`,
        wrongName: `client="thrift" remoteServiceUrl="${base}" thriftHost="127.0.0.2" thriftPort="${pdp.thriftPort}" ${login}`,
        keyed: `client="basicAuth" remoteServiceUrlKey="conf:/pdp/url.txt" remoteServiceUserNameKey="conf:/pdp/user.txt" remoteServicePasswordKey="conf:/pdp/password.txt"`,
      },
      { http: { tls: { trust: pdp.trust } }, security: { keystore: 'bus.pem' }, entitlement: { timeout: 5000 } },
      {
        'security/bus.pem': pdp.keystore,
        'registry/config/pdp/url.txt': `${services}\n`,
        'registry/config/pdp/user.txt': `${PEP.user}\n`,
        'registry/config/pdp/password.txt': `${PEP.password}\n`,
      },
    )
  }, 60_000)
  afterAll(async () => {
    await pep?.[Symbol.asyncDispose]()
    await pdp?.[Symbol.asyncDispose]()
  })

  test.each([...WAYS, 'keyed'])('%s: each decision arrives, one after the other', async (way) => {
    expect(await pep.ask(way, 'alice')).toEqual({ outcome: 'accepted', decision: 'Permit', obligation: '' })
    expect(await pep.ask(way, 'bob')).toEqual({ outcome: 'rejected', decision: 'Deny', obligation: '' })
    const decision = way === 'authzen' ? 'Deny' : 'NotApplicable'
    expect(await pep.ask(way, 'nobody')).toEqual({ outcome: 'rejected', decision, obligation: '' })
  })

  test.each(WAYS.filter((way) => way !== 'authzen'))('%s: obligations arrive and are fulfilled', async (way) => {
    expect(await pep.ask(way, 'olga')).toEqual({ outcome: 'accepted', decision: 'Permit', obligation: 'audit' })
  })

  test('authzen: what depends on an obligation is not permitted, since none can arrive', async () => {
    expect(await pep.ask('authzen', 'olga')).toEqual({ outcome: 'rejected', decision: 'Deny', obligation: '' })
  })

  test.each([...WAYS])('%s: many at once', async (way) => {
    const users = Array.from({ length: 30 }, (_, i) => (i % 2 === 0 ? 'alice' : 'bob'))
    const outcomes = await Promise.all(users.map((user) => pep.ask(way, user)))
    expect(outcomes.map((each) => ('outcome' in each ? each.outcome : each.fault))).toEqual(
      users.map((user) => (user === 'alice' ? 'accepted' : 'rejected')),
    )
  })

  test.each([
    ['wrongPassword', /EntitlementService refuses the user \\"pep\\"/],
    ['wrongSoap', /Authentication Failed: https:[^ ]*AuthenticationAdmin refuses the user \\"pep\\"/],
    ['wrongThrift', /Authentication Failed: https:[^ ]*thriftAuthenticator refuses the user \\"pep\\"/],
    ['noRole', /decision\/pdp refuses the user \\"other\\" \(HTTP 403\)/],
    ['nowhere', /rest http:\/\/127\.0\.0\.1:1\/: /],
    ['wrongName', /127\.0\.0\.2:\d+ (?:is not trusted|cannot be reached)/],
  ])('%s: a fault for flows, and the cause in the log', async (way, cause) => {
    expect(await pep.ask(way, 'alice')).toEqual({ fault: 'Error occurred while evaluating the policy' })
    await expect.poll(() => cause.test(pep.log)).toBe(true)
    expect(pep.log).not.toContain('pep & <secret>')
  })
})
