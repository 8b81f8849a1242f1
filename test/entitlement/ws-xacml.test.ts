import { DEFAULT_SETTINGS, type DecisionSource, type DocumentSigning, Fault, type Linker, type Settings } from 'viaduct'
import { createContext, MemorySender, sendersOf, testServices } from 'viaduct/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { createRemoteSource } from '../../entitlement/clients/remote-source.ts'
import { request } from '../../entitlement/testing/policies.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { signing } from '../../security/document/document-signing.ts'
import { type Identity, makeIdentity } from '../../security/testing/certificates.ts'
import { memoryBus } from '../memory-bus.ts'
import { QUOTES } from './decision-home.ts'

const [bus, partner, stranger] = ['bus', 'partner', 'stranger'].map((name) =>
  makeIdentity({ subject: `CN=${name}`, key: 'rsa' }),
) as [Identity, Identity, Identity]

const pem = ({ privateKey, certificate }: Identity): string =>
  `${privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()}${certificate.toString()}`

const folder = new TestFolder({
  'policies/quotes.xml': QUOTES,
  'security/users.json': JSON.stringify({ users: { pep: { password: 'secret' } } }),
  'security/bus.pem': pem(bus),
  'security/partner.pem': pem(partner),
  'security/stranger.pem': pem(stranger),
  'security/bus.crt': bus.certificate.toString(),
  'security/partner.crt': partner.certificate.toString(),
})
afterAll(() => folder[Symbol.dispose]())

type Profile = Partial<Settings['entitlement']['wsXacml']>

const settingsOf = (keystore: string, truststore: string, profile: Profile): Settings => {
  const { entitlement, security } = DEFAULT_SETTINGS
  return {
    ...DEFAULT_SETTINGS,
    security: { ...security, keystore, truststore },
    entitlement: {
      ...entitlement,
      served: { ...entitlement.served, wsXacml: true },
      wsXacml: { ...entitlement.wsXacml, ...profile },
    },
  }
}

interface Sides {
  readonly client?: readonly [keystore: string, truststore?: string, profile?: Profile]
  readonly server?: readonly [keystore: string, truststore?: string, profile?: Profile]
  readonly query?: (text: string) => string
  readonly answer?: (text: string) => string
  readonly password?: string
}

/** A client and a server of the profile, with somebody between them. */
async function between({ client = ['bus.pem'], server = ['bus.pem'], query, answer, password = 'secret' }: Sides) {
  const pdp = await memoryBus(
    {},
    { settings: settingsOf(server[0], server[1] ?? '', server[2] ?? {}), home: folder.path },
  )
  if (pdp.diagnostics.length > 0) throw new Error(pdp.diagnostics.join('\n'))
  const wire: string[] = []
  const sender = new MemorySender(async ({ url, text, headers }) => {
    wire.push(text)
    const fields = { Authorization: headers.get('Authorization') ?? '', SOAPAction: headers.get('SOAPAction') ?? '' }
    const reply = await pdp.request({ target: new URL(url).pathname, body: query?.(text) ?? text, headers: fields })
    wire.push(reply.text)
    return { status: reply.status, contentType: 'text/xml', body: answer?.(reply.text) ?? reply.text }
  })
  const settings = settingsOf(client[0], client[1] ?? '', client[2] ?? {})
  const services = testServices({
    senders: sendersOf(sender),
    settings,
    home: folder.path,
    platform: pdp.services.platform,
  })
  const linker = {
    services,
    report: () => {},
    state: (_name: string, _print: string, create: () => object) => create(),
  }
  const keys: DocumentSigning = signing.create(linker as unknown as Linker)
  const options = {
    client: 'wsXacml',
    url: 'https://pdp/services',
    user: 'pep',
    password,
    thriftHost: '',
    thriftPort: 1,
    reuseSession: true,
  } as const
  const source: DecisionSource = createRemoteSource(options, services, keys)
  const ask = async (user = 'alice'): Promise<string> => {
    const { categories } = request(user, '/x', 'read')
    const [subject, ...others] = categories
    if (subject === undefined) throw new Error('there is no subject')
    const id = 'urn:oasis:names:tc:xacml:1.0:subject:subject-id'
    const named = { ...subject, attributes: subject.attributes.map((each) => ({ ...each, id })) }
    try {
      return (await source.ask({ categories: [named, ...others] }, createContext({ services, body: '<x/>' }))).decision
    } catch (thrown) {
      return thrown instanceof Fault ? thrown.message : 'no fault'
    }
  }
  const { log } = pdp.services
  return { ask, wire, platform: pdp.services.platform, log: () => ('lines' in log ? (log.lines as string[]) : []) }
}

