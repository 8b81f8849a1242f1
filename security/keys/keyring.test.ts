import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { readCertificateFields, RevocationList } from '../certificates/index.ts'
import { type Identity, makeIdentity, makeRevocationList } from '../testing/certificates.ts'
import { Keyring, type KeystoreEntry } from './index.ts'

const now = Date.now()
const root = makeIdentity({ subject: 'C=XX,CN=Root', authority: true, usages: 0x06 })
const inter = makeIdentity({ subject: 'CN=Inter', issuer: root, authority: true, usages: 0x06 })
const server = makeIdentity({
  subject: 'C=XX,O=Kit,CN=server',
  issuer: inter,
  serial: 42n,
  subjectKeyIdentifier: Buffer.from('server'),
})
const client = makeIdentity({ subject: 'C=XX,O=Kit,CN=client', issuer: root, serial: 43n })

const key = (alias: string, { certificate, privateKey }: Identity, ...above: Identity[]): KeystoreEntry => ({
  alias,
  key: privateKey,
  chain: [certificate, ...above.map((each) => each.certificate)],
})
const trusted = (alias: string, { certificate }: Identity): KeystoreEntry => ({
  alias,
  key: undefined,
  chain: [certificate],
})

const keyring = new Keyring([trusted('root', root), key('Server', server, inter), trusted('partner', client)])

describe('look-ups', () => {
  test('by alias, whatever its case, as Java does', () => {
    expect(keyring.identity('server')).toMatchObject({
      alias: 'Server',
      chain: [server.certificate, inter.certificate],
    })
    expect(keyring.certificate('SERVER')).toBe(server.certificate)
    expect(keyring.identity('partner')).toBeUndefined()
    expect(keyring.certificate('PARTNER')).toBe(client.certificate)
    expect(keyring.certificate('nobody')).toBeUndefined()
    expect(keyring.aliases).toEqual(['server', 'root', 'partner'])
  })

  test('the key of a certificate, by its bytes', () => {
    expect(keyring.identityOf(server.certificate)?.alias).toBe('Server')
    expect(keyring.identityOf(client.certificate)).toBeUndefined()
  })

  test('by issuer and serial, in any spelling of the name', () => {
    expect(keyring.byIssuerAndSerial('CN=Inter', 42n)).toBe(server.certificate)
    expect(keyring.byIssuerAndSerial('C=XX', 43n)).toBeUndefined()
    expect(keyring.byIssuerAndSerial('cn = root , c = "XX"', 43n)).toBe(client.certificate)
    expect(keyring.byIssuerAndSerial('CN=Root,C=XX', 42n)).toBeUndefined()
    expect(keyring.byIssuerAndSerial('no name at all', 42n)).toBeUndefined()
  })

  test('by key identifier, from the extension or the public key', () => {
    expect(keyring.bySubjectKeyIdentifier(Buffer.from('server'))).toBe(server.certificate)
    expect(keyring.bySubjectKeyIdentifier(readCertificateFields(client.certificate).subjectKeyIdentifier)).toBe(
      client.certificate,
    )
    expect(keyring.bySubjectKeyIdentifier(Buffer.from('other'))).toBeUndefined()
  })

  test('by thumbprint, subject, key name and public key; of chains too', () => {
    expect(keyring.byThumbprint(createHash('sha1').update(inter.certificate.raw).digest())).toBe(inter.certificate)
    expect(keyring.bySubject('CN=client,O=Kit,C=XX')).toBe(client.certificate)
    expect(keyring.byKeyName('partner')).toBe(client.certificate)
    expect(keyring.byKeyName('CN=server, O=Kit, C=XX')).toBe(server.certificate)
    expect(keyring.byPublicKey(client.certificate.publicKey)).toBe(client.certificate)
    expect(keyring.byPublicKey(makeIdentity({ subject: 'CN=other' }).certificate.publicKey)).toBeUndefined()
  })

  test('of two equal aliases the one with a key counts', () => {
    const both = new Keyring([trusted('me', client), key('me', server)])
    expect(both.certificate('me')).toBe(server.certificate)
  })
})

describe('trust', () => {
  test('goes to what anchors issued and to what is in the store itself', () => {
    expect(keyring.verifyPath([client.certificate], now)).toEqual({ trusted: true })
    expect(keyring.verifyPath([server.certificate], now)).toEqual({ trusted: true })
    const other = makeIdentity({ subject: 'CN=other', issuer: inter })
    expect(keyring.verifyPath([other.certificate], now)).toEqual({ trusted: true })
  })

  test('does not go to what an intermediate of our own chain issued, when no anchor is there', () => {
    const own = new Keyring([key('server', server, inter)])
    const other = makeIdentity({ subject: 'CN=other', issuer: inter })
    expect(own.verifyPath([server.certificate], now)).toEqual({ trusted: true })
    expect(own.verifyPath([other.certificate, inter.certificate], now)).toMatchObject({
      trusted: false,
      reason: 'untrusted',
    })
  })

  test('is refused with a reason and a text for the log', () => {
    const old = makeIdentity({ subject: 'CN=old', issuer: root, notAfter: now - 1000 })
    expect(keyring.verifyPath([old.certificate], now)).toEqual({
      trusted: false,
      reason: 'expired',
      detail: expect.stringMatching(/^"CN=old" \(serial \w+\) has expired$/),
    })
    expect(keyring.verifyPath([], now)).toMatchObject({ trusted: false })
    const fake = makeIdentity({ subject: 'CN=x', issuer: client })
    expect(keyring.verifyPath([fake.certificate], now)).toMatchObject({ trusted: false, reason: 'not-a-ca' })
  })

  test('ends with a revocation list', () => {
    const revocationLists = [new RevocationList(makeRevocationList(root, [43n]))]
    const strict = new Keyring([trusted('root', root)], { revocationLists })
    expect(strict.verifyPath([client.certificate], now)).toMatchObject({ trusted: false, reason: 'revoked' })
  })

  test('is decided at the time that is given', () => {
    expect(keyring.verifyPath([client.certificate], now + 2 * 366 * 86_400_000)).toMatchObject({
      trusted: false,
      reason: 'expired',
    })
  })
})
