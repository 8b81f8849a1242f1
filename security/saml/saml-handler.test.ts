import { createCipheriv, createHash, generateKeyPairSync, randomBytes } from 'node:crypto'
import { parseXml, printXml, type XmlElement } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { Keyring } from '../keys/index.ts'
import { buildElement } from '../message/build-element.ts'
import { SAML_11, SAML_20, THUMBPRINT_SHA1 } from '../names.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults } from '../security-results.ts'
import { type Identity, makeIdentity } from '../testing/certificates.ts'
import { receive, receiverPlan } from '../testing/receiver.ts'
import {
  buildMessage,
  directReference,
  identified,
  keyIdentifier,
  type TestMessage,
} from '../testing/signed-message.ts'
import type { ConfirmationMethod, SamlVersion } from './assertion.ts'
import { createSamlHandler, samlDetail } from './saml-handler.ts'
import { SAML_ASSERTION_ID, SAML_ID } from './saml-names.ts'
import type { SamlRules } from './saml-rules.ts'
import { signAssertion } from './sign-assertion.ts'
import { certificateKeyInfo, publicKeyInfo, secretKeyInfo } from './subject-key-info.ts'
import { type AssertionRequest, writeAssertion } from './write-assertion.ts'

const now = Date.UTC(2026, 10, 22, 12)
const valid = { notBefore: now - 86_400_000, notAfter: now + 86_400_000 }
const ca = makeIdentity({ subject: 'CN=CA', authority: true, ...valid })
const sts = makeIdentity({ subject: 'CN=sts', issuer: ca, ...valid })
const server = makeIdentity({ subject: 'CN=server', issuer: ca, key: 'rsa', ...valid })
const client = makeIdentity({ subject: 'CN=client', issuer: ca, ...valid })
const gateway = makeIdentity({ subject: 'CN=gateway', issuer: ca, ...valid })
const outsider = makeIdentity({ subject: 'CN=outsider', ...valid })

const keys = new Keyring([
  { alias: 'ca', key: undefined, chain: [ca.certificate] },
  { alias: 'server', key: server.privateKey, chain: [server.certificate] },
  { alias: 'gateway', key: undefined, chain: [gateway.certificate] },
  { alias: 'client', key: undefined, chain: [client.certificate] },
])

const RULES: SamlRules = {
  allowsIssuer: (issuer, certificate) => issuer === 'https://sts.example' && certificate.subject === 'CN=sts',
  allowsVoucher: (certificate) => certificate.subject === 'CN=gateway',
  audiences: new Set(['https://bus.example/services/Orders']),
  recipients: new Set(['https://bus.example/services/Orders']),
  replays: new ReplayCache(1000),
}

interface Wanted extends Partial<AssertionRequest> {
  readonly signer?: Identity | undefined
  /** Text of the signed assertion, changed afterwards. */
  readonly tamper?: (text: string) => string
  /** The assertion before it is signed. */
  readonly shape?: (text: string) => string
}

function assertion(version: SamlVersion, wanted: Wanted = {}): XmlElement {
  const { signer = sts, tamper, shape, ...request } = wanted
  let element = writeAssertion({
    version,
    id: '_a1',
    issuer: 'https://sts.example',
    subject: 'alice',
    method: 'bearer',
    issued: now - 1000,
    notOnOrAfter: now + 60_000,
    ...request,
  })
  if (shape !== undefined) element = parseXml(shape(printXml(element))).root
  if (!('signer' in wanted) || wanted.signer !== undefined)
    signAssertion(element, { alias: '', key: signer.privateKey, chain: [signer.certificate] })
  return tamper === undefined ? element : parseXml(tamper(printXml(element))).root
}

const accept = (message: TestMessage, rules: Partial<SamlRules> = {}, at = now): Promise<SecurityResults> =>
  receive(buildMessage(message), receiverPlan(keys, [createSamlHandler({ ...RULES, ...rules })]), at)

async function refusal(message: TestMessage, rules: Partial<SamlRules> = {}, at = now): Promise<string> {
  try {
    await accept(message, rules, at)
    return 'accepted'
  } catch (error) {
    if (error instanceof SecurityFailure) return `${error.reason}: ${error.detail.replace('SAML assertion: ', '')}`
    throw error
  }
}

const thumbprint = ({ certificate }: Identity): XmlElement =>
  keyIdentifier(createHash('sha1').update(certificate.raw).digest('base64'), THUMBPRINT_SHA1)
