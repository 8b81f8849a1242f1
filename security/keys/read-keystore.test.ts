import { execFileSync } from 'node:child_process'
import { createPublicKey, sign, verify, X509Certificate } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { KeystoreEntry } from './keystore-entry.ts'
import { KeystoreError } from './keystore-error.ts'
import { readKeystore } from './read-keystore.ts'

let folder = ''
const path = (name: string): string => join(folder, name)
const file = (name: string): Buffer => readFileSync(path(name))

const run = (program: string, ...args: string[]): string =>
  execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
const openssl = (...args: string[]): string => run('openssl', ...args)

const hasKeytool = ((): boolean => {
  try {
    execFileSync('keytool', ['-help'], { stdio: 'ignore' })
    return true
  } catch {
    if (process.env['CI'] !== undefined) throw new Error('keytool is needed: install a JDK')
    console.warn('skipped: keytool is not installed, so JKS and JCEKS files cannot be made')
    return false
  }
})()

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'viaduct-keystore-'))
  openssl(
    'req',
    '-x509',
    '-newkey',
    'rsa:2048',
    '-nodes',
    '-keyout',
    'ca.key',
    '-out',
    'ca.pem',
    '-subj',
    '/CN=Test CA',
    '-days',
    '30',
  )
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', '/CN=leaf')
  openssl(
    'x509',
    '-req',
    '-in',
    'leaf.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-set_serial',
    '77',
    '-days',
    '30',
    '-out',
    'leaf.pem',
  )
  openssl(
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    'ec.key',
    '-out',
    'ec.pem',
    '-subj',
    '/CN=ec',
    '-days',
    '30',
  )
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A key fits its certificate when what it signs verifies with it. */
function fits({ key, chain }: KeystoreEntry): boolean {
  const [leaf] = chain
  if (key === undefined || leaf === undefined) return false
  const data = Buffer.from('proof')
  return verify('sha256', data, leaf.publicKey, sign('sha256', data, key))
}

const subjects = ({ chain }: KeystoreEntry): string[] => chain.map(({ subject }) => subject)

function problem(run: () => unknown): string {
  try {
    run()
    return 'none'
  } catch (error) {
    if (error instanceof KeystoreError) return error.problem
    throw error
  }
}

