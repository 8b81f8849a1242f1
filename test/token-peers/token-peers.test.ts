import { randomBytes, randomUUID } from 'node:crypto'
import { createEnvelope, parseXml, printXml, type XmlDocument, type XmlElement } from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  createContextHandler,
  holdContext,
  type SecurityContext,
  SecurityContexts,
} from '../../security/conversation/index.ts'
import { Keyring } from '../../security/keys/index.ts'
import type { KeyIdentity } from '../../security/key-material.ts'
import { DSIG, EXC_C14N, WSC_2005, WSC_200512, XENC } from '../../security/names.ts'
import type { ProtectPlan, ProtectStep } from '../../security/plan.ts'
import { protect } from '../../security/protect.ts'
import type { HeldToken } from '../../security/protect-state.ts'
import { ReplayCache } from '../../security/replay/replay-cache.ts'
import {
  createSamlHandler,
  samlDetail,
  samlReferenceType,
  samlTokenType,
  type SamlVersion,
  signAssertion,
  writeAssertion,
} from '../../security/saml/index.ts'
import { certificateKeyInfo, secretKeyInfo } from '../../security/saml/subject-key-info.ts'
import type { SecurityResults } from '../../security/security-results.ts'
import { makeIdentity } from '../../security/testing/certificates.ts'
import { receive, receiverPlan } from '../../security/testing/receiver.ts'
import { missingPeerTools, TokenPeer } from './peer.ts'

const missing = missingPeerTools()
if (missing.length > 0) console.warn(`skipped: ${missing.join(' and ')} are not installed`)

const ca = makeIdentity({ subject: 'CN=CA', authority: true, usages: 0x06, key: 'rsa' })
const identity = (name: string) =>
  makeIdentity({ subject: `CN=${name}`, issuer: ca, key: 'rsa', subjectKeyIdentifier: Buffer.from(name) })
const [sts, server, client] = [identity('sts'), identity('server'), identity('client')]
const ORDERS = 'https://bus.example/services/Orders'
const keys = new Keyring([
  { alias: 'ca', key: undefined, chain: [ca.certificate] },
  { alias: 'server', key: server.privateKey, chain: [server.certificate] },
])
const held = (name: string, { privateKey, certificate }: typeof sts): KeyIdentity => ({
  alias: name,
  key: privateKey,
  chain: [certificate],
})
const VERSIONS: readonly SamlVersion[] = ['1.1', '2.0']