const idReference = (version: SamlVersion): XmlElement =>
  keyIdentifier('_a1', version === '1.1' ? SAML_ASSERTION_ID : SAML_ID)

const VERSIONS: readonly SamlVersion[] = ['1.1', '2.0']

describe.each(VERSIONS)('an assertion of SAML %s', (version) => {
  test('tells its subject, issuer, attributes and confirmation', async () => {
    const attributes = [{ name: 'http://claims/role', namespace: undefined, values: ['admin', 'staff'] }]
    const { tokens } = await accept({
      header: [assertion(version, { attributes, audiences: ['other', 'https://bus.example/services/Orders'] })],
    })
    const [token] = tokens.filter(({ kind }) => kind === 'saml')
    expect(token?.principal).toBe('alice')
    const detail = token && samlDetail(token)
    expect(detail?.assertion).toMatchObject({ version, issuer: 'https://sts.example', id: '_a1' })
    expect(detail?.assertion.attributes[0]?.values).toEqual(['admin', 'staff'])
    expect(detail?.confirmedBy?.method).toBe('bearer')
    expect(detail?.signer?.certificates?.[0].subject).toBe('CN=sts')
  })

  test.each([
    ['a changed subject', (text: string) => text.replace('>alice<', '>admin<')],
    ['a changed end', (text: string) => text.replaceAll('2026-11-22T12:01:00.000Z', '2027-11-22T12:01:00.000Z')],
    ['an added attribute', (text: string) => text.replace(/(<saml2?:Conditions) /, '$1 x="1" ')],
  ])('is refused with %s', async (_, tamper) => {
    expect(await refusal({ header: [assertion(version, { tamper })] })).toMatch(/^digest-wrong/)
  })

  test.each<[string, Wanted, RegExp]>([
    ['of an issuer nobody trusts', { signer: outsider }, /^certificate-untrusted/],
    [
      'of a trusted party that is no issuer',
      { signer: client },
      /^subject-refused: CN=client may not issue as https:\/\/sts.example$/,
    ],
    ['under the name of another issuer', { issuer: 'https://other.example' }, /^subject-refused/],
    ['without a signature', { signer: undefined }, /^subject-unconfirmed: bearer: the assertion is not signed$/],
    [
      'that has ended',
      { notOnOrAfter: now - 400_000, issued: now - 500_000 },
      /^token-expired: it is not valid any more$/,
    ],
    [
      'of the future',
      { issued: now + 400_000, notOnOrAfter: now + 500_000 },
      /^token-expired: it was issued in the future$/,
    ],
    [
      'that ends before it begins',
      { issued: now + 10_000, notOnOrAfter: now + 5000 },
      /^token-invalid: it ends before it begins$/,
    ],
    [
      'for others',
      { audiences: ['https://elsewhere.example'] },
      /^token-invalid: it is meant for "https:\/\/elsewhere.example"$/,
    ],
    [
      'of a subject authenticated tomorrow',
      { authentication: { method: 'm', at: now + 86_400_000 } },
      /^token-expired/,
    ],
  ])('%s is refused', async (_, wanted, expected) => {
    expect(await refusal({ header: [assertion(version, wanted)] })).toMatch(expected)
  })

  test('is tolerated within the skew of clocks', async () => {
    expect(await refusal({ header: [assertion(version)] }, {}, now + 60_000 + 299_000)).toBe('accepted')
    expect(await refusal({ header: [assertion(version)] }, {}, now + 60_000 + 300_000)).toMatch(/^token-expired/)
    expect(await refusal({ header: [assertion(version)] }, {}, now - 301_001)).toMatch(/^token-expired/)
  })

  test('for one use is accepted once', async () => {
    const replays = new ReplayCache(1000)
    const message = { header: [assertion(version, { once: true })] }
    expect(await refusal(message, { replays })).toBe('accepted')
    expect(await refusal(message, { replays })).toMatch(/^replayed/)
    expect(await refusal({ header: [assertion(version, { once: true, id: '_a2' })] }, { replays })).toBe('accepted')
  })

  test('of a version that is not wanted is refused', async () => {
    const versions = new Set<SamlVersion>([version === '1.1' ? '2.0' : '1.1'])
    expect(await refusal({ header: [assertion(version)] }, { versions })).toBe(
      `token-invalid: version ${version} is not accepted`,
    )
  })

  test('with a comment in the name means the whole name', async () => {
    const shape = (text: string): string => text.replace('>alice<', '>alice<!-- -->.smith<')
    const { tokens } = await accept({ header: [assertion(version, { shape })] })
    expect(tokens.find(({ kind }) => kind === 'saml')?.principal).toBe('alice.smith')
  })

  test('that is not confirmed in a way that is wanted is refused', async () => {
    const methods = new Set<ConfirmationMethod>(['holder-of-key'])
    expect(await refusal({ header: [assertion(version)] }, { methods })).toBe(
      'subject-unconfirmed: the confirmation bearer is not accepted',
    )
  })
})