describe('PKCS#12 from openssl', () => {
  const forms: readonly (readonly [string, readonly string[]])[] = [
    ['PBES2 with AES-256, today', []],
    ['PBES2 with AES-128 and SHA-512', ['-keypbe', 'AES-128-CBC', '-certpbe', 'AES-128-CBC', '-macalg', 'sha512']],
    ['PBES2 with AES-192', ['-keypbe', 'AES-192-CBC', '-certpbe', 'AES-192-CBC']],
    ['3DES and RC2-40, as Java 8 and Windows XP wrote', ['-legacy']],
    ['3DES for both', ['-keypbe', 'PBE-SHA1-3DES', '-certpbe', 'PBE-SHA1-3DES', '-macalg', 'sha1']],
    ['3DES with two keys', ['-keypbe', 'PBE-SHA1-2DES', '-certpbe', 'PBE-SHA1-2DES']],
    ['RC2-128', ['-legacy', '-keypbe', 'PBE-SHA1-RC2-128', '-certpbe', 'PBE-SHA1-RC2-128']],
    ['clear certificates', ['-certpbe', 'NONE']],
    ['nothing encrypted', ['-certpbe', 'NONE', '-keypbe', 'NONE']],
    ['many iterations', ['-iter', '100000']],
    ['one iteration', ['-iter', '1', '-nomaciter']],
    ['no MAC', ['-nomac']],
    ['SHA-384 MAC', ['-macalg', 'sha384']],
    ['SHA-224 MAC', ['-macalg', 'sha224']],
  ]
  test.each(forms)('%s', (form, options) => {
    const name = `${form.replaceAll(/\W/g, '-')}.p12`
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'leaf.key',
      '-in',
      'leaf.pem',
      '-certfile',
      'ca.pem',
      '-name',
      'me',
      '-passout',
      'pass:pässword',
      '-out',
      name,
      ...options,
    )
    const [entry, ...others] = readKeystore(file(name), 'store', { store: 'pässword' })
    expect(entry?.alias).toBe('me')
    expect(entry !== undefined && fits(entry)).toBe(true)
    expect(entry === undefined ? [] : subjects(entry)).toEqual(['CN=leaf', 'CN=Test CA'])
    expect(others).toEqual([])
    if (options[0] !== '-nomac')
      expect(problem(() => readKeystore(file(name), 'store', { store: 'wrong' }))).toBe('password')
  })

  test('certificates without a key are trusted, named by their alias or fingerprint', () => {
    openssl(
      'pkcs12',
      '-export',
      '-nokeys',
      '-in',
      'ca.pem',
      '-caname',
      'root',
      '-passout',
      'pass:x',
      '-out',
      'trust.p12',
    )
    openssl('pkcs12', '-export', '-nokeys', '-in', 'ca.pem', '-passout', 'pass:x', '-out', 'unnamed.p12')
    const entries = ['trust', 'unnamed'].flatMap((name) => readKeystore(file(`${name}.p12`), 'store', { store: 'x' }))
    expect(entries.map(({ alias, key }) => [alias, key])).toEqual([
      ['root', undefined],
      [new X509Certificate(file('ca.pem')).fingerprint256, undefined],
    ])
  })

  test('an EC key is found', () => {
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'ec.key',
      '-in',
      'ec.pem',
      '-name',
      'ec',
      '-passout',
      'pass:x',
      '-out',
      'ec.p12',
    )
    const entries = readKeystore(file('ec.p12'), 'store', { store: 'x' })
    expect(entries.map(fits)).toEqual([true])
  })

  test('an empty password is a password', () => {
    openssl('pkcs12', '-export', '-inkey', 'ec.key', '-in', 'ec.pem', '-passout', 'pass:', '-out', 'empty.p12')
    expect(readKeystore(file('empty.p12'), 'store', { store: '' }).map(fits)).toEqual([true])
    expect(problem(() => readKeystore(file('empty.p12'), 'store'))).toBe('password')
  })

  test('one changed byte anywhere is refused, or at least never gives another key', () => {
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'ec.key',
      '-in',
      'ec.pem',
      '-name',
      'ec',
      '-passout',
      'pass:x',
      '-iter',
      '1',
      '-out',
      'flip.p12',
    )
    const whole = file('flip.p12')
    const own = createPublicKey(file('ec.key')).export({ format: 'jwk' })
    for (let at = 0; at < whole.length; at++) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 0x21
      try {
        for (const { key } of readKeystore(changed, 'store', { store: 'x' })) {
          expect(key === undefined ? own : createPublicKey(key).export({ format: 'jwk' })).toEqual(own)
        }
      } catch (error) {
        expect(error, `byte ${at}`).toBeInstanceOf(KeystoreError)
      }
    }
  })
})