describe('both sides with one key pair, as WSO2 has it', () => {
  test('decisions arrive, signed', async () => {
    const { ask, wire } = await between({})
    expect([await ask(), await ask('bob'), await ask('nobody')]).toEqual(['Permit', 'Deny', 'NotApplicable'])
    for (const text of wire) expect(text).toContain('rsa-sha256')
  })

  test('SHA-1 is spoken where both allow it, and refused where one does not', async () => {
    const sha1 = { sha1: true }
    const both = await between({ client: ['bus.pem', '', sha1], server: ['bus.pem', '', sha1] })
    expect(await both.ask()).toBe('Permit')
    expect(both.wire[0]).toContain('xmldsig#rsa-sha1')
    const one = await between({ client: ['bus.pem', '', sha1] })
    expect(await one.ask()).toMatch(/the query is not accepted/)
  })
})

describe('each side with its own key', () => {
  test('trusts the other by its alias', async () => {
    const { ask } = await between({
      client: ['partner.pem', 'bus.crt', { trusted: ['bus'] }],
      server: ['bus.pem', 'partner.crt', { trusted: ['partner'] }],
    })
    expect(await ask()).toBe('Permit')
  })

  test('a query of a stranger is refused, whatever his certificate says', async () => {
    const { ask, log } = await between({ client: ['stranger.pem', 'bus.crt', { trusted: ['bus'] }] })
    expect(await ask()).toMatch(/answered the fault .*the query is not accepted/)
    expect(log().join('\n')).toMatch(/a query is refused: .*nobody who is trusted has signed this/)
  })

  test('an answer of a stranger is refused', async () => {
    const { ask } = await between({
      client: ['partner.pem', 'bus.crt', { trusted: ['bus'] }],
      server: ['stranger.pem', 'partner.crt', { trusted: ['partner'] }],
    })
    expect(await ask()).toMatch(/cannot be understood: .*nobody who is trusted has signed this/)
  })
})

describe('somebody between them', () => {
  const signature = /<ds:Signature[ >].*?<\/ds:Signature>/s

  test.each<[string, (text: string) => string]>([
    ['changes who asks', (text) => text.replace('>bob<', '>alice<')],
    ['takes the signature away', (text) => text.replace(signature, '')],
    [
      'asks something else beside it',
      (text) => text.replace(/<xacml-context:Request.*<\/xacml-context:Request>/s, '$&$&'),
    ],
    ['takes another issuer', (text) => text.replace('identity.carbon', 'identity.evil')],
    ['makes it older', (text) => text.replace(/IssueInstant="\d{4}/, 'IssueInstant="2020')],
    [
      'wraps it',
      (text) =>
        text.replace(/<xacml-samlp:XACMLAuthzDecisionQuery .*<\/xacml-samlp:XACMLAuthzDecisionQuery>/s, (query) =>
          query
            .replace('>bob<', '>alice<')
            .replace('</xacml-samlp:XACMLAuthzDecisionQuery>', `${query}</xacml-samlp:XACMLAuthzDecisionQuery>`),
        ),
    ],
    [
      'sends no query',
      () => '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><x/></s:Body></s:Envelope>',
    ],
  ])('who %s gets no decision', async (_what, query) => {
    const { ask, wire } = await between({ query })
    expect(await ask('bob')).toMatch(/the query is not accepted/)
    expect(wire.join('')).not.toContain('<xacml-context:Decision>')
  })

  test.each<[string, (text: string) => string]>([
    ['makes a Permit of a Deny', (text) => text.replace('>Deny<', '>Permit<')],
    ['takes the signature away', (text) => text.replace(signature, '').replace('>Deny<', '>Permit<')],
    [
      'adds an assertion',
      (text) => text.replace(/<saml:Assertion .*<\/saml:Assertion>/s, (one) => one.replace('>Deny<', '>Permit<') + one),
    ],
    [
      'puts an unsigned answer around the signed one',
      (text) =>
        text.replace(/<samlp:Response .*<\/samlp:Response>/s, (one) =>
          one.replace('>Deny<', '>Permit<').replace('</saml:Assertion>', `</saml:Assertion>${one}`),
        ),
    ],
    [
      'answers the XACML response alone',
      (text) =>
        /<xacml-context:Response.*<\/xacml-context:Response>/s.exec(text)?.[0].replace('>Deny<', '>Permit<') ?? '',
    ],
    ['answers nothing', () => ''],
  ])('who %s permits nothing', async (_what, answer) => {
    const { ask } = await between({ answer })
    expect(await ask('bob')).toMatch(/cannot be understood|answered/)
  })

  test('an answer cannot be used for another question, nor later', async () => {
    let kept: string | undefined
    const { ask } = await between({ answer: (text) => (kept ??= text) })
    expect(await ask('alice')).toBe('Permit')
    expect(await ask('bob')).toMatch(/the answer is one to another question/)
  })
})

test('the user must be one who may ask, signature or not', async () => {
  const { ask } = await between({ password: 'wrong' })
  expect(await ask()).toMatch(/refuses the user "pep" \(HTTP 401\)/)
})