describe.each(VERSIONS)('holder-of-key with SAML %s', (version) => {
  const held = (keyInfo: XmlElement): XmlElement => assertion(version, { method: 'holder-of-key', keyInfo })
  const secret = randomBytes(32)
  const pair = generateKeyPairSync('rsa', { modulusLength: 2048 })

  test.each<[string, XmlElement, TestMessage['signatures']]>([
    [
      'a certificate, by the assertion',
      certificateKeyInfo(client.certificate),
      [{ key: client.privateKey, keyInfo: idReference(version), ids: ['body'] }],
    ],
    [
      'a certificate, by its thumbprint',
      certificateKeyInfo(client.certificate),
      [{ key: client.privateKey, keyInfo: thumbprint(client), ids: ['body'] }],
    ],
    [
      'a certificate that only the issuer trusts',
      certificateKeyInfo(outsider.certificate),
      [{ key: outsider.privateKey, keyInfo: idReference(version), ids: ['body'] }],
    ],
    [
      'a public key',
      publicKeyInfo(pair.publicKey),
      [{ key: pair.privateKey, keyInfo: idReference(version), ids: ['body'] }],
    ],
    [
      'a secret that we can decrypt',
      secretKeyInfo(secret, server.certificate),
      [{ key: secret, keyInfo: idReference(version), ids: ['body'] }],
    ],
  ])('is proved with %s', async (_, keyInfo, signatures = []) => {
    const { tokens, signatures: verified } = await accept({ header: [held(keyInfo)], signatures })
    const token = tokens.find(({ kind }) => kind === 'saml')
    expect(token && samlDetail(token)?.confirmedBy?.method).toBe('holder-of-key')
    expect(verified).toHaveLength(1)
  })

  test('is refused when the signatures with the key were copied with what they cover', async () => {
    const copied = identified(buildElement('urn:test', 't:copied', {}, 'IBM'), 'copied')
    const keyInfo = thumbprint(client)
    const signatures = [
      { key: client.privateKey, keyInfo, ids: ['copied'], id: 's1' },
      { key: client.privateKey, keyInfo, ids: ['s1'], id: 's2' },
      { key: gateway.privateKey, keyInfo: thumbprint(gateway), ids: ['body'] },
    ]
    const header = [held(certificateKeyInfo(client.certificate)), copied]
    expect(await refusal({ header, signatures })).toMatch(/^subject-unconfirmed/)
  })

  test('is refused without a signature, with another key, and with a signature that covers nothing of the message', async () => {
    const header = [held(certificateKeyInfo(client.certificate))]
    const unproved = 'subject-unconfirmed: holder-of-key: the message is not signed with the key of the subject'
    expect(await refusal({ header })).toBe(unproved)
    expect(
      await refusal({ header, signatures: [{ key: gateway.privateKey, keyInfo: thumbprint(gateway), ids: ['body'] }] }),
    ).toBe(unproved)
    expect(
      await refusal({ header, signatures: [{ key: client.privateKey, keyInfo: thumbprint(client), ids: ['_a1'] }] }),
    ).toBe(unproved)
    expect(
      await refusal({
        header,
        signatures: [{ key: gateway.privateKey, keyInfo: idReference(version), ids: ['body'] }],
      }),
    ).toMatch(/^signature-wrong/)
  })

  test('a secret for somebody else is refused', async () => {
    const other = makeIdentity({ subject: 'CN=other', key: 'rsa', ...valid })
    const header = [held(secretKeyInfo(secret, other.certificate))]
    expect(
      await refusal({ header, signatures: [{ key: secret, keyInfo: idReference(version), ids: ['body'] }] }),
    ).toMatch(/^token-unavailable/)
  })

  test('the key of an unsigned assertion is no key', async () => {
    const own = assertion(version, {
      method: 'holder-of-key',
      keyInfo: certificateKeyInfo(outsider.certificate),
      signer: undefined,
    })
    const signatures = [{ key: outsider.privateKey, keyInfo: idReference(version), ids: ['body'] }]
    expect(await refusal({ header: [own], signatures })).toMatch(/^key-refused/)
  })

  test('a public key makes no HMAC', async () => {
    const signatures = [
      {
        key: client.certificate.publicKey.export({ format: 'der', type: 'spki' }),
        keyInfo: idReference(version),
        ids: ['body'],
      },
    ]
    expect(await refusal({ header: [held(certificateKeyInfo(client.certificate))], signatures })).toMatch(
      /^key-refused/,
    )
  })
})

