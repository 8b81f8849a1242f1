import { constants, createPublicKey, publicEncrypt } from 'node:crypto'
import {
  DEFAULT_SETTINGS,
  type DocumentSigning,
  elements,
  firstElement,
  type Linker,
  parseXml,
  printXml,
  type SignatureRules,
  type XmlElement,
} from 'viaduct'
import { testServices } from 'viaduct/testing'
import { afterAll, describe, expect, test } from 'vitest'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { type Identity, makeIdentity } from '../testing/certificates.ts'
import { signing } from './document-signing.ts'

const own = makeIdentity({ subject: 'CN=bus', key: 'rsa' })
const partner = makeIdentity({ subject: 'CN=partner', key: 'rsa' })
const stranger = makeIdentity({ subject: 'CN=stranger', key: 'rsa' })

const pem = ({ privateKey, certificate }: Identity): string =>
  `${privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()}${certificate.toString()}`

const folder = new TestFolder({
  'security/bus.pem': pem(own),
  'security/partner.pem': pem(partner),
  'security/stranger.pem': pem(stranger),
  'security/partner.crt': partner.certificate.toString(),
})
afterAll(() => folder[Symbol.dispose]())

function signingOf(keystore: string, truststore = ''): DocumentSigning {
  const security = { ...DEFAULT_SETTINGS.security, keystore, truststore }
  const services = testServices({ home: folder.path, settings: { security } })
  const linker = {
    services,
    report: (code: string, _at: unknown, message: string) => {
      throw new Error(`${code}: ${message}`)
    },
    state: (_name: string, _fingerprint: string, create: () => object) => create(),
  }
  return signing.create(linker as unknown as Linker)
}

const RULES: SignatureRules = { idAttribute: 'ID', trusted: [], sha1: false }
const bus = signingOf('bus.pem', 'partner.crt')

const documentOf = (
  xml = '<q:query xmlns:q="urn:q" ID="_1"><q:issuer>me</q:issuer><q:request>read</q:request></q:query>',
): XmlElement => parseXml(xml).root

function signed(by: DocumentSigning = bus, xml?: string, rules = RULES): string {
  const element = documentOf(xml)
  by.sign(element, rules)
  return printXml(element)
}

const reasonOf = (text: string, rules: Partial<SignatureRules> = {}, by = bus): string => {
  try {
    by.verify(parseXml(text).root, { ...RULES, ...rules })
    return 'accepted'
  } catch (thrown) {
    return thrown instanceof Error ? thrown.message : 'unknown'
  }
}