describe('PEM', () => {
  test('a key with its chain in any order, and a CA that nobody uses', () => {
    const text = ['ca.pem', 'leaf.key', 'ec.pem', 'leaf.pem'].map((name) => file(name).toString()).join('\n')
    const [key, trusted, ...others] = readKeystore(Buffer.from(`a comment\n${text}`), 'server')
    expect(key?.alias).toBe('server')
    expect(key === undefined ? [] : subjects(key)).toEqual(['CN=leaf', 'CN=Test CA'])
    expect(trusted?.alias).toBe('server-2')
    expect(trusted === undefined ? [] : subjects(trusted)).toEqual(['CN=ec'])
    expect(others).toEqual([])
  })

  test.each([
    [
      'PKCS#8 under PBES2 with AES-256',
      ['pkcs8', '-topk8', '-in', 'leaf.key', '-v2', 'aes-256-cbc', '-passout', 'pass:pw'],
    ],
    [
      'PKCS#8 under PBES2 with 3DES',
      ['pkcs8', '-topk8', '-in', 'leaf.key', '-v2', 'des3', '-v2prf', 'hmacWithSHA1', '-passout', 'pass:pw'],
    ],
    [
      'PKCS#8 under PKCS#12 3DES',
      ['pkcs8', '-topk8', '-in', 'leaf.key', '-v1', 'PBE-SHA1-3DES', '-passout', 'pass:pw'],
    ],
    ['traditional RSA with AES', ['rsa', '-in', 'leaf.key', '-aes128', '-traditional', '-passout', 'pass:pw']],
    ['traditional RSA with 3DES', ['rsa', '-in', 'leaf.key', '-des3', '-traditional', '-passout', 'pass:pw']],
  ])('%s needs its password', (_, command) => {
    const text = Buffer.from(`${openssl(...command)}${file('leaf.pem').toString()}`)
    expect(readKeystore(text, 'k', { store: 'pw' }).map(fits)).toEqual([true])
    expect(readKeystore(text, 'k', { store: 'other', key: 'pw' }).map(fits)).toEqual([true])
    expect(problem(() => readKeystore(text, 'k', { store: 'bad' }))).toBe('password')
    expect(problem(() => readKeystore(text, 'k'))).toBe('password')
  })

  test('traditional EC keys and CRLF line ends', () => {
    const text = `${openssl('ec', '-in', 'ec.key')}${file('ec.pem').toString()}`.replaceAll('\n', '\r\n')
    expect(readKeystore(Buffer.from(text), 'k').map(fits)).toEqual([true])
  })

  test.each([
    ['a key that is no key', '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n', 'damaged'],
    ['a certificate that is none', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'damaged'],
    ['an OpenSSH key', '-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n', 'unsupported'],
    [
      'an encrypted key that is none',
      '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAMCAQA=\n-----END ENCRYPTED PRIVATE KEY-----\n',
      'damaged',
    ],
  ])('%s is %3$s', (_, text, expected) => {
    expect(problem(() => readKeystore(Buffer.from(text), 'k', { store: 'x' }))).toBe(expected)
  })
})

describe('other files', () => {
  test('one DER certificate is a trusted certificate', () => {
    openssl('x509', '-in', 'ca.pem', '-outform', 'DER', '-out', 'ca.der')
    expect(readKeystore(file('ca.der'), 'ca').map(({ alias, key }) => [alias, key])).toEqual([['ca', undefined]])
  })

  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['an empty sequence', '\x30\x00'],
  ])('%s is unsupported', (_, text) => {
    expect(problem(() => readKeystore(Buffer.from(text, 'latin1'), 'k', { store: 'x' }))).toBe('unsupported')
  })

  test('a file of 17 MB is refused before it is looked at', () => {
    expect(problem(() => readKeystore(Buffer.alloc(17 * 1024 * 1024), 'k'))).toBe('damaged')
  })

  test('anything at all is a KeystoreError and nothing else', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 80 }),
        fc.constantFrom('', '\x30', '\xfe\xed\xfe\xed', '-----BEGIN CERTIFICATE-----'),
        (bytes, start) => {
          const data = Buffer.concat([Buffer.from(start, 'latin1'), Buffer.from(bytes)])
          expect(['none', 'password', 'damaged', 'unsupported']).toContain(
            problem(() => readKeystore(data, 'k', { store: 'x' })),
          )
        },
      ),
      { numRuns: 1000 },
    )
  })
})