describe.each(VERSIONS)('sender-vouches with SAML %s', (version) => {
  const header = [assertion(version, { method: 'sender-vouches', signer: undefined })]
  const by = (identity: Identity, ...ids: string[]): TestMessage => ({
    header,
    signatures: [{ key: identity.privateKey, keyInfo: thumbprint(identity), ids }],
  })

  test('is accepted from those who may vouch, where their signature covers assertion and body', async () => {
    const { tokens } = await accept(by(gateway, '_a1', 'body'))
    expect(tokens.find(({ kind }) => kind === 'saml')?.principal).toBe('alice')
  })

  test('is refused from others, and where the signature does not bind the two', async () => {
    expect(await refusal(by(client, '_a1', 'body'))).toMatch(/^subject-unconfirmed: sender-vouches/)
    expect(await refusal(by(gateway, 'body'))).toMatch(/^subject-unconfirmed/)
    expect(await refusal(by(gateway, '_a1'))).toMatch(/^subject-unconfirmed/)
    expect(await refusal({ header })).toMatch(/^subject-unconfirmed/)
    expect(await refusal(by(gateway, '_a1', 'body'), { allowsVoucher: undefined })).toMatch(/^subject-unconfirmed/)
  })
})

describe('signature wrapping', () => {
  const genuine = (): string => printXml(assertion('2.0'))
  const forged = (): string =>
    genuine()
      .replace('>alice<', '>admin<')
      .replace('ID="_a1"', 'ID="_evil"')
      .replace(/<ds:Signature.*<\/ds:Signature>/s, '')
  const parsed = (text: string): TestMessage => ({ header: [parseXml(text).root] })
  const signature = (): string => /<ds:Signature.*<\/ds:Signature>/s.exec(genuine())?.[0] ?? ''
  const bare = (): string => genuine().replace(signature(), '')

  test.each<[string, () => string, RegExp]>([
    [
      'the signature moved into a forged assertion',
      () => forged().replace('</saml2:Issuer>', `$&${signature()}`),
      /^reference-refused/,
    ],
    [
      'the genuine assertion in the signature of a forged one',
      () =>
        forged().replace(
          '</saml2:Issuer>',
          `$&${signature().replace('</ds:Signature>', `<ds:Object>${bare()}</ds:Object></ds:Signature>`)}`,
        ),
      /^malformed/,
    ],
    [
      'the genuine assertion in the Advice of a forged one',
      () => forged().replace(/<saml2:Conditions[^>]*>/, `$&<saml2:Advice>${genuine()}</saml2:Advice>`),
      /^subject-unconfirmed: bearer: the assertion is not signed/,
    ],
    [
      'the genuine assertion before a forged one of the same id',
      () =>
        forged()
          .replace('_evil', '_a1')
          .replace(/<saml2:Conditions[^>]*>/, `$&<saml2:Advice>${genuine()}</saml2:Advice>`),
      /^id-duplicate/,
    ],
    [
      'a second subject',
      () =>
        genuine().replace('</saml2:Subject>', '$&<saml2:Subject><saml2:NameID>admin</saml2:NameID></saml2:Subject>'),
      /^token-malformed|^digest-wrong/,
    ],
    ['two signatures', () => genuine().replace('</saml2:Issuer>', `$&${signature()}`), /^token-malformed/],
    ['an empty reference', () => genuine().replace('URI="#_a1"', 'URI=""'), /^reference-refused/],
    [
      'an XPath transform',
      () =>
        genuine().replace(
          'http://www.w3.org/2000/09/xmldsig#enveloped-signature',
          'http://www.w3.org/TR/1999/REC-xpath-19991116',
        ),
      /^transform-refused/,
    ],
  ])('%s is refused', async (_, text, expected) => {
    expect(await refusal(parsed(text()))).toMatch(expected)
  })

  test('what stands beside a signed assertion is not believed for it', async () => {
    expect(await refusal({ header: [parseXml(genuine()).root, parseXml(forged()).root] })).toMatch(
      /^subject-unconfirmed/,
    )
  })
})

