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
  /** Signatures and nonces that are remembered against replays, of each service. Full of living ones, it refuses new messages. */
  readonly replayEntries: number
  /** Algorithm suites that no policy may use. */
  readonly disallowedSuites: readonly string[]
  /** `off`: one fault for every failure. `codes`: peers learn the WS-Security fault code, but never the cause. */
  readonly faultDetail: 'off' | 'codes'
  readonly saml: SamlSettings
  readonly kerberos: KerberosSettings
}

/** Whose assertions count. */
export interface SamlSettings {
  /** Alias of the certificate by name of the issuer; our own key may always issue. */
  readonly issuers: Readonly<Record<string, string>>
  /** Our names, one of which a restricted assertion has to give; none: the addresses of the service, below `http.publicUrl` or at any host. */
  readonly audiences: readonly string[]
  /** Aliases of certificates whose owners may vouch for the subject of an assertion (sender-vouches). */
  readonly vouchers: readonly string[]
  /** Policy under which a token service is asked (a key, as of `<policy key>`), by its address. */
  readonly services: Readonly<Record<string, string>>
}

/** Kerberos: as a service, and as a client of services. */
export interface KerberosSettings {
  /** A keytab in `security/`. */
  readonly keytab: string
  /** `HTTP/host@REALM`: tickets for other entries of the keytab are refused. '': all of them are accepted. */
  readonly service: string
  /** `host:port` of the KDCs that our own tickets come from. */
  readonly kdcs: readonly string[]
  /** `user@REALM` in whose name services are called; its key is in the keytab, unless there is a password. */
  readonly principal: string
  readonly password: string
  readonly allowRc4: boolean
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
  replayEntries: 500_000,
  disallowedSuites: [],
  faultDetail: 'off',
  saml: { issuers: {}, audiences: [], vouchers: [], services: {} },
  kerberos: { keytab: '', service: '', kdcs: [], principal: '', password: '', allowRc4: false },
}