describe.runIf(missing.length === 0)('WSS4J with OpenSAML', () => {
  let peer: TokenPeer

  beforeAll(() => {
    peer = new TokenPeer({ ca, sts, server, client })
  }, 300_000)
  afterAll(() => peer.remove())

  const plan = (contexts = new SecurityContexts()) =>
    receiverPlan(keys, [
      createSamlHandler({
        allowsIssuer: (issuer, { subject }) => issuer === 'https://sts.example' && subject === 'CN=sts',
        allowsVoucher: ({ subject }) => subject === 'CN=client',
        audiences: new Set([ORDERS]),
        replays: new ReplayCache(1000),
      }),
      createContextHandler(contexts, 'Orders'),
    ])

  describe('its messages are read here', () => {
    const kinds = ['bearer', 'holder', 'holder-value', 'holder-secret', 'sender-vouches']
    const names = VERSIONS.flatMap((version) =>
      kinds.map((kind) => ({ version, kind, name: `made-${kind}-${version}` })),
    )
    const confirmed: Readonly<Record<string, string>> = { bearer: 'bearer', 'sender-vouches': 'sender-vouches' }

    beforeAll(() => {
      const made = peer.run(names.map(({ version, kind, name }) => `make ${name} kind=${kind} version=${version}`))
      expect(made).toEqual(names.map(({ name }) => `made ${name}`))
    }, 60_000)

    test.each(names)('SAML $version, $kind', async ({ kind, name }) => {
      const { tokens, timestamp } = await receive(peer.written(name), plan())
      const token = tokens.find((each) => each.kind === 'saml')
      expect(token?.principal).toBe('alice')
      expect(token && samlDetail(token)?.assertion.attributes[0]?.values).toEqual(['admin'])
      expect(token && samlDetail(token)?.confirmedBy?.method).toBe(confirmed[kind] ?? 'holder-of-key')
      expect(timestamp).toBeDefined()
    })

    test('an encrypted assertion of SAML 2.0', async () => {
      expect(peer.run(['make made-encrypted kind=encrypted version=2.0'])).toEqual(['made made-encrypted'])
      const { tokens } = await receive(peer.written('made-encrypted'), plan())
      expect(tokens.find((each) => each.kind === 'saml')?.principal).toBe('alice')
    }, 60_000)

    test.each([
      ['2005/02', 'yes'],
      ['2005/02', 'no'],
      ['200512', 'yes'],
      ['200512', 'no'],
    ])(
      'a security context of %s, keys derived: %s',
      async (version, derived) => {
        const context = newContext()
        const contexts = new SecurityContexts()
        contexts.add(context, Date.now())
        const name = `made-sct-${version.replace('/', '')}-${derived}`
        expect(
          peer.run([
            `make ${name} kind=sct version=${version} derived=${derived} identifier=${context.identifier} secret=${context.secret.toString('base64')}`,
          ]),
        ).toEqual([`made ${name}`])
        const { signatures, body } = await receive(peer.written(name), plan(contexts))
        expect(signatures[0]?.covered.map(({ node }) => node)).toEqual([body])
        await expect(receive(peer.written(name), plan())).rejects.toThrow('not known')
      },
      60_000,
    )
  })

  describe('it reads our messages', () => {
    const judge = (document: XmlDocument, options = ''): string => {
      const name = `ours-${randomUUID()}`
      peer.write(name, document)
      return peer.run([`read ${name} ${options}`]).join('\n')
    }

    test.each(VERSIONS)(
      'SAML %s, bearer',
      async (version) => {
        const document = secured([{ step: 'token', name: 'saml', include: true }], {
          saml: { element: issued(version, 'bearer') },
        })
        expect(judge(document)).toMatch(/^read .*subject=alice issuer=https:\/\/sts.example/)
      },
      60_000,
    )

    test.each(VERSIONS)(
      'SAML %s, holder of a key with a certificate',
      async (version) => {
        const element = issued(version, 'holder-of-key', certificateKeyInfo(client.certificate))
        const steps: ProtectStep[] = [
          { step: 'token', name: 'saml', include: true },
          signature({ kind: 'identity', identity: held('client', client), reference: 'direct' }, 'rsa-sha256'),
        ]
        const document = secured(steps, { saml: { element } })
        expect(judge(document)).toMatch(/^read .*subject=alice/)
        expect(confirmation(await receive(document, plan()))).toBe('holder-of-key')
      },
      60_000,
    )

    test.each(VERSIONS)(
      'SAML %s, holder of a secret',
      async (version) => {
        const secret = randomBytes(32)
        const element = issued(version, 'holder-of-key', secretKeyInfo(secret, server.certificate))
        const id = element.attributes.find(({ name }) => name === 'ID' || name === 'AssertionID')?.value ?? ''
        const reference = {
          form: 'key-identifier',
          value: id,
          valueType: samlReferenceType(version),
          tokenType: samlTokenType(version),
        } as const
        const steps: ProtectStep[] = [
          { step: 'token', name: 'saml', include: true },
          signature({ kind: 'named', name: 'saml' }, 'hmac-sha256'),
        ]
        const document = secured(steps, { saml: { element, secret, reference } })
        expect(judge(document)).toMatch(/^read .*subject=alice/)
        expect(confirmation(await receive(document, plan()))).toBe('holder-of-key')
      },
      60_000,
    )

    test('a changed assertion is refused by it as by us', async () => {
      const element = issued('2.0', 'bearer')
      const document = secured([{ step: 'token', name: 'saml', include: true }], { saml: { element } }, (text) =>
        text.replace('>alice<', '>admin<'),
      )
      expect(judge(document)).toMatch(/^failed/)
      await expect(receive(document, plan())).rejects.toMatchObject({ reason: 'digest-wrong' })
    }, 60_000)

    test.each([
      [WSC_2005, '2005/02'],
      [WSC_200512, '200512'],
    ] as const)(
      'a security context of %s with derived keys',
      async (namespace, version) => {
        const context = newContext()
        const contexts = new SecurityContexts()
        contexts.add(context, Date.now())
        const steps: ProtectStep[] = [
          { step: 'token', name: 'sct', include: true },
          { step: 'derived-key', name: 'key', from: 'sct', length: 24, version },
          signature({ kind: 'named', name: 'key' }, 'hmac-sha1'),
        ]
        const document = secured(steps, { sct: holdContext(context, namespace, 'sct-1') })
        expect(judge(document, `secret=${context.secret.toString('base64')}`)).toMatch(/^read action=/)
        expect(judge(document, `secret=${randomBytes(32).toString('base64')}`)).toMatch(/^failed/)
        expect((await receive(document, plan(contexts))).signatures).toHaveLength(1)
      },
      60_000,
    )
  })
})

