import { generateKeyPairSync } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, openssl } from '../../transports/testing/certificates.ts'
import { readSettings } from './settings.ts'

describe.skipIf(!openssl)('certificates and keys', () => {
  let authority: Authority
  let certificate: string
  let key: string

  beforeAll(() => {
    authority = new Authority('test')
    ;({ certificate, key } = authority.issue('localhost'))
    writeFileSync(join(authority.folder, 'garbage.pem'), 'nothing')
    writeFileSync(
      join(authority.folder, 'broken.pem'),
      '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
    )
    const other = generateKeyPairSync('ec', {
      namedCurve: 'P-256',
      publicKeyEncoding: { type: 'spki', format: 'pem' },
      privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
    })
    writeFileSync(join(authority.folder, 'other.key'), other.privateKey)
  })
  afterAll(() => authority[Symbol.dispose]())

  const read = (tls: Readonly<Record<string, string>>) => {
    const text = JSON.stringify({ http: { tls } })
    const { settings, diagnostics } = readSettings({
      file: { file: 'viaduct.config.json', text },
      environment: {},
      root: authority.folder,
    })
    return { tls: settings.http.tls, told: diagnostics.map(({ at, message }) => `${at.line}:${at.column} ${message}`) }
  }

  test('that fit are taken', () => {
    const { tls, told } = read({ certificate, key, trust: authority.certificate })
    expect(told).toEqual([])
    expect(tls.certificate).toBe(certificate)
  })

  test.each([
    ['garbage.pem', 'it holds no certificate in PEM form (-----BEGIN CERTIFICATE-----)'],
    ['broken.pem', 'it holds a certificate that cannot be read'],
  ])('authorities that are none are told where they are named, and not used: %s', (file, reason) => {
    const { tls, told } = read({ trust: file, clientCa: file })
    expect(told).toEqual([`1:25 http.tls.trust: ${reason}`, `1:${25 + file.length + 14} http.tls.clientCa: ${reason}`])
    expect([tls.trust, tls.clientCa]).toEqual(['', ''])
  })

  test('a key that cannot be read, needs a passphrase, or is that of another certificate', () => {
    const reason = (given: Readonly<Record<string, string>>) =>
      read({ certificate, ...given }).told.map((each) => each.replace(/^\S+ /, ''))
    expect(reason({ key: 'garbage.pem' })).toEqual(['http.tls.key: it holds no private key in PEM form'])
    expect(reason({ key: 'other.key' })).toEqual([
      'http.tls.key: it is encrypted; http.tls.passphrase is missing or wrong',
    ])
    expect(reason({ key: 'other.key', passphrase: 'wrong' })).toEqual([
      'http.tls.key: it is encrypted; http.tls.passphrase is missing or wrong',
    ])
    expect(reason({ key: 'other.key', passphrase: 'secret' })).toEqual([
      'http.tls.key: it is not the key of the certificate',
    ])
  })

  test('a certificate without its key', () => {
    expect(read({ outboundCertificate: certificate }).told).toEqual([
      '1:39 http.tls.outboundCertificate: it needs its private key: set http.tls.outboundKey',
    ])
  })
})
