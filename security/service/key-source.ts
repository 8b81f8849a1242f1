import { basename } from 'node:path'
import type { Linker, Span } from 'viaduct'
import { type Keyring, type KeystoreLocation, loadKeyring } from '../keys/index.ts'
import type { CryptoConfig, StoreConfig } from '../policy/crypto-config.ts'
import type { PolicyKeys } from '../policy/policy-keys.ts'
import { DEFAULT_RAMPART, type RampartConfig } from '../policy/rampart-config.ts'
import type { PasswordSource } from './password-source.ts'

/** Rampart's word for the certificate that signed the request. */
const WHO_SIGNED = 'useReqSigCert'

/**
 * The keys of a policy: of the stores that its RampartConfig names, else of the settings. Undefined when a store cannot be
 * read, which is reported. `serves`: the policy is that of a service, which answers those who ask.
 */
export function loadPolicyKeys(
  rampart: RampartConfig | undefined,
  passwords: PasswordSource,
  serves: boolean,
  at: Span,
  linker: Linker,
): PolicyKeys | undefined {
  const config = rampart ?? DEFAULT_RAMPART
  const loader = new KeyLoader(config, passwords, at, linker)
  const { signatureCrypto, encryptionCrypto, decryptionCrypto, stsCrypto } = config
  const own = loader.ring([signatureCrypto])
  const others = encryptionCrypto === undefined ? own : loader.ring([encryptionCrypto])
  const decryption = decryptionCrypto === undefined ? own : loader.ring([decryptionCrypto])
  if (own === undefined || others === undefined || decryption === undefined) return undefined
  // Whom messages are encrypted for may sign what he answers, and the token service what it issues.
  const more = [encryptionCrypto, stsCrypto].filter((crypto) => crypto !== undefined)
  const trusted = more.length === 0 ? own : loader.ring([signatureCrypto, ...more])
  if (trusted === undefined) return undefined
  const identity = identityIn(own, config, linker)
  const recipient = recipientIn(others, config, serves, at, linker)
  return { identity, recipient, trusted, decryption }
}

/** Whom messages are encrypted for: as named, else, for a service, whoever asks. */
function recipientIn(
  keyring: Keyring,
  config: RampartConfig,
  serves: boolean,
  at: Span,
  linker: Linker,
): PolicyKeys['recipient'] {
  const { encryptionUser: named } = config
  if (named === WHO_SIGNED) return 'peer'
  if (named === undefined) return serves ? 'peer' : undefined
  const recipient = keyring.certificate(named)
  if (recipient === undefined) {
    const names = keyring.aliases.join(', ') || 'nothing'
    const message = `encryptionUser: no certificate has the alias "${named}"; the keystore holds ${names}`
    linker.report('constraint-violated', config.at ?? at, message)
  }
  return recipient
}

/** The own key: as named, else the only one. */
function identityIn(keyring: Keyring, config: RampartConfig, linker: Linker): PolicyKeys['identity'] {
  const { alias: configured } = linker.services.settings.security
  const names = [config.signatureAlias, config.user, config.signatureCrypto?.alias, configured]
  for (const name of names) {
    const found = name === undefined || name === '' ? undefined : keyring.identity(name)
    if (found !== undefined) return found
  }
  const all = keyring.aliases.flatMap((alias) => keyring.identity(alias) ?? [])
  return all.length === 1 ? all[0] : undefined
}

class KeyLoader {
  readonly #config: RampartConfig
  readonly #passwords: PasswordSource
  readonly #at: Span
  readonly #linker: Linker

  constructor(config: RampartConfig, passwords: PasswordSource, at: Span, linker: Linker) {
    this.#config = config
    this.#passwords = passwords
    this.#at = at
    this.#linker = linker
  }

  /** The stores of all these; those of the settings where a crypto is not given. */
  ring(cryptos: readonly (CryptoConfig | undefined)[]): Keyring | undefined {
    const { security } = this.#linker.services.settings
    const keystores = cryptos.flatMap((crypto) => (crypto === undefined ? this.#configured() : this.#named(crypto)))
    const revocationLists = cryptos.flatMap((crypto) =>
      crypto?.revocationList === undefined ? [] : [{ file: crypto.revocationList, at: crypto.at }],
    )
    const rules = { minimumRsaBits: security.minimumKeyBits, allowSha1: true }
    return loadKeyring({ keystores, revocationLists, rules }, this.#linker)
  }

  /** The stores of the settings. */
  #configured(): KeystoreLocation[] {
    const { keystore, keystorePassword, keyPassword, truststore, truststorePassword } =
      this.#linker.services.settings.security
    const stores: KeystoreLocation[] = []
    if (keystore !== '')
      stores.push({
        file: keystore,
        at: this.#at,
        passwords: { store: filled(keystorePassword), key: filled(keyPassword) },
      })
    if (truststore !== '')
      stores.push({ file: truststore, at: this.#at, passwords: { store: filled(truststorePassword) } })
    return stores
  }

  #named({ keyStore, trustStores, keyPassword, alias, at }: CryptoConfig): KeystoreLocation[] {
    const stores: KeystoreLocation[] = []
    if (keyStore !== undefined) {
      const owner = this.#config.signatureAlias ?? this.#config.user ?? alias
      const asked = owner === undefined ? undefined : this.#passwords.keyPassword(owner)
      const key = keyPassword === undefined ? asked : this.#secret(keyPassword, at)
      stores.push({ file: keyStore.file, at, passwords: { store: this.#storePassword(keyStore, at), key } })
    }
    const others = trustStores.filter(({ file }) => file !== keyStore?.file)
    for (const store of others)
      stores.push({ file: store.file, at, passwords: { store: this.#storePassword(store, at) } })
    return stores
  }

  /** As the policy says, else as the settings say for a file of that name. */
  #storePassword({ file, password }: StoreConfig, at: Span): string | undefined {
    if (password !== undefined) return this.#secret(password, at)
    const { storePasswords, keystore, keystorePassword } = this.#linker.services.settings.security
    const name = basename(file)
    const known = new Map(Object.entries(storePasswords)).get(name)
    return known ?? (name === basename(keystore) ? filled(keystorePassword) : undefined)
  }

  #secret(text: string, at: Span): string | undefined {
    if (!text.startsWith('enc:')) return this.#linker.parameter(text, at)
    this.#linker.report(
      'element-unsupported',
      at,
      'enc: passwords need the key of a secure vault, which is not here; write $SYSTEM:NAME',
    )
    return undefined
  }
}

const filled = (text: string): string | undefined => (text === '' ? undefined : text)