const newContext = (): SecurityContext => ({
  identifier: `urn:uuid:${randomUUID()}`,
  instance: undefined,
  secret: randomBytes(32),
  created: Date.now(),
  expires: Date.now() + 300_000,
  principal: 'alice',
  certificate: undefined,
  service: 'Orders',
})

function issued(version: SamlVersion, method: 'bearer' | 'holder-of-key', keyInfo?: XmlElement): XmlElement {
  const now = Date.now()
  const element = writeAssertion({
    version,
    id: `_${randomUUID()}`,
    issuer: 'https://sts.example',
    subject: 'alice',
    method,
    keyInfo,
    issued: now,
    notOnOrAfter: now + 300_000,
    audiences: [ORDERS],
    attributes: [{ name: 'http://claims/role', namespace: undefined, values: ['admin'] }],
    authentication: {
      method:
        version === '1.1'
          ? 'urn:oasis:names:tc:SAML:1.0:am:password'
          : 'urn:oasis:names:tc:SAML:2.0:ac:classes:Password',
      at: now,
    },
  })
  signAssertion(element, held('sts', sts))
  return element
}

type Signature = Extract<ProtectStep, { step: 'signature' }>

const signature = (key: Signature['key'], algorithm: 'rsa-sha256' | 'hmac-sha256' | 'hmac-sha1'): Signature => ({
  step: 'signature',
  name: 'main',
  key,
  algorithm: algorithm === 'hmac-sha1' ? `${DSIG}hmac-sha1` : `http://www.w3.org/2001/04/xmldsig-more#${algorithm}`,
  digest: `${XENC}sha256`,
  canonicalization: EXC_C14N,
  parts: [{ part: 'body' }],
  protectToken: false,
})

/** A message that went over the wire once. */
function secured(
  steps: readonly ProtectStep[],
  tokens: Readonly<Record<string, HeldToken>>,
  change = (text: string): string => text,
): XmlDocument {
  const document = createEnvelope('1.1', [parseXml('<t:order xmlns:t="urn:test">IBM</t:order>').root])
  const plan: ProtectPlan = {
    actor: undefined,
    mustUnderstand: true,
    steps: [{ step: 'timestamp', ttl: 300, milliseconds: true, position: 'first' }, ...steps],
    optimize: [],
  }
  protect(document, plan, { now: Date.now(), random: randomBytes, tokens: new Map(Object.entries(tokens)) })
  return parseXml(change(printXml(document)))
}

const confirmation = ({ tokens }: SecurityResults): string | undefined =>
  tokens.flatMap((token) => samlDetail(token)?.confirmedBy?.method ?? [])[0]
