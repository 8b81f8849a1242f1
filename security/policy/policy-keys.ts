import type { X509Certificate } from 'node:crypto'
import type { KeyIdentity, KeyStore } from '../key-material.ts'

/** The keys that one policy works with. */
export interface PolicyKeys {
  /** Our own key. */
  readonly identity: KeyIdentity | undefined
  /** Whom messages are encrypted for: a certificate of ours, or whoever signed the request. */
  readonly recipient: X509Certificate | 'peer' | undefined
  /** Whom signatures are trusted from. */
  readonly trusted: KeyStore
  /** What is decrypted with. */
  readonly decryption: KeyStore
}
