import type { KeyObject, X509Certificate } from 'node:crypto'

/** A private key with its certificates, leaf first. */
export interface KeyIdentity {
  /** The name in its keystore; for diagnostics and logs. */
  readonly alias: string
  readonly key: KeyObject
  /** At least the certificate of the key. */
  readonly chain: readonly [X509Certificate, ...X509Certificate[]]
}

/** Why a certificate is not trusted. */
export type DistrustReason =
  'expired' | 'not-yet-valid' | 'untrusted' | 'revoked' | 'not-a-ca' | 'path-too-long' | 'key-usage' | 'constraint'

/** The outcome of a path check: a reason for the log when the certificate is not trusted. */
export type PathVerdict =
  { readonly trusted: true } | { readonly trusted: false; readonly reason: DistrustReason; readonly detail: string }

/**
 * Keys and certificates of one configuration, compiled from keystores. Lookups find *candidates* only; whoever uses a
 * certificate that came with, or was named by, a message calls {@link KeyStore.verifyPath} before. Every lookup is one map
 * access: nothing is parsed or hashed for a message.
 */
export interface KeyStore {
  /** A private key by the alias of its entry. */
  identity(alias: string): KeyIdentity | undefined
  /** The private key that belongs to a certificate, compared by its bytes. */
  identityOf(certificate: X509Certificate): KeyIdentity | undefined
  /** A certificate, trusted or of a private key, by alias. */
  certificate(alias: string): X509Certificate | undefined
  /** Compares distinguished names by their parsed attributes, however they were written. */
  byIssuerAndSerial(issuer: string, serial: bigint): X509Certificate | undefined
  /** By the content of the subject key identifier extension, or the SHA-1 of the public key bits where there is none. */
  bySubjectKeyIdentifier(identifier: Buffer): X509Certificate | undefined
  /** By the SHA-1 of the DER bytes. */
  byThumbprint(sha1: Buffer): X509Certificate | undefined
  /** By what a ds:KeyName says: an alias, or a subject in any spelling. */
  byKeyName(name: string): X509Certificate | undefined
  bySubject(name: string): X509Certificate | undefined
  /** By the public key, for ds:KeyValue: such a key counts only when a trusted certificate has it. */
  byPublicKey(key: KeyObject): X509Certificate | undefined
  /**
   * Whether a certificate may be relied on: path by signature up to a trusted one, dates of each at `now` (milliseconds),
   * basicConstraints, keyUsage, revocation. Leaf first; the others are only candidates for the path, in any order.
   */
  verifyPath(chain: readonly X509Certificate[], now: number): PathVerdict
}

/**
 * Secrets that are known besides the message: of security contexts by identifier, of encrypted keys by EncryptedKeySHA1
 * (base64), of Kerberos tickets by their SHA-1. Undefined: not known.
 */
export interface SecretSource {
  find(kind: SecretKind, identifier: string): KnownSecret | undefined
}

export type SecretKind = 'security-context' | 'encrypted-key' | 'kerberos' | 'saml'

export interface KnownSecret {
  readonly secret: Buffer
  /** Milliseconds since the epoch after which it must not be used. */
  readonly expires?: number | undefined
  /** Who the secret was given to. */
  readonly principal?: string | undefined
  readonly certificate?: X509Certificate | undefined
}

/** No secret is known. */
export const NO_SECRETS: SecretSource = { find: () => undefined }
