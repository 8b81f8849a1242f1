/** Keys and rules of WS-Security where a policy names none of its own (no `RampartConfig` with a crypto). */
export interface SecuritySettings {
  /** A keystore in `security/` (PEM, PKCS#12, JKS); '' when policies name theirs. */
  readonly keystore: string
  readonly keystorePassword: string
  /** Of the private keys, where it is another one. */
  readonly keyPassword: string
  /** The entry that signs and decrypts; '' takes the only private key. */
  readonly alias: string
  /** Certificates that are trusted beside those of the keystore. */
  readonly truststore: string
  readonly truststorePassword: string
  /** Passwords of keystores that policies name without one (Carbon's ServerCrypto), by file name. */
  readonly storePasswords: Readonly<Record<string, string>>
  /** RSA keys of peers below this many bits are refused. */
  readonly minimumKeyBits: number
  /** Algorithm suites that no policy may use. */
  readonly disallowedSuites: readonly string[]
  /** `off`: one fault for every failure. `codes`: peers learn the WS-Security fault code, but never the cause. */
  readonly faultDetail: 'off' | 'codes'
}

export const DEFAULT_SECURITY: SecuritySettings = {
  keystore: '',
  keystorePassword: '',
  keyPassword: '',
  alias: '',
  truststore: '',
  truststorePassword: '',
  storePasswords: {},
  minimumKeyBits: 2048,
  disallowedSuites: [],
  faultDetail: 'off',
}