describe('a signature', () => {
  test('stands behind the first child, and is good after a journey as text', () => {
    const text = signed()
    expect(elements(parseXml(text).root).map(({ name }) => name)).toEqual(['issuer', 'Signature', 'request'])
    expect(text).toContain('URI="#_1"')
    expect(reasonOf(text)).toBe('accepted')
  })

  test('without an identifier is over the whole document', () => {
    const text = signed(bus, '<q:query xmlns:q="urn:q"><q:issuer/></q:query>', RULES)
    expect(text).toContain('URI=""')
    expect(reasonOf(text)).toBe('accepted')
  })

  test('is good inside of an envelope that declares more namespaces', () => {
    const envelope = parseXml(
      `<s:Envelope xmlns:s="urn:s" xmlns:more="urn:more"><s:Body>${signed()}</s:Body></s:Envelope>`,
    )
    const query = firstElement(firstElement(envelope.root) ?? envelope.root)
    expect(() => bus.verify(query ?? envelope.root, RULES)).not.toThrow()
  })

  test.each([
    ['a changed text', (text: string) => text.replace('>read<', '>write<')],
    ['a changed attribute', (text: string) => text.replace('ID="_1"', 'ID="_1" x="1"')],
    ['an added element', (text: string) => text.replace('<q:request>', '<q:request/><q:request>')],
    ['a changed digest', (text: string) => text.replace(/(DigestValue>)./, '$1x')],
    ['a changed value', (text: string) => text.replace(/(SignatureValue>)../, '$1AA')],
    ['a reference to something else', (text: string) => text.replace('URI="#_1"', 'URI="#_2"')],
    ['no signature', (text: string) => text.replace(/<ds:Signature .*<\/ds:Signature>/, '')],
    ['two signatures', (text: string) => text.replace(/<ds:Signature .*<\/ds:Signature>/, '$&$&')],
    ['another transform', (text: string) => text.replace('#enveloped-signature', '#base64')],
    ['more transforms', (text: string) => text.replace(/(<ds:Transform [^>]*exc-c14n#"\/>)/, '$1$1')],
    ['no key information', (text: string) => text.replace(/<ds:KeyInfo>.*<\/ds:KeyInfo>/, '')],
  ])('with %s is refused', (_what, change) => {
    const text = signed()
    expect(change(text)).not.toBe(text)
    expect(reasonOf(change(text))).not.toBe('accepted')
  })

  test('a document that was wrapped into another is refused: what is read is what must be signed', () => {
    const original = signed()
    const signature = /<ds:Signature .*<\/ds:Signature>/.exec(original)?.[0] ?? ''
    for (const evil of [
      // The signed one hides inside, its signature is shown outside.
      `<q:query xmlns:q="urn:q" ID="_2"><q:issuer>me</q:issuer>${signature}<q:request>everything</q:request><q:hidden>${original.replace(signature, '')}</q:hidden></q:query>`,
      // The same, with the identifier that the reference names.
      `<q:query xmlns:q="urn:q" ID="_1"><q:issuer>me</q:issuer>${signature}<q:request>everything</q:request><q:hidden>${original.replace(signature, '')}</q:hidden></q:query>`,
      `<q:query xmlns:q="urn:q" ID="_2"><q:issuer>me</q:issuer><q:request>everything</q:request><q:hidden>${original}</q:hidden></q:query>`,
    ])
      expect(reasonOf(evil)).not.toBe('accepted')
  })

  test('of somebody else is good only where he is trusted', () => {
    const text = signed(signingOf('partner.pem'))
    expect(reasonOf(text)).toContain('nobody who is trusted has signed this')
    expect(reasonOf(text, { trusted: ['partner'] })).toBe('accepted')
    expect(reasonOf(signed(), { trusted: ['partner'] })).toContain('nobody who is trusted has signed this')
    expect(reasonOf(signed(signingOf('stranger.pem')), { trusted: ['partner'] })).toContain(
      'nobody who is trusted has signed this',
    )
    expect(reasonOf(text, { trusted: ['nobody'] })).toContain('nobody who is trusted has signed this')
  })

  test('the certificate that a document brings along proves nothing', () => {
    const text = signed(signingOf('stranger.pem')).replace(
      /(<ds:X509Certificate>)[^<]*/,
      `$1${own.certificate.raw.toString('base64')}`,
    )
    expect(reasonOf(text)).toContain('nobody who is trusted has signed this')
  })

  test('with SHA-1 is made and taken only where that is allowed', () => {
    const sha1 = { ...RULES, sha1: true }
    const text = signed(bus, undefined, sha1)
    expect(text).toContain('http://www.w3.org/2000/09/xmldsig#rsa-sha1')
    expect(reasonOf(text, sha1)).toBe('accepted')
    expect(reasonOf(text)).toMatch(/rsa-sha1/)
    expect(signed()).toContain('rsa-sha256')
  })

  test('a MAC under the public key is no signature', () => {
    const text = signed().replace('xmldsig-more#rsa-sha256', 'xmldsig-more#hmac-sha256')
    expect(reasonOf(text)).not.toBe('accepted')
  })
})

describe('without a keystore', () => {
  const none = signingOf('')

  test('nothing is signed, verified or opened', () => {
    expect(none.canSign).toBe(false)
    expect(bus.canSign).toBe(true)
    expect(() => none.sign(documentOf(), RULES)).toThrow('security.keystore has no key to sign with')
    expect(reasonOf(signed(), {}, none)).toContain('nobody who is trusted has signed this')
    expect(none.decrypt(Buffer.from('x'))).toBeUndefined()
  })
})

describe('a secret', () => {
  const key = createPublicKey(own.privateKey)
  const secret = Buffer.from('geheim ß')
  const sealed = (padding: number) => publicEncrypt({ key, padding, oaepHash: 'sha1' }, secret)

  test.each([
    ['OAEP', constants.RSA_PKCS1_OAEP_PADDING],
    ['PKCS#1', constants.RSA_PKCS1_PADDING],
  ])('encrypted with %s is opened', (_name, padding) => {
    expect(bus.decrypt(sealed(padding))).toEqual(secret)
  })

  test('in the JSON of later Carbon is opened', () => {
    const c = sealed(constants.RSA_PKCS1_OAEP_PADDING).toString('base64')
    const wrapped = JSON.stringify({ c, t: 'RSA/ECB/OAEPwithSHA1andMGF1Padding', tp: 'x', tpd: 'SHA-1' })
    expect(bus.decrypt(Buffer.from(wrapped))).toEqual(secret)
  })

  test('of another key, and noise, stay shut', () => {
    const other = publicEncrypt(createPublicKey(stranger.privateKey), secret)
    for (const bytes of [Buffer.alloc(0), Buffer.from('noise'), Buffer.from('{'), other])
      expect(bus.decrypt(bytes)).toBeUndefined()
  })
})