describe.runIf(hasKeytool)('keystores from keytool', () => {
  beforeAll(() => {
    openssl(
      'pkcs12',
      '-export',
      '-inkey',
      'leaf.key',
      '-in',
      'leaf.pem',
      '-certfile',
      'ca.pem',
      '-name',
      'me',
      '-passout',
      'pass:changeit',
      '-out',
      'in.p12',
    )
    for (const type of ['JKS', 'JCEKS', 'PKCS12']) {
      const store = `out.${type}`
      run(
        'keytool',
        '-importkeystore',
        '-noprompt',
        '-srckeystore',
        'in.p12',
        '-srcstoretype',
        'PKCS12',
        '-srcstorepass',
        'changeit',
        '-destkeystore',
        store,
        '-deststoretype',
        type,
        '-deststorepass',
        'changeit',
      )
      run(
        'keytool',
        '-importcert',
        '-noprompt',
        '-alias',
        'Röot',
        '-file',
        'ca.pem',
        '-keystore',
        store,
        '-storetype',
        type,
        '-storepass',
        'changeit',
      )
    }
    for (const type of ['JKS', 'JCEKS'])
      run(
        'keytool',
        '-keypasswd',
        '-alias',
        'me',
        '-keypass',
        'changeit',
        '-new',
        'keypass',
        '-keystore',
        `out.${type}`,
        '-storetype',
        type,
        '-storepass',
        'changeit',
      )
    writeFileSync(path('secret.JCEKS'), file('out.JCEKS'))
    run(
      'keytool',
      '-genseckey',
      '-alias',
      'hidden',
      '-keyalg',
      'AES',
      '-keysize',
      '128',
      '-keystore',
      'secret.JCEKS',
      '-storetype',
      'JCEKS',
      '-storepass',
      'changeit',
      '-keypass',
      'changeit',
    )
  }, 60_000)

  test.each(['JKS', 'JCEKS', 'PKCS12'])('%s', (type) => {
    const passwords = type === 'PKCS12' ? { store: 'changeit' } : { store: 'changeit', key: 'keypass' }
    const entries = readKeystore(file(`out.${type}`), 'store', passwords)
    const key = entries.find(({ alias }) => alias === 'me')
    expect(key !== undefined && fits(key)).toBe(true)
    expect(key === undefined ? [] : subjects(key)).toEqual(['CN=leaf', 'CN=Test CA'])
    const trusted = entries.filter((entry) => entry.key === undefined)
    expect(trusted.map(subjects)).toEqual([['CN=Test CA']])
    expect(trusted[0]?.alias.normalize('NFC').toLowerCase()).toBe('röot')
    expect(problem(() => readKeystore(file(`out.${type}`), 'store', { store: 'changeit', key: 'wrong' }))).toBe(
      'password',
    )
    expect(problem(() => readKeystore(file(`out.${type}`), 'store', { store: 'wrong' }))).toBe('password')
    expect(problem(() => readKeystore(file(`out.${type}`), 'store'))).toBe('password')
  })

  test('PKCS12 as Java wrote it until 2021, with 3DES, RC2 and SHA-1', () => {
    const source = ['-srckeystore', 'in.p12', '-srcstoretype', 'PKCS12', '-srcstorepass', 'changeit']
    const destination = ['-destkeystore', 'old.p12', '-deststoretype', 'PKCS12', '-deststorepass', 'changeit']
    run('keytool', '-J-Dkeystore.pkcs12.legacy=true', '-importkeystore', '-noprompt', ...source, ...destination)
    expect(openssl('pkcs12', '-info', '-legacy', '-in', 'old.p12', '-passin', 'pass:changeit', '-nodes')).toContain(
      'BEGIN',
    )
    const [entry] = readKeystore(file('old.p12'), 'store', { store: 'changeit' })
    expect(entry !== undefined && fits(entry)).toBe(true)
    expect(problem(() => readKeystore(file('old.p12'), 'store', { store: 'wrong' }))).toBe('password')
  })

  test('a secret key in a JCEKS store is refused by its alias', () => {
    expect(() => readKeystore(file('secret.JCEKS'), 'store', { store: 'changeit', key: 'keypass' })).toThrow(
      '"hidden" is a secret key',
    )
  })

  test('a cut or changed Java keystore is refused', () => {
    const whole = file('out.JKS')
    for (const at of [0, 4, 8, 12, 40, whole.length - 1]) {
      const changed = Buffer.from(whole)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(problem(() => readKeystore(changed, 'store', { store: 'changeit', key: 'keypass' }))).not.toBe('none')
    }
    expect(problem(() => readKeystore(whole.subarray(0, -30), 'store', { store: 'changeit' }))).toBe('password')
  })
})
