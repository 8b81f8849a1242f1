import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { writeRequest } from '../../entitlement/xacml.ts'
import { request } from '../../entitlement/testing/policies.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { Authority, openssl } from '../../transports/testing/certificates.ts'
import { DecisionHome, PEP } from './decision-home.ts'
import { EnforcingHome } from './enforcing-home.ts'
import { generate, needs, PythonServer, run } from './python.ts'

const THRIFT = 'apt install python3-thrift thrift-compiler'

const asked = {
  user: PEP.user,
  password: PEP.password,
  questions: ['alice', 'bob', 'nobody'].map((user) =>
    writeRequest(withIds(request(user, '/services/Quote/getQuote', 'read'))),
  ),
}

/** The question of the testing room with the identifiers that policies of WSO2 use. */
function withIds({ categories }: ReturnType<typeof request>): ReturnType<typeof request> {
  const [subject, ...others] = categories
  if (subject === undefined) throw new Error('there is no subject')
  const id = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
  return { categories: [{ ...subject, attributes: subject.attributes.map((each) => ({ ...each, id })) }, ...others] }
}

const decisionIn = (xml: string): string | undefined => /<Decision>(\w+)<\/Decision>/.exec(xml)?.[1]

describe.skipIf(!openssl)('peers that others have written', () => {
  let pdp: DecisionHome
  const generated = new TestFolder()
  beforeAll(async () => void (pdp = await DecisionHome.open()), 60_000)
  afterAll(async () => {
    await pdp?.[Symbol.asyncDispose]()
    generated[Symbol.dispose]()
  })

  test('Apache Thrift for Python logs in and asks', async (context) => {
    const python = needs(context, 'thrift', THRIFT)
    generate(generated.path)
    const args = [generated.path, pdp.secureUrl, 'localhost', String(pdp.thriftPort), pdp.trust]
    const met = (await run(python, 'thrift_client.py', args, asked)) as {
      wrong: string
      decisions: Record<string, string[]>
      byAttributes: string
      noSession: string
      unknownMethod: unknown
    }
    expect(met.wrong).toBe('Authentication failed')
    const expected = ['Permit', 'Deny', 'NotApplicable']
    expect(met.decisions['plain']?.map(decisionIn)).toEqual(expected)
    expect(met.decisions['accelerated']?.map(decisionIn)).toEqual(expected)
    expect(decisionIn(met.byAttributes)).toBe('Permit')
    expect(met.noSession).toBe('User is not authenticated')
    expect(met.unknownMethod).toEqual([true, 7, 'unknown method'])
  })

  test('a service made with Apache Thrift for Python is asked, and logged in to again when a session ends', async (context) => {
    const python = needs(context, 'thrift', THRIFT)
    generate(generated.path)
    using authority = new Authority('thrift')
    const { certificate, key } = authority.issue('localhost')
    await using server = new PythonServer(python, 'thrift_server.py', [generated.path, certificate, key])
    const [, http, thrift] = await server.printed(/ports (\d+) (\d+)/)
    const way = `client="thrift" remoteServiceUrl="https://localhost:${http}/" thriftHost="localhost" thriftPort="${thrift}" remoteServiceUserName="pep" remoteServicePassword="pep &amp; &lt;secret>"`
    const settings = { http: { tls: { trust: authority.certificate } }, entitlement: { answerLimit: 65_536 } }
    await using pep = await EnforcingHome.open({ reused: way, each: `${way} reuseSession="false"` }, settings)
    const accepted = { outcome: 'accepted', decision: 'Permit', obligation: '' }
    for (let i = 0; i < 7; i++) expect(await pep.ask('reused', 'alice')).toEqual(accepted)
    expect(server.text.match(/login/g)).toHaveLength(3)
    expect(await pep.ask('reused', 'bob')).toMatchObject({ outcome: 'rejected', decision: 'Deny' })
    for (let i = 0; i < 3; i++) expect(await pep.ask('each', 'alice')).toEqual(accepted)
    expect(server.text.match(/login/g)).toHaveLength(6)
    const fault = { fault: 'Error occurred while evaluating the policy' }
    expect(await pep.ask('each', 'mallory')).toEqual(fault)
    expect(await pep.ask('each', 'large')).toEqual(fault)
  }, 30_000)

  test('zeep reads the WSDL, logs in, asks by every operation and both versions of SOAP', async (context) => {
    const python = needs(context, 'zeep', 'pip install zeep')
    const met = await run(python, 'soap_client.py', [`${pdp.secureUrl}services/`, pdp.trust], asked)
    const decided = (decision: string) => expect.stringContaining(`<Decision>${decision}</Decision>`) as string
    const answers = {
      decisions: ['Permit', 'Deny', 'NotApplicable'].map(decided),
      query: decided('Permit'),
      byAttributes: decided('Permit'),
      boolean: [true, false],
      wrong: false,
      nobody: { status: 401 },
      login: true,
      session: decided('Permit'),
    }
    const ended = 'Session timed out. Please login again'
    expect(met).toEqual({
      '11': { ...answers, loggedOut: { fault: ended, code: expect.stringMatching(/50977$/), subcodes: [] } },
      '12': { ...answers, loggedOut: { fault: ended, code: expect.stringMatching(/Sender$/), subcodes: [] } },
    })
  }, 30_000)
})
