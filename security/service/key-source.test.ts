import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { defineArtifact, parseConfiguration } from 'viaduct'
import { compileElement, testServices } from 'viaduct/testing'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { DEFAULT_SECURITY, type SecuritySettings } from '../../runtime/security-settings.ts'
import { DEFAULT_SETTINGS } from '../../runtime/settings.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import { readRampartConfig } from '../policy/rampart-config.ts'
import { PolicyReports } from '../policy/reader.ts'
import { type Identity, makeIdentity } from '../testing/certificates.ts'
import { loadPolicyKeys } from './key-source.ts'
import type { PasswordSource } from './password-source.ts'

const AT = { file: 'p.xml', line: 4, column: 2, endLine: 4, endColumn: 9 }
const server = makeIdentity({ subject: 'CN=server' })
const other = makeIdentity({ subject: 'CN=other' })
const partner = makeIdentity({ subject: 'CN=partner' })

const keyPem = ({ privateKey, certificate }: Identity, password?: string): string => {
  const locked = password === undefined ? {} : { cipher: 'aes-256-cbc', passphrase: password }
  return `${privateKey.export({ format: 'pem', type: 'pkcs8', ...locked }).toString()}${certificate.toString()}`
}

let home = ''

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'viaduct-keys-'))
  mkdirSync(join(home, 'security'))
  const files = {
    'server.pem': keyPem(server),
    'other.pem': keyPem(other),
    'locked.pem': keyPem(server, 'sesame'),
    'partner.pem': partner.certificate.toString(),
  }
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, 'security', name), text)
})

afterEach(() => rmSync(home, { recursive: true }))

const MERLIN = 'org.apache.ws.security.crypto.merlin'

/** A crypto with these properties of Merlin. */
const crypto = (name: string, properties: Readonly<Record<string, string>>): string => {
  const lines = Object.entries(properties).map(
    ([key, text]) => `<r:property name="${MERLIN}.${key}">${text}</r:property>`,
  )
  return `<r:${name}><r:crypto provider="org.apache.ws.security.components.crypto.Merlin">${lines.join('')}</r:crypto></r:${name}>`
}

interface Asked {
  readonly settings?: Partial<SecuritySettings>
  /** The policy is that of a service. */
  readonly serves?: boolean
  readonly callback?: (alias: string) => string | undefined
}

/** The keys of a RampartConfig with these children, or of no RampartConfig. */
function keysOf(children: string | undefined, { settings = {}, serves = true, callback }: Asked = {}) {
  const services = testServices({
    home,
    settings: { ...DEFAULT_SETTINGS, security: { ...DEFAULT_SECURITY, ...settings } },
  })
  const passwords = { keyPassword: callback ?? (() => undefined) } as unknown as PasswordSource
  const probe = defineArtifact({
    name: 'probe',
    folders: [],
    summary: 'A test.',
    compile: (_config, { linker }) => {
      const reports = new PolicyReports((code, message, at) => linker.report(code, at, message))
      const element =
        children === undefined
          ? undefined
          : parseConfiguration(
              `<r:RampartConfig xmlns:r="http://ws.apache.org/rampart/policy">${children}</r:RampartConfig>`,
              'p.xml',
            ).root
      const config = element && readRampartConfig(element, reports)
      return { keys: loadPolicyKeys(config, passwords, serves, AT, linker) }
    },
  })
  const { value, diagnostics } = compileElement(probe, '<probe/>', { services })
  return { keys: (value as { keys?: PolicyKeys } | undefined)?.keys, diagnostics }
}

const STORE = crypto('signatureCrypto', { file: 'server.pem' })
const BOTH = crypto('signatureCrypto', { file: 'server.pem', 'truststore.file': 'partner.pem' })
const nameOf = (keys: PolicyKeys | undefined): string | undefined => keys?.identity?.chain[0].subject

describe('the own key', () => {
  test('is the only one of the store', () => {
    expect(nameOf(keysOf(STORE).keys)).toBe('CN=server')
    expect(nameOf(keysOf(BOTH).keys)).toBe('CN=server')
  })

  test.each(['userCertAlias', 'user'])('is that which %s names', (element) => {
    const two = crypto('signatureCrypto', { file: 'server.pem', 'truststore.file': 'other.pem' })
    expect(nameOf(keysOf(two).keys)).toBeUndefined()
    expect(nameOf(keysOf(`<r:${element}>other</r:${element}>${two}`).keys)).toBe('CN=other')
  })

  test('of the settings, where the policy names no store', () => {
    const settings = { keystore: 'other.pem' }
    expect(nameOf(keysOf(undefined, { settings }).keys)).toBe('CN=other')
    expect(nameOf(keysOf('<r:user>alice</r:user>', { settings }).keys)).toBe('CN=other')
    expect(nameOf(keysOf(STORE, { settings }).keys)).toBe('CN=server')
  })

  test('of the settings by its alias', () => {
    const settings = { keystore: 'server.pem', truststore: 'other.pem', alias: 'server' }
    expect(nameOf(keysOf(undefined, { settings }).keys)).toBe('CN=server')
    expect(nameOf(keysOf(undefined, { settings: { ...settings, alias: '' } }).keys)).toBeUndefined()
  })

  test('there is none without any store', () => {
    const { keys, diagnostics } = keysOf(undefined)
    expect(keys).toMatchObject({ identity: undefined, recipient: 'peer' })
    expect(diagnostics).toEqual([])
  })
})

