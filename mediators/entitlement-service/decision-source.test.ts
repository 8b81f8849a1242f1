import { type DocumentSigning, type Entitlement, type FacilityDefinition, Fault } from 'viaduct'
import { createDeployment, RecordedLog, TestPlatform, testServices } from 'viaduct/testing'
import { expect, test } from 'vitest'
import { entitlement } from '../../entitlement/entitlement-facility.ts'
import { enforcement } from '../testing/enforcement.ts'

/** The real facility with its questions about options written down; what it would ask is not reachable here. */
function recorded(decrypted = 'opened') {
  const asked: Parameters<Entitlement['source']>[0][] = []
  const signing: DocumentSigning = {
    canSign: true,
    sign: () => {},
    verify: () => {},
    decrypt: (bytes) => (bytes.toString() === 'sealed' ? Buffer.from(decrypted) : undefined),
  }
  const facilities: FacilityDefinition[] = [
    { name: 'signing', summary: '', create: () => signing },
    {
      name: 'entitlement',
      summary: '',
      create(linker) {
        const real = entitlement.create(linker)
        return {
          ...real,
          source(options) {
            asked.push(options)
            return { name: 'recorded', ask: () => Promise.reject(new Fault(101503, 'nobody is there')) }
          },
        }
      },
    },
  ]
  return { asked, facilities }
}

const SEALED = Buffer.from('sealed').toString('base64')

const keyed = (attributes: string, resources: Readonly<Record<string, string>>, decrypted?: string) => {
  const { asked, facilities } = recorded(decrypted)
  const services = testServices({ platform: new TestPlatform(), log: new RecordedLog() })
  const texts = new Map(Object.entries(resources))
  const deployment = createDeployment({ services, resources })
  Object.defineProperty(deployment, 'resource', {
    value: (key: string) => {
      const text = texts.get(key)
      return text === undefined
        ? undefined
        : { key, file: key, bytes: Buffer.from(text), mediaType: undefined, properties: new Map() }
    },
  })
  const made = enforcement(`<entitlementService ${attributes}/>`, { facilities, services, deployment })
  return { ...made, asked, texts, ask: () => made.send({ user: 'alice', deployment }) }
}

test('without an address the policies of the home decide, with one basicAuth is spoken', () => {
  for (const [attributes, client] of [
    ['', 'embedded'],
    ['remoteServiceUrl="https://pdp/" remoteServiceUserName="u" remoteServicePassword="p"', 'basicAuth'],
    ['client="soap" remoteServiceUrl="https://pdp/" remoteServiceUserName="u" remoteServicePassword="p"', 'soap'],
  ] as const) {
    const { asked, facilities } = recorded()
    expect(enforcement(`<entitlementService ${attributes}/>`, { facilities }).diagnostics).toEqual([])
    expect(asked[0]?.client).toBe(client)
  }
})

test('every option arrives', () => {
  const { asked, facilities } = recorded()
  enforcement(
    '<entitlementService client="thrift" remoteServiceUrl=" https://pdp:9443/ " remoteServiceUserName="u" remoteServicePassword=" p " thriftHost=" pdp " thriftPort="10501" reuseSession="FALSE"/>',
    { facilities },
  )
  expect(asked).toEqual([
    {
      client: 'thrift',
      url: 'https://pdp:9443/',
      user: 'u',
      password: ' p ',
      thriftHost: 'pdp',
      thriftPort: 10_501,
      reuseSession: false,
    },
  ])
})

test('an inline secret is opened when the configuration is read', () => {
  const { asked, facilities } = recorded()
  const { diagnostics } = enforcement(
    `<entitlementService remoteServiceUrl="https://pdp/" remoteServiceUserName="u" remoteServicePassword="enc:${SEALED}"/>`,
    { facilities },
  )
  expect(diagnostics).toEqual([])
  expect(asked[0]?.password).toBe('opened')
})

test('keys are looked up for every message, and what is written inline wins', async () => {
  const attributes =
    'remoteServiceUrlKey="conf:/url" remoteServiceUserName="inline" remoteServiceUserNameKey="conf:/user" remoteServicePasswordKey=" conf:/password "'
  const { ask, asked, texts, diagnostics } = keyed(attributes, {
    'conf:/url': '\n https://one/ \n',
    'conf:/password': ' p \n',
  })
  expect(diagnostics).toEqual([])
  expect(asked).toEqual([])
  await ask()
  texts.set('conf:/url', 'https://two/')
  texts.set('conf:/password', `enc:${SEALED}`)
  await ask()
  expect(asked.map(({ url, user, password }) => [url, user, password])).toEqual([
    ['https://one/', 'inline', ' p '],
    ['https://two/', 'inline', 'opened'],
  ])
})

test.each<[string, Record<string, string>, RegExp]>([
  [
    'a key that leads nowhere',
    { 'conf:/url': 'https://x/', 'conf:/user': 'u' },
    /there is no registry resource "conf:\/password"/,
  ],
  [
    'an address that is none',
    { 'conf:/url': 'nowhere', 'conf:/user': 'u', 'conf:/password': 'p' },
    /remoteServiceUrl is no http or https address/,
  ],
  [
    'a user that is empty',
    { 'conf:/url': 'https://x/', 'conf:/user': ' ', 'conf:/password': 'p' },
    /needs remoteServiceUserName/,
  ],
  [
    'a secret of another key',
    { 'conf:/url': 'https://x/', 'conf:/user': 'u', 'conf:/password': 'enc:AAAA' },
    /"conf:\/password" cannot be decrypted/,
  ],
])('%s is a fault with its cause in the log, and nobody is asked', async (_what, resources, cause) => {
  const { ask, asked, log } = keyed(
    'remoteServiceUrlKey="conf:/url" remoteServiceUserNameKey="conf:/user" remoteServicePasswordKey="conf:/password"',
    resources,
  )
  expect((await ask()).status).toBe(500)
  expect(asked).toEqual([])
  expect(log.lines.join('\n')).toMatch(/Error while initializing the Entitlement PEP Proxy: /)
  expect(log.lines.join('\n')).toMatch(cause)
})
