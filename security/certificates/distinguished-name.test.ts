import { describe, expect, test } from 'vitest'
import { der, readDer } from '../der/index.ts'
import { makeIdentity, nameDer } from '../testing/certificates.ts'
import { DistinguishedName, readCertificateFields } from './index.ts'

const fromDer = (text: string): DistinguishedName => DistinguishedName.fromDer(readDer(nameDer(text)))
const key = (text: string): string | undefined => DistinguishedName.parse(text)?.key

describe('a name', () => {
  test.each([
    ['CN=server,O=Interop Kit,C=XX', 'C=XX,O=Interop Kit,CN=server'],
    ['CN=server, O=Interop Kit, C=XX', 'C=XX,O=Interop Kit,CN=server'],
    ['cn = Server ; o = interop  kit ; c = xx', 'C=XX,O=Interop Kit,CN=server'],
    ['CN="server",O="Interop Kit",C=XX', 'C=XX,O=Interop Kit,CN=server'],
    ['OID.2.5.4.3=server,2.5.4.10=Interop Kit,C=XX', 'C=XX,O=Interop Kit,CN=server'],
    ['2.5.4.3=#0c06736572766572,O=Interop Kit,C=XX', 'C=XX,O=Interop Kit,CN=server'],
    ['E=a@b.example,CN=x', 'CN=x,E=a@b.example'],
    ['EMAILADDRESS=a@b.example,CN=x', 'CN=x,E=a@b.example'],
    ['1.2.840.113549.1.9.1=#160b6140622e6578616d706c65,CN=x', 'CN=x,E=a@b.example'],
    ['CN=\\C3\\A4x', 'CN=äx'],
    ['CN=a\\ b', 'CN=a b'],
  ])('%s is the certificate’s %s', (written, encoded) => {
    expect(key(written)).toBe(fromDer(encoded).key)
  })

  test.each([
    ['CN=server,O=Interop Kit', 'O=Interop Kit,CN=serve'],
    ['O=Interop Kit,CN=server', 'O=Interop Kit,CN=server'],
    ['CN=server+O=Interop Kit', 'O=Interop Kit,CN=server'],
    ['CN=server\\,O=x', 'O=x,CN=server'],
    ['CN="server,O=x"', 'O=x,CN=server'],
    ['OU=server', 'CN=server'],
  ])('%s is not the certificate’s %s', (written, encoded) => {
    expect(key(written)).not.toBe(fromDer(encoded).key)
  })

  test.each(['server', 'CN', 'XYZ=1', '=x', 'CN=#0', 'CN=#zz', 'CN=#ffff', ',', 'CN=a,,O=b', `CN=${'a'.repeat(9000)}`])(
    '%s is no name',
    (text) => {
      expect(DistinguishedName.parse(text)).toBeUndefined()
    },
  )

  test('the empty name is a name', () => {
    expect(key('')).toBe(DistinguishedName.fromDer(readDer(der.sequence())).key)
  })

  test('values with separators and quotes inside are kept apart from names of more parts', () => {
    expect(key('CN=a\\,O\\=b')).not.toBe(key('CN=a,O=b'))
    expect(key('CN="a\\"b"')).toBe(key('CN=a\\"b'))
    expect(key('CN=a\\+OU\\=b')).not.toBe(key('CN=a+OU=b'))
    expect(key('CN=a+OU=b')).toBe(key('OU=b+CN=a'))
  })

  test('a value that is no string is compared by its bytes', () => {
    const name = (value: Buffer): DistinguishedName =>
      DistinguishedName.fromDer(readDer(der.sequence(der.set(der.sequence(der.oid('1.2.3'), value)))))
    expect(name(der.integer(5)).key).toBe(key('1.2.3=#020105'))
    expect(name(der.integer(5)).key).not.toBe(name(der.integer(6)).key)
  })

  test('prints as Java does: most specific first', () => {
    expect(fromDer('C=XX,O=Interop Kit,CN=server').toString()).toBe('CN=server,O=Interop Kit,C=XX')
    expect(DistinguishedName.parse('CN="a,b;c", O=\\ x\\ ')?.toString()).toBe('CN=a\\,b\\;c,O=\\ x\\ ')
    expect(fromDer('E=a@b').toString()).toMatch(/^1\.2\.840\.113549\.1\.9\.1=#0c03614062$/)
  })

  test('a printed name parses to the same key', () => {
    for (const text of ['CN=\\#x', 'CN=a\\"b\\\\c', 'CN=ä€😀', 'CN=a=b', 'UID=u,DC=d,DC=com']) {
      const name = DistinguishedName.parse(text)
      expect(DistinguishedName.parse(name?.toString() ?? '')?.key).toBe(name?.key)
    }
  })
})

describe('the fields of a certificate', () => {
  test('say what Node does not', () => {
    const root = makeIdentity({
      subject: 'C=XX,CN=Root',
      authority: true,
      pathLength: 3,
      usages: 0x86,
      serial: -5n,
      subjectKeyIdentifier: Buffer.from('abc'),
    })
    const fields = readCertificateFields(root.certificate)
    expect(fields).toMatchObject({
      version: 3,
      serial: -5n,
      authority: true,
      pathLength: 3,
      unknownCritical: [],
      signatureAlgorithm: '1.2.840.10045.4.3.2',
    })
    expect([...(fields.usages ?? [])]).toEqual(['digitalSignature', 'keyCertSign', 'cRLSign'])
    expect(fields.subjectKeyIdentifier).toEqual(Buffer.from('abc'))
    expect(fields.subject.toString()).toBe('CN=Root,C=XX')
    expect(fields.notAfter - fields.notBefore).toBe(2 * 365 * 86_400_000)
  })

  test('without the extension the key identifier is the digest of the public key', () => {
    const { certificate } = makeIdentity({ subject: 'CN=x' })
    const spki = readDer(certificate.publicKey.export({ format: 'der', type: 'spki' }))
    expect(readCertificateFields(certificate).subjectKeyIdentifier).toHaveLength(20)
    expect(spki.sequence[1]?.bits).toHaveLength(65)
    expect(readCertificateFields(certificate)).toMatchObject({ authority: undefined, usages: undefined })
  })

  test('serials above 64 bits are exact', () => {
    const serial = 2n ** 150n + 1n
    expect(readCertificateFields(makeIdentity({ subject: 'CN=x', serial }).certificate).serial).toBe(serial)
  })
})
