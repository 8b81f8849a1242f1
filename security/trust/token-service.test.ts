import { createHash } from 'node:crypto'
import { elements, firstElement, parseXml, printXml, textOf, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { contextOf, createContextHandler, SecurityContexts } from '../conversation/index.ts'
import { Keyring } from '../keys/index.ts'
import { buildElement } from '../message/build-element.ts'
import { SAML_11, SAML_20, THUMBPRINT_SHA1 } from '../names.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { createSamlHandler, samlDetail, samlReferenceType, samlTokenType } from '../saml/index.ts'
import type { SecurityResults } from '../security-results.ts'
import { makeIdentity } from '../testing/certificates.ts'
import { receive, receiverPlan } from '../testing/receiver.ts'
import { buildMessage, directReference, keyIdentifier, type TestSignature } from '../testing/signed-message.ts'
import {
  askForToken,
  createAssertionProvider,
  createContextProvider,
  readTokenAnswer,
  type ReceivedToken,
  TokenService,
  type TokenWish,
  TRUST_13,
  TRUST_2005,
  TrustFailure,
  trustAction,
  type TrustCaller,
  type TrustVersion,
} from './index.ts'

const now = Date.now()
const HOUR = 3_600_000
const ca = makeIdentity({ subject: 'CN=CA', authority: true })
const sts = makeIdentity({ subject: 'CN=sts', issuer: ca, key: 'rsa' })
const server = makeIdentity({ subject: 'CN=server', issuer: ca, key: 'rsa' })
const client = makeIdentity({ subject: 'CN=client', issuer: ca })
const keys = new Keyring([
  { alias: 'ca', key: undefined, chain: [ca.certificate] },
  { alias: 'server', key: server.privateKey, chain: [server.certificate] },
  { alias: 'client', key: undefined, chain: [client.certificate] },
])
const ORDERS = 'https://bus.example/services/Orders'

const contexts = new SecurityContexts()
const plan = receiverPlan(keys, [
  createContextHandler(contexts, 'Orders'),
  createSamlHandler({
    allowsIssuer: (issuer, { subject }) => issuer === 'https://sts.example' && subject === 'CN=sts',
    audiences: new Set([ORDERS]),
    replays: new ReplayCache(1000),
  }),
])

const service = new TokenService([
  createContextProvider({ contexts, service: 'Orders', lifetime: 300 }),
  createAssertionProvider({
    issuer: 'https://sts.example',
    identity: { alias: 'sts', key: sts.privateKey, chain: [sts.certificate] },
    lifetime: 600,
    service: (address) =>
      address === ORDERS
        ? { certificate: server.certificate }
        : address === 'https://plain.example'
          ? { certificate: undefined }
          : undefined,
    async verify(assertion, at) {
      await receive(buildMessage({ header: [assertion] }), plan, at)
    },
  }),
])

const wire = (element: XmlElement): XmlElement => parseXml(printXml(element)).root

/** What a signature with the client's certificate, or another key, over the body proves. */
const signedWith = (
  signature: Partial<TestSignature> & Pick<TestSignature, 'key' | 'keyInfo'>,
  header: readonly XmlElement[] = [],
): Promise<SecurityResults> => receive(buildMessage({ header, signatures: [{ ids: ['body'], ...signature }] }), plan)

const thumbprint = keyIdentifier(createHash('sha1').update(client.certificate.raw).digest('base64'), THUMBPRINT_SHA1)
const byClient = (): Promise<SecurityResults> => signedWith({ key: client.privateKey, keyInfo: thumbprint })

async function caller(
  results: Promise<SecurityResults> = byClient(),
  changes: Partial<TrustCaller> = {},
): Promise<TrustCaller> {
  const proved = await results
  return {
    principal: 'alice',
    certificate: client.certificate,
    results: proved,
    signatures: proved.signatures,
    ...changes,
  }
}

async function ask(
  wish: TokenWish,
  by: TrustCaller,
  change: (request: XmlElement) => XmlElement = (request) => request,
): Promise<{ answer: XmlElement; action: string; read: () => ReceivedToken }> {
  const question = askForToken(wish)
  const action = trustAction(question.action)
  if (action === undefined) throw new Error(`the action ${question.action} is not known`)
  const answer = await service.answer(wire(change(question.element)), action, by, now)
  const element = wire(answer.element)
  return { answer: element, action: answer.action, read: () => readTokenAnswer(wire(answer.element), question) }
}

async function refusal(
  wish: TokenWish,
  by: TrustCaller,
  change?: (request: XmlElement) => XmlElement,
): Promise<string> {
  try {
    await ask(wish, by, change)
    return 'answered'
  } catch (error) {
    if (error instanceof TrustFailure) return error.message
    throw error
  }
}

const contextWish = (version: TrustVersion, changes: Partial<TokenWish> = {}): TokenWish => ({
  version,
  operation: 'issue',
  context: true,
  tokenType: `${version.conversation}/sct`,
  keyType: 'symmetric',
  ...changes,
})

describe.each([TRUST_2005, TRUST_13])('security contexts of version $name', (version) => {
  const made = async (): Promise<ReceivedToken> => (await ask(contextWish(version), await caller())).read()

  test('are issued with a key of both sides’ entropy, which then signs messages', async () => {
    const { answer, action, read } = await ask(contextWish(version), await caller())
    expect(action).toBe(`${version.namespace}/RSTR/SCT`)
    expect(answer.name).toBe(
      version === TRUST_13 ? 'RequestSecurityTokenResponseCollection' : 'RequestSecurityTokenResponse',
    )
    const token = read()
    expect(token.secret).toHaveLength(32)
    expect(token.tokenType).toBe(`${version.conversation}/sct`)
    expect(token.unattached).toMatchObject({ form: 'reference', value: expect.stringMatching(/^urn:uuid:/) })
    expect(token.expires).toBe(now + 300_000)
    const results = await signedWith(
      { key: token.secret ?? Buffer.alloc(0), keyInfo: directReference(token.attached?.value.slice(1) ?? '') },
      [token.element],
    )
    const context = results.signatures[0] && contextOf(results.signatures[0].token)
    expect(context).toMatchObject({ principal: 'alice', service: 'Orders', identifier: token.unattached?.value })
    expect(printXml(answer)).not.toContain(token.secret?.toString('base64'))
  })

  test('have a key by the service alone when the client gives no entropy', async () => {
    const { read } = await ask(contextWish(version, { keyType: undefined }), await caller())
    expect(read().secret).toHaveLength(32)
  })

  test('may be shorter and smaller than usual, within bounds', async () => {
    expect((await ask(contextWish(version, { keySize: 128 }), await caller())).read().secret).toHaveLength(16)
    expect(await refusal(contextWish(version, { keySize: 64 }), await caller())).toContain('16 to 1024 bytes')
    expect(await refusal(contextWish(version, { keySize: 1024 }), await caller())).toContain('not 1024')
    const lifetime = (expires: number) => (request: XmlElement) => {
      const text = printXml(request)
      const wsu = 'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd'
      const life = `<wst:Lifetime><u:Expires xmlns:u="${wsu}">${new Date(expires).toISOString()}</u:Expires></wst:Lifetime>`
      return parseXml(text.replace('</wst:RequestSecurityToken>', `${life}</wst:RequestSecurityToken>`)).root
    }
    expect((await ask(contextWish(version), await caller(), lifetime(now + 10_000))).read().expires).toBe(now + 10_000)
    expect((await ask(contextWish(version), await caller(), lifetime(now + HOUR))).read().expires).toBe(now + 300_000)
    expect(await refusal(contextWish(version), await caller(), lifetime(now - 10))).toMatch(/^The requested time range/)
  })

  const reference = ({ unattached }: ReceivedToken): XmlElement =>
    buildElement(
      'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
      'wsse:SecurityTokenReference',
      {},
      buildElement(
        'http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd',
        'wsse:Reference',
        { URI: unattached?.value, ValueType: unattached?.valueType },
      ),
    )
  const proved = ({ secret, element, attached }: ReceivedToken): Promise<SecurityResults> =>
    signedWith({ key: secret ?? Buffer.alloc(0), keyInfo: directReference(attached?.value.slice(1) ?? '') }, [element])

  test('are renewed by who signs with them: a new key under the old name', async () => {
    const token = await made()
    const wish = contextWish(version, { operation: 'renew', target: token.element })
    expect(await refusal(wish, await caller())).toMatch(/^The requested renewal failed/)
    const renewed = (await ask(wish, await caller(proved(token)))).read()
    expect(renewed.unattached?.value).toBe(token.unattached?.value)
    expect(renewed.secret?.equals(token.secret ?? Buffer.alloc(0))).toBe(false)
    expect((await proved(renewed)).signatures).toHaveLength(1)
    // What is on its way with the old key still arrives.
    expect((await proved(token)).signatures).toHaveLength(1)
  })

  test('are cancelled by who signs with them, and unknown from then on', async () => {
    const token = await made()
    const wish = contextWish(version, { operation: 'cancel', target: reference(token), keyType: undefined })
    expect(await refusal(wish, await caller())).toMatch(/^The specified request failed/)
    const { answer, action } = await ask(wish, await caller(proved(token)))
    expect(action).toBe(`${version.namespace}/RSTR/SCT/Cancel`)
    expect(elements(answer)[0]?.name).toBe('RequestedTokenCancelled')
    await expect(proved(token)).rejects.toThrow('not known')
    expect(await refusal(wish, await caller())).toMatch(/^The request data is out-of-date/)
  })

  test('are valid for their owner only', async () => {
    const token = await made()
    const status = async (by: TrustCaller): Promise<string> => {
      const { answer } = await ask(
        contextWish(version, {
          operation: 'validate',
          target: token.element,
          keyType: undefined,
          tokenType: undefined,
        }),
        by,
      )
      return textOf(firstElement(firstElement(answer, 'Status') ?? answer, 'Code') ?? answer)
    }
    expect(await status(await caller())).toBe(`${version.namespace}/status/valid`)
    expect(await status(await caller(byClient(), { principal: 'mallory', certificate: undefined }))).toBe(
      `${version.namespace}/status/invalid`,
    )
  })

  test('mean nothing at another service', async () => {
    const token = await made()
    const elsewhere = receiverPlan(keys, [createContextHandler(contexts, 'Payments')])
    const message = buildMessage({
      header: [token.element],
      signatures: [
        {
          key: token.secret ?? Buffer.alloc(0),
          keyInfo: directReference(token.attached?.value.slice(1) ?? ''),
          ids: ['body'],
        },
      ],
    })
    await expect(receive(message, elsewhere)).rejects.toThrow('not known')
  })

  test('are not known after their end', async () => {
    const token = await made()
    const message = () => buildMessage({ header: [token.element] })
    expect((await receive(message(), plan, now + 299_999)).tokens).toHaveLength(1)
    await expect(receive(message(), plan, now + 300_000)).rejects.toThrow('not known')
  })
})

describe('the service', () => {
  test('answers nobody whom it does not know', async () => {
    const results = receive(buildMessage({ header: [] }), plan)
    const nobody = await caller(results, { principal: undefined, certificate: undefined })
    expect(await refusal(contextWish(TRUST_13), nobody)).toMatch(/^Authentication failed/)
  })

  test('holds request and action together', async () => {
    const renamed = (request: XmlElement): XmlElement => parseXml(printXml(request).replace('/Issue<', '/Cancel<')).root
    expect(await refusal(contextWish(TRUST_13), await caller(), renamed)).toMatch(
      /^The request was invalid or malformed: the action/,
    )
    const older = (request: XmlElement): XmlElement =>
      parseXml(printXml(request).replaceAll(TRUST_13.namespace, TRUST_2005.namespace)).root
    expect(await refusal(contextWish(TRUST_13), await caller(), older)).toMatch(/^The request was invalid or malformed/)
  })

  test.each([
    ['a token type that nobody makes', { tokenType: 'urn:x' }, /^The specified request failed: tokens of type urn:x/],
    [
      'a context with a public key',
      { keyType: 'public' as const },
      /^The specified RequestSecurityToken is not understood: a security context has/,
    ],
    ['a renewal of nothing', { operation: 'renew' as const }, /it names no token/],
    [
      'a renewal of something else',
      { operation: 'renew' as const, target: buildElement('urn:x', 'x:token') },
      /tokens like token are not kept here/,
    ],
  ])('refuses %s', async (_, changes, expected) => {
    expect(await refusal(contextWish(TRUST_13, changes), await caller())).toMatch(expected)
  })
})

const samlWish = (changes: Partial<TokenWish> = {}): TokenWish => ({
  version: TRUST_13,
  operation: 'issue',
  context: false,
  tokenType: samlTokenType('2.0'),
  keyType: 'bearer',
  appliesTo: ORDERS,
  ...changes,
})

describe('assertions', () => {
  const use = (token: ReceivedToken, key?: TestSignature['key']): Promise<SecurityResults> => {
    const { value = '', valueType = '' } = token.attached ?? {}
    const signatures = key === undefined ? [] : [{ key, keyInfo: keyIdentifier(value, valueType), ids: ['body'] }]
    return receive(buildMessage({ header: [token.element], signatures }), plan)
  }
  const confirmed = ({ tokens }: SecurityResults): unknown =>
    tokens.flatMap((token) => samlDetail(token)?.confirmedBy?.method ?? [])

  test.each([
    ['1.1', samlTokenType('1.1')],
    ['1.1', SAML_11],
    ['2.0', samlTokenType('2.0')],
    ['2.0', SAML_20],
  ] as const)('of %s by the type %s are accepted by a service that trusts the issuer', async (version, tokenType) => {
    const { read, action } = await ask(samlWish({ tokenType }), await caller())
    const token = read()
    expect(action).toBe(`${TRUST_13.namespace}/RSTRC/IssueFinal`)
    expect(token).toMatchObject({
      tokenType: samlTokenType(version),
      secret: undefined,
      attached: { valueType: samlReferenceType(version) },
    })
    expect(confirmed(await use(token))).toEqual(['bearer'])
  })

  test('with a secret are proved with it, and only the service can read it', async () => {
    const { read, answer } = await ask(samlWish({ keyType: 'symmetric' }), await caller())
    const token = read()
    expect(token.secret).toHaveLength(32)
    expect(printXml(answer)).not.toContain(token.secret?.toString('base64'))
    expect(confirmed(await use(token, token.secret))).toEqual(['holder-of-key'])
    await expect(use(token, Buffer.alloc(32))).rejects.toThrow('does not fit')
    await expect(use(token)).rejects.toThrow('not signed with the key')
  })

  test('with the key of the requestor are proved with that', async () => {
    const token = (await ask(samlWish({ keyType: 'public', version: TRUST_2005 }), await caller())).read()
    expect(confirmed(await use(token, client.privateKey))).toEqual(['holder-of-key'])
  })

  test('are not issued for a key that the request does not prove', async () => {
    const other = makeIdentity({ subject: 'CN=other' })
    const useKey = (certificate: typeof other.certificate) => (request: XmlElement) =>
      parseXml(
        printXml(request).replace(
          '</wst:RequestSecurityToken>',
          `<wst:UseKey><KeyInfo xmlns="http://www.w3.org/2000/09/xmldsig#"><X509Data><X509Certificate>${certificate.raw.toString('base64')}</X509Certificate></X509Data></KeyInfo></wst:UseKey></wst:RequestSecurityToken>`,
        ),
      ).root
    expect(await refusal(samlWish({ keyType: 'public' }), await caller(), useKey(other.certificate))).toMatch(
      /is not signed with the key of UseKey/,
    )
    expect(await refusal(samlWish({ keyType: 'public' }), await caller(), useKey(client.certificate))).toBe('answered')
    expect(
      await refusal(samlWish({ keyType: 'public' }), await caller(byClient(), { certificate: undefined })),
    ).toMatch(/no public key was given/)
  })

  test('are issued for known services only, and secrets only where they can be encrypted', async () => {
    expect(await refusal(samlWish({ appliesTo: 'https://evil.example' }), await caller())).toMatch(
      /^The request scope is invalid/,
    )
    expect(await refusal(samlWish({ appliesTo: undefined }), await caller())).toMatch(/^The request scope is invalid/)
    expect(
      await refusal(samlWish({ appliesTo: 'https://plain.example', keyType: 'symmetric' }), await caller()),
    ).toMatch(/no certificate is known/)
    expect(await refusal(samlWish(), await caller(byClient(), { principal: undefined }))).toMatch(
      /^Authentication failed/,
    )
  })

  test('carry the claims that were asked for', async () => {
    const claims = new Map([
      ['http://claims/role', ['admin']],
      ['http://claims/email', ['a@b']],
    ])
    const only = (request: XmlElement): XmlElement =>
      parseXml(
        printXml(request).replace(
          '</wst:RequestSecurityToken>',
          '<wst:Claims><c:ClaimType xmlns:c="urn:c" Uri="http://claims/role"/></wst:Claims></wst:RequestSecurityToken>',
        ),
      ).root
    const names = async (change?: (request: XmlElement) => XmlElement): Promise<string[]> => {
      const { read } = await ask(samlWish(), await caller(byClient(), { claims }), change)
      return (await use(read())).tokens.flatMap(
        (token) => samlDetail(token)?.assertion.attributes.map(({ name }) => name) ?? [],
      )
    }
    expect(await names()).toEqual(['http://claims/role', 'http://claims/email'])
    expect(await names(only)).toEqual(['http://claims/role'])
  })

  test('are validated, and neither renewed nor cancelled', async () => {
    const token = (await ask(samlWish(), await caller())).read()
    const status = async (target: XmlElement): Promise<string> => {
      const { answer } = await ask(
        samlWish({ operation: 'validate', target, tokenType: undefined, keyType: undefined, appliesTo: undefined }),
        await caller(),
      )
      return (
        textOf(firstElement(firstElement(answer, 'Status') ?? answer, 'Code') ?? answer)
          .split('/')
          .at(-1) ?? ''
      )
    }
    expect(await status(token.element)).toBe('valid')
    expect(await status(parseXml(printXml(token.element).replace('alice', 'admin')).root)).toBe('invalid')
    expect(await refusal(samlWish({ operation: 'renew', target: token.element }), await caller())).toMatch(
      /ask for a new one/,
    )
    expect(await refusal(samlWish({ operation: 'cancel', target: token.element }), await caller())).toMatch(
      /cannot be cancelled/,
    )
  })
})