describe('passwords', () => {
  const locked = crypto('signatureCrypto', { file: 'locked.pem' })

  test('of a key come from the callback, by the alias of its user', () => {
    const asked: string[] = []
    const callback = (alias: string): string | undefined => {
      asked.push(alias)
      return 'sesame'
    }
    expect(nameOf(keysOf(`<r:user>locked</r:user>${locked}`, { callback }).keys)).toBe('CN=server')
    expect(asked).toContain('locked')
  })

  test('that are wrong or absent are told at the policy, without the password', () => {
    for (const callback of [() => undefined, () => 'abracadabra']) {
      const { keys, diagnostics } = keysOf(`<r:user>locked</r:user>${locked}`, { callback })
      expect(keys).toBeUndefined()
      expect(diagnostics).toEqual([expect.stringContaining('p.xml:1:')])
      expect(diagnostics.join()).not.toContain('abracadabra')
    }
  })

  test('from the settings for a store of that name', () => {
    const settings = { storePasswords: { 'locked.pem': 'sesame' } }
    expect(nameOf(keysOf(locked, { settings }).keys)).toBe('CN=server')
    const shared = { keystore: 'locked.pem', keystorePassword: 'sesame' }
    expect(nameOf(keysOf(locked, { settings: shared }).keys)).toBe('CN=server')
    expect(nameOf(keysOf(undefined, { settings: shared }).keys)).toBe('CN=server')
  })

  test('of the policy go before those of the settings', () => {
    const own = crypto('signatureCrypto', { file: 'locked.pem', 'keystore.password': 'sesame' })
    const settings = { storePasswords: { 'locked.pem': 'wrong' } }
    expect(nameOf(keysOf(own, { settings }).keys)).toBe('CN=server')
  })

  test('of a secure vault are refused, for its key is not here', () => {
    const vaulted = crypto('signatureCrypto', { file: 'locked.pem', 'keystore.password': 'enc:abc=' })
    expect(keysOf(vaulted).diagnostics[0]).toContain('error element-unsupported: enc: passwords need the key of a')
  })
})

describe('whom messages are encrypted for', () => {
  test('as named', () => {
    const { keys } = keysOf(`<r:encryptionUser>partner</r:encryptionUser>${BOTH}`)
    expect(keys?.recipient).toMatchObject({ subject: 'CN=partner' })
  })

  test('by the store of its own', () => {
    const own = crypto('encryptionCrypto', { file: 'partner.pem' })
    const { keys, diagnostics } = keysOf(`<r:encryptionUser>partner</r:encryptionUser>${STORE}${own}`)
    expect(keys?.recipient).toMatchObject({ subject: 'CN=partner' })
    expect(diagnostics).toEqual([])
    // Who answers signs with the key that messages to him are encrypted for.
    expect(keys?.trusted.certificate('partner')).toBeDefined()
  })

  test('whoever signed the request, for a service and where the policy says so', () => {
    expect(keysOf(BOTH).keys?.recipient).toBe('peer')
    expect(keysOf(BOTH, { serves: false }).keys?.recipient).toBeUndefined()
    const said = `<r:encryptionUser>useReqSigCert</r:encryptionUser>${BOTH}`
    expect(keysOf(said, { serves: false }).keys?.recipient).toBe('peer')
  })

  test('an unknown one is a mistake that lists those there are', () => {
    const { diagnostics } = keysOf(`<r:encryptionUser>nobody</r:encryptionUser>${BOTH}`)
    expect(diagnostics).toEqual([
      expect.stringMatching(
        /^p\.xml:1:1 error constraint-violated: encryptionUser: no certificate has the alias "nobody"; the keystore holds .*partner/,
      ),
    ])
  })

  test('an empty keystore holds nothing', () => {
    const { diagnostics } = keysOf('<r:encryptionUser>nobody</r:encryptionUser>')
    expect(diagnostics).toEqual([expect.stringContaining('the keystore holds nothing')])
  })
})

describe('what is decrypted with', () => {
  test('is the store of decryptionCrypto, else that of signatures', () => {
    const own = crypto('decryptionCrypto', { file: 'other.pem' })
    expect(keysOf(STORE + own).keys?.decryption.identity('other')).toBeDefined()
    expect(keysOf(STORE + own).keys?.decryption.identity('server')).toBeUndefined()
    expect(keysOf(STORE).keys?.decryption.identity('server')).toBeDefined()
  })
})

test.each(['signatureCrypto', 'encryptionCrypto', 'decryptionCrypto', 'stsCrypto'])(
  'a missing store of %s is told where it is named',
  (name) => {
    const { keys, diagnostics } = keysOf(crypto(name, { file: 'gone.jks' }))
    expect(keys).toBeUndefined()
    expect(diagnostics).toEqual([expect.stringContaining('resource-unreadable: there is no readable file "gone.jks"')])
  },
)
