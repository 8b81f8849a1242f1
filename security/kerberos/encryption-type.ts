/** What a key is used for, so that what is made for one purpose is of no use for another (RFC 4120, section 7.5.1). */
export const KEY_USAGE = {
  encryptedTimestamp: 1,
  ticket: 2,
  authenticationReply: 3,
  ticketRequestChecksum: 6,
  ticketRequestAuthenticator: 7,
  ticketReply: 8,
  ticketReplySubkey: 9,
  authenticator: 11,
} as const

/** One way to encrypt with Kerberos (RFC 3961). */
export interface EncryptionType {
  /** Number in messages and keytabs. */
  readonly id: number
  readonly name: string
  /** Bytes. */
  readonly keyLength: number
  /** Number of its keyed checksum. */
  readonly checksumType: number
  /** `confounder` is random and as long as {@link confounderLength}. */
  encrypt(key: Buffer, usage: number, plain: Buffer, confounder: Buffer): Buffer
  /** Throws an error for whatever was not encrypted so with this key. */
  decrypt(key: Buffer, usage: number, cipher: Buffer): Buffer
  readonly confounderLength: number
  checksum(key: Buffer, usage: number, data: Buffer): Buffer
  /** Makes a key of a password; undefined where that is not supported. */
  readonly fromPassword: ((password: string, salt: Buffer, iterations: number | undefined) => Buffer) | undefined
}

/** What cannot be decrypted. It says nothing about why. */
export class DecryptionError extends Error {
  override readonly name = 'DecryptionError'
}

/** A password is hashed as often as a peer says, within bounds. */
export const MOST_ITERATIONS = 1_000_000