describe('an encrypted assertion', () => {
  const XENC = 'http://www.w3.org/2001/04/xmlenc#'
  const secret = randomBytes(32)
  function encrypted(
    recipient: Identity,
    place: 'inside' | 'beside',
    change = (text: string): string => text,
  ): XmlElement {
    const iv = randomBytes(12)
    const cipher = createCipheriv('aes-256-gcm', secret, iv)
    const hidden = Buffer.concat([iv, cipher.update(printXml(assertion('2.0'))), cipher.final(), cipher.getAuthTag()])
    const keyInfo = printXml(secretKeyInfo(secret, recipient.certificate))
    const method = `<x:EncryptionMethod Algorithm="http://www.w3.org/2009/xmlenc11#aes256-gcm"/>`
    const text = `<s:EncryptedAssertion xmlns:s="${SAML_20}" xmlns:x="${XENC}"><x:EncryptedData Type="${XENC}Element">${method}KEYINFO<x:CipherData><x:CipherValue>${hidden.toString('base64')}</x:CipherValue></x:CipherData></x:EncryptedData>BESIDE</s:EncryptedAssertion>`
    const beside = keyInfo.slice(keyInfo.indexOf('<xenc:EncryptedKey'), keyInfo.lastIndexOf('</ds:KeyInfo>'))
    const placed =
      place === 'inside'
        ? text.replace('KEYINFO', keyInfo).replace('BESIDE', '')
        : text
            .replace(
              'KEYINFO',
              '<d:KeyInfo xmlns:d="http://www.w3.org/2000/09/xmldsig#"><d:RetrievalMethod URI="#k"/></d:KeyInfo>',
            )
            .replace(
              'BESIDE',
              beside.replace('<xenc:EncryptedKey', '<xenc:EncryptedKey xmlns:ds="http://www.w3.org/2000/09/xmldsig#"'),
            )
    return parseXml(change(placed)).root
  }

  test.each(['inside', 'beside'] as const)('for us is read, its key %s', async (place) => {
    const { tokens, decryptions } = await accept({ header: [encrypted(server, place)] })
    const token = tokens.find(({ kind }) => kind === 'saml')
    expect(token?.principal).toBe('alice')
    expect(token && samlDetail(token)?.confirmedBy?.method).toBe('bearer')
    expect(decryptions).toHaveLength(1)
  })

  test('for somebody else, changed, or empty is refused', async () => {
    const other = makeIdentity({ subject: 'CN=other', key: 'rsa', ...valid })
    expect(await refusal({ header: [encrypted(other, 'inside')] })).toMatch(/^token-unavailable/)
    const change = (text: string): string =>
      text.replace(/<x:CipherValue>./, (start) => start.slice(0, -1) + (start.endsWith('A') ? 'B' : 'A'))
    expect(await refusal({ header: [encrypted(server, 'inside', change)] })).toMatch(/^decryption-failed/)
    expect(await refusal({ header: [parseXml(`<EncryptedAssertion xmlns="${SAML_20}"/>`).root] })).toMatch(/^malformed/)
  })
})

describe('references', () => {
  const header = [assertion('2.0', { method: 'holder-of-key', keyInfo: certificateKeyInfo(client.certificate) })]
  const by = (keyInfo: XmlElement): TestMessage => ({
    header,
    signatures: [{ key: client.privateKey, keyInfo, ids: ['body'] }],
  })

  test('by KeyIdentifier and by the fragment of the ID lead to the assertion', async () => {
    expect(await refusal(by(keyIdentifier('_a1', SAML_ID)))).toBe('accepted')
    expect(await refusal(by(directReference('_a1')))).toBe('accepted')
  })

  test('to assertions that are not in the message lead nowhere', async () => {
    expect(await refusal(by(keyIdentifier('_other', SAML_ID)))).toMatch(/^token-unavailable/)
  })
})

test('an assertion of an unknown version or shape is malformed', async () => {
  const broken = (text: string): Promise<string> => refusal({ header: [parseXml(text).root] })
  expect(
    await broken(`<Assertion xmlns="${SAML_20}" ID="a" Version="3.0" IssueInstant="2026-11-22T12:00:00Z"/>`),
  ).toMatch(/^token-malformed: it is of an unknown version/)
  expect(
    await broken(`<Assertion xmlns="${SAML_20}" ID="a" Version="2.0" IssueInstant="2026-11-22T12:00:00Z"/>`),
  ).toMatch(/^token-malformed: it has no Issuer/)
  expect(await broken(`<Assertion xmlns="${SAML_11}" MajorVersion="2"/>`)).toMatch(/^token-malformed/)
})
