import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Diagnostics, formatDiagnostic, type Span, Stores } from 'viaduct'
import { testServices } from 'viaduct/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { der } from '../der/index.ts'
import { extension, makeIdentity, makeRevocationList } from '../testing/certificates.ts'
import { type Keyring, type KeyringLinker, type KeyringRequest, loadKeyring, loadKeystore } from './index.ts'

const at: Span = { file: 'policies/p.xml', line: 7, column: 9, endLine: 7, endColumn: 20 }
const stores = new Stores()
const { certificate, privateKey } = makeIdentity({ subject: 'CN=server', serial: 9n })
const pem = `${privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()}${certificate.toString()}`

let home = ''
let diagnostics = new Diagnostics()

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'viaduct-keyring-'))
  mkdirSync(join(home, 'security'))
  writeFileSync(join(home, 'security', 'server.pem'), pem)
  diagnostics = new Diagnostics()
})

afterEach(() => rmSync(home, { recursive: true }))

const linker = (): KeyringLinker => ({
  report: diagnostics.report,
  services: { ...testServices(), home },
  state: (name, fingerprint, create) => stores.borrow(name, fingerprint, create),
})

const load = (request: KeyringRequest): Keyring | undefined => loadKeyring(request, linker())
const reported = (): string[] => diagnostics.found.map(formatDiagnostic)

describe('a keystore', () => {
  test.each([
    'server.pem',
    'security/server.pem',
    './security/server.pem',
    '/opt/wso2/repository/resources/security/server.pem',
  ])('is found as %s', (file) => {
    expect(load({ keystores: [{ file, at }] })?.identity('server')?.chain[0].subject).toBe('CN=server')
    expect(reported()).toEqual([])
  })

  test('is found where Carbon keeps its stores', () => {
    mkdirSync(join(home, 'repository/resources/security'), { recursive: true })
    writeFileSync(join(home, 'repository/resources/security/carbon.pem'), pem)
    expect(load({ keystores: [{ file: 'carbon.pem', at }] })?.identity('carbon')).toBeDefined()
  })

  test('that is not there is reported at the place that names it', () => {
    expect(load({ keystores: [{ file: 'other.jks', at }] })).toBeUndefined()
    expect(reported()).toEqual([
      'policies/p.xml:7:9 error resource-unreadable: there is no readable file "other.jks" in security/ or the home',
    ])
  })

  test('with a wrong password is reported without the password', () => {
    execFileSync('openssl', ['pkcs12', '-export', '-in', 'server.pem', '-passout', 'pass:right', '-out', 's.p12'], {
      cwd: join(home, 'security'),
    })
    expect(
      load({
        keystores: [
          { file: 's.p12', passwords: { store: 'wrong' }, at },
          { file: 'security', at },
        ],
      }),
    ).toBeUndefined()
    expect(reported()).toEqual([
      'policies/p.xml:7:9 error keystore-invalid: s.p12: the password is wrong, or the keystore is damaged',
      'policies/p.xml:7:9 error resource-unreadable: there is no readable file "security" in security/ or the home',
    ])
    expect(load({ keystores: [{ file: 's.p12', passwords: { store: 'right' }, at }] })).toBeDefined()
  })

  test('that is no keystore is reported', () => {
    writeFileSync(join(home, 'security', 'x.jks'), 'hello')
    expect(loadKeystore({ file: 'x.jks', at }, linker())).toBeUndefined()
    expect(reported()).toEqual([
      'policies/p.xml:7:9 error keystore-invalid: x.jks: the file is none of PEM, PKCS#12, JKS and JCEKS',
    ])
  })

  test('is read once while its bytes and password stay, and again when they change', () => {
    const [first, again] = [0, 1].map(() => loadKeystore({ file: 'server.pem', at }, linker()))
    expect(again).toBe(first)
    writeFileSync(join(home, 'security', 'server.pem'), `${pem}\n`)
    expect(loadKeystore({ file: 'server.pem', at }, linker())).not.toBe(first)
  })
})

