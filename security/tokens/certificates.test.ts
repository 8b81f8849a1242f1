import { X509Certificate } from 'node:crypto'
import { parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { der } from '../der/index.ts'
import { buildElement } from '../message/build-element.ts'
import { BASE64_ENCODING, WSSE, X509_PKCS7, X509_PKI_PATH, X509_V1, X509_V3 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { makeIdentity } from '../testing/certificates.ts'
import { buildMessage, directReference, identified } from '../testing/signed-message.ts'
import { identityOf, keyringOf, NOW, receive, receiverOf, refusal } from '../testing/messages.ts'
import { CertificateCache } from './certificate-cache.ts'
import { subjectOf, TokenTable } from './token-table.ts'

const DAY = 86_400_000
const dates = { notBefore: NOW - DAY, notAfter: NOW + DAY }
const root = makeIdentity({ subject: 'CN=root', authority: true, ...dates })
const middle = makeIdentity({ subject: 'CN=middle', issuer: root, authority: true, ...dates })
const leaf = makeIdentity({ subject: 'CN=leaf,O=Test', issuer: middle, ...dates })
const keys = keyringOf([identityOf('server')], [root.certificate])
const receiver = receiverOf(keys)

/** SignedData that signs nothing (RFC 5652). */
const pkcs7 = (...certificates: readonly X509Certificate[]): Buffer =>
  der.sequence(
    der.oid('1.2.840.113549.1.7.2'),
    der.explicit(
      0,
      der.sequence(
        der.integer(1),
        der.set(),
        der.sequence(der.oid('1.2.840.113549.1.7.1')),
        der.explicit(0, Buffer.concat(certificates.map(({ raw }) => raw))),
        der.set(),
      ),
    ),
  )

const path = (...certificates: readonly X509Certificate[]): Buffer =>
  der.sequence(...certificates.map(({ raw }) => raw))

const signed = (bytes: Buffer, ValueType: string): string => {
  const token = buildElement(
    WSSE,
    'wsse:BinarySecurityToken',
    { ValueType, EncodingType: BASE64_ENCODING },
    bytes.toString('base64'),
  )
  const header = [identified(token, 'token')]
  return printXml(
    buildMessage({ header, signatures: [{ key: leaf.privateKey, keyInfo: directReference('token'), ids: ['body'] }] }),
  )
}

describe('a binary token', () => {
  test.each([
    ['a path, anchor first', path(root.certificate, middle.certificate, leaf.certificate), X509_PKI_PATH],
    ['a path without its anchor', path(middle.certificate, leaf.certificate), X509_PKI_PATH],
    ['a set in any order', pkcs7(middle.certificate, leaf.certificate, root.certificate), X509_PKCS7],
    ['another order', pkcs7(leaf.certificate, middle.certificate), X509_PKCS7],
  ])('is %s', async (_what, bytes, type) => {
    const { signatures } = await receive(signed(bytes, type), receiver)
    expect(signatures[0]?.token).toMatchObject({ valueType: type, principal: 'O=Test,CN=leaf' })
  })

  test.each([
    ['one certificate whose issuer nobody has', leaf.certificate.raw, X509_V3, 'certificate-untrusted'],
    ['the same, of version 1', leaf.certificate.raw, X509_V1, 'certificate-untrusted'],
    [
      'a path the wrong way round',
      path(leaf.certificate, middle.certificate, root.certificate),
      X509_PKI_PATH,
      'signature-wrong',
    ],
    ['a path of another key', path(root.certificate, middle.certificate), X509_PKI_PATH, 'signature-wrong'],
    ['an empty path', der.sequence(), X509_PKI_PATH, 'token-malformed'],
    ['a path of something else', der.sequence(der.integer(1)), X509_PKI_PATH, 'token-malformed'],
    ['an empty set', pkcs7(), X509_PKCS7, 'token-malformed'],
    ['no set', der.sequence(der.oid('1.2.3')), X509_PKCS7, 'token-malformed'],
    ['no DER', Buffer.from('certificate'), X509_PKI_PATH, 'token-malformed'],
    [
      'a path that is too long',
      path(...Array.from({ length: 11 }, () => leaf.certificate)),
      X509_PKI_PATH,
      'limit-exceeded',
    ],
    ['PEM', Buffer.from(leaf.certificate.toString()), X509_V3, 'token-malformed'],
  ] as const)('is refused: %s', async (_what, bytes, type, reason) => {
    expect((await refusal(signed(bytes, type), receiver)).reason).toBe(reason)
  })
})

describe('certificates that were read', () => {
  test('are the same objects again', () => {
    const cache = new CertificateCache()
    const one = cache.read(leaf.certificate.raw)
    expect(cache.read(Buffer.from(leaf.certificate.raw))).toBe(one)
    expect(cache.read(root.certificate.raw)).not.toBe(one)
  })

  test('are forgotten, the oldest first', () => {
    const cache = new CertificateCache(2)
    const one = cache.read(leaf.certificate.raw)
    cache.read(middle.certificate.raw)
    cache.read(root.certificate.raw)
    expect(cache.read(leaf.certificate.raw)).not.toBe(one)
  })

  test('are none where the bytes are none', () => {
    const cache = new CertificateCache()
    for (const bytes of [Buffer.alloc(0), Buffer.from([0x30]), Buffer.from('-----BEGIN CERTIFICATE-----')])
      expect(() => cache.read(bytes)).toThrow(SecurityFailure)
  })
})

describe('tokens', () => {
  test('are read once', () => {
    let count = 0
    const element = parseXml('<t/>').root
    const table = new TokenTable(() => ({ kind: 'saml', element, detail: ++count }))
    expect(table.at(element)).toBe(table.at(element))
    expect(table.known(element)?.detail).toBe(1)
    expect(table.all).toHaveLength(1)
  })

  test('that are made from each other are refused', () => {
    const [a, b] = [parseXml('<a/>').root, parseXml('<b/>').root]
    const table: TokenTable = new TokenTable((element) => table.at(element === a ? b : a))
    expect(() => table.at(a)).toThrow('tokens refer to each other in a circle')
  })

  test('that could not be read can be asked for again', () => {
    const element = parseXml('<a/>').root
    const table = new TokenTable(() => {
      throw new SecurityFailure('token-malformed', 'no')
    })
    expect(() => table.at(element)).toThrow('no')
    expect(() => table.at(element)).toThrow('no')
  })

  test('of one certificate are one', () => {
    const table = new TokenTable(() => ({ kind: 'saml', element: undefined }))
    expect(table.ofCertificate(leaf.certificate)).toBe(table.ofCertificate(leaf.certificate))
  })

  test('name their subject, most special first', () => {
    expect(subjectOf(leaf.certificate)).toBe('O=Test,CN=leaf')
  })
})