describe('a revocation list', () => {
  const root = makeIdentity({ subject: 'CN=Root', authority: true })
  const client = makeIdentity({ subject: 'CN=client', issuer: root, serial: 5n })
  const write = (name: string, content: Buffer | string): void => writeFileSync(join(home, 'security', name), content)
  const verdict = (file: string): unknown => {
    write('root.pem', root.certificate.toString())
    return load({ keystores: [{ file: 'root.pem', at }], revocationLists: [{ file, at }] })?.verifyPath(
      [client.certificate],
      Date.now(),
    )
  }

  test('counts, in DER and in PEM', () => {
    const list = makeRevocationList(root, [5n])
    write('a.crl', list)
    write('b.crl', `-----BEGIN X509 CRL-----\n${list.toString('base64')}\n-----END X509 CRL-----\n`)
    expect(verdict('a.crl')).toMatchObject({ trusted: false, reason: 'revoked' })
    expect(verdict('b.crl')).toMatchObject({ trusted: false, reason: 'revoked' })
  })

  test('that cannot be used is reported', () => {
    write('delta.crl', makeRevocationList(root, [], {}, [extension('2.5.29.27', der.integer(1), true)]))
    write('none.crl', 'hello')
    expect([verdict('delta.crl'), verdict('none.crl'), verdict('missing.crl')]).toEqual([
      undefined,
      undefined,
      undefined,
    ])
    expect(reported().map((line) => line.replace(/^.*?error /, ''))).toEqual([
      'keystore-invalid: delta.crl: CRLs with the critical extension 2.5.29.27 are not supported',
      expect.stringMatching(/^keystore-invalid: none.crl: /),
      expect.stringMatching(/^resource-unreadable: /),
    ])
  })
})

const kit = new URL('../../../shared/interop/keys/', import.meta.url)
const kitKeys = ((): boolean => {
  try {
    return readFileSync(new URL('trust.jks', kit)).length > 0
  } catch {
    if (process.env['CI'] === 'true') throw new Error('the interop keys are needed')
    console.warn('skipped: the interop kit is not at ../shared/interop')
    return false
  }
})()

describe.runIf(kitKeys)('the keystores of the interop kit', () => {
  const of = (file: string): Keyring | undefined =>
    load({ keystores: [{ file: new URL(file, kit).pathname, passwords: { store: 'changeit' }, at }] })

  test.each(['all.p12', 'all.jks'])('%s holds every key, each with the certificate of its file', (store) => {
    const keyring = of(store)
    for (const name of [
      'server',
      'client',
      'bob',
      'noski',
      'ec',
      'weak',
      'rsa4096',
      'expired',
      'future',
      'selfsigned',
      'chained',
    ]) {
      const identity = keyring?.identity(name)
      expect(identity?.chain[0].raw, name).toEqual(readFileSync(new URL(`${name}.crt.der`, kit)))
      expect(identity?.chain[0].checkPrivateKey(identity.key)).toBe(true)
    }
    expect(keyring?.identity('chained')?.chain).toHaveLength(3)
  })

  test.each([
    ['client', undefined],
    ['noski', undefined],
    ['ec', undefined],
    ['rsa4096', undefined],
    ['expired', 'expired'],
    ['future', 'not-yet-valid'],
    ['weak', 'constraint'],
    ['selfsigned', 'untrusted'],
    ['rogueclient', 'untrusted'],
    ['rogueserver', 'untrusted'],
    ['rogue', 'untrusted'],
  ])('%s is judged as it deserves by those that trust the CA only', (name, reason) => {
    const certificate = loadKeystore({ file: new URL(`${name}.crt.pem`, kit).pathname, at }, linker())?.[0]?.chain[0]
    const verdict = of('onlyca.p12')?.verifyPath(certificate === undefined ? [] : [certificate], Date.UTC(2026, 10, 24))
    expect(verdict).toMatchObject(reason === undefined ? { trusted: true } : { trusted: false, reason })
  })

  test('a chained certificate needs its intermediate', () => {
    const chain =
      loadKeystore({ file: new URL('chained.chain.pem', kit).pathname, at }, linker())?.flatMap(
        (entry) => entry.chain,
      ) ?? []
    const leaf = chain.filter(({ subject }) => subject.includes('CN=chained'))
    const inter = chain.filter(({ subject }) => subject.includes('Intermediate'))
    expect(of('onlyca.p12')?.verifyPath(leaf, Date.now())).toMatchObject({ trusted: false })
    expect(of('onlyca.p12')?.verifyPath([...leaf, ...inter], Date.now())).toEqual({ trusted: true })
  })
})
