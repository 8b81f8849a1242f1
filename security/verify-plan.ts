import type { MimePart, UserStore } from 'viaduct'
import type { KeyStore, SecretSource } from './key-material.ts'
import type { CertificateCache } from './tokens/certificate-cache.ts'
import type { TokenHandler } from './token-handler.ts'

/**
 * What a receiver allows and relies on, compiled once per deployment. `verify(envelope, plan, state)` yields the
 * SecurityResults, or a promise of them where a token has to be asked about; what a policy demands is checked on those.
 */
export interface VerifyPlan {
  /** Names the service in replay keys. */
  readonly service: string
  /** The actor (role) whose Security header is processed; undefined: the one without. */
  readonly actor: string | undefined
  readonly algorithms: AllowedAlgorithms
  /** Trusted certificates, and what references to certificates are looked up in. */
  readonly keys: KeyStore
  /** Private keys that messages are encrypted for. */
  readonly decryptionKeys: KeyStore
  /** Certificates read from messages before. One per deployment. */
  readonly certificates: CertificateCache
  readonly handlers: readonly TokenHandler[]
  readonly clock: ClockRules
  readonly username: UsernameRules
  /** Who may sign: asked with the subject of every certificate that a signature relies on. Undefined: everybody trusted. */
  readonly allowsSubject: ((subject: string) => boolean) | undefined
  /** Reads what the Basic Security Profile forbids and peers send: KeyValue, two transforms, inclusive canonicalisation. */
  readonly lenient: boolean
  /** A signed message with a Timestamp is accepted once. */
  readonly rejectsReplays: boolean
  /** SwA attachments may be signed and encrypted. */
  readonly attachments: boolean
  readonly limits: SecurityLimits
}

/** What comes with one message. */
export interface VerifyState {
  /** Milliseconds since the epoch. */
  readonly now: number
  readonly replays: ReplayStore
  readonly users: UserStore | undefined
  readonly secrets: SecretSource
  /** Attachments of the message, without those that were inlined. */
  readonly attachments: readonly MimePart[]
}

/** Algorithm identifiers that may be used. Everything else is refused. */
export interface AllowedAlgorithms {
  readonly signature: ReadonlySet<string>
  readonly digest: ReadonlySet<string>
  readonly canonicalization: ReadonlySet<string>
  readonly encryption: ReadonlySet<string>
  readonly keyTransport: ReadonlySet<string>
  readonly keyWrap: ReadonlySet<string>
  /** Digest and mask generation of OAEP. */
  readonly oaepDigest: ReadonlySet<string>
  readonly mgf: ReadonlySet<string>
  /** Bits. */
  readonly minimumRsa: number
}

/** Seconds. */
export interface ClockRules {
  /** Longest age, whatever Expires says. */
  readonly ttl: number
  /** Tolerated difference of clocks. */
  readonly skew: number
  /** How far Created may lie in the future. */
  readonly future: number
  /** Expires is taken without tolerance. */
  readonly strict: boolean
}

export interface UsernameRules {
  /** Password forms that are accepted. */
  readonly passwords: ReadonlySet<'text' | 'digest' | 'none' | 'derived'>
  /** Seconds. */
  readonly ttl: number
  readonly future: number
  /** How long a nonce is remembered, seconds. */
  readonly nonceLifetime: number
  /** UsernameTokens in one header. */
  readonly maximum: number
}

/** Remembers what must not come twice. */
export interface ReplayStore {
  /** False when the key was remembered before and has not expired. Milliseconds since the epoch. Throws a SecurityFailure when it is full. */
  remember(key: string, expires: number, now: number): boolean
}

/** Numbers that bound the work one message may ask for. */
export interface SecurityLimits {
  readonly headerChildren: number
  readonly signatures: number
  /** Of one signature. */
  readonly references: number
  readonly encryptedKeys: number
  readonly dataReferences: number
  readonly binaryTokens: number
  /** Bytes of a BinarySecurityToken. */
  readonly tokenBytes: number
  /** Certificates of a path. */
  readonly chain: number
  readonly derivedKeys: number
  /** Bytes. A shorter key could be guessed, and with it a signature in the name of whoever shares the secret. */
  readonly shortestDerivedKey: number
  readonly derivedKeyLength: number
  readonly derivedKeyOffset: number
  readonly minimumIterations: number
  readonly maximumIterations: number
  /** EncryptedData inside of decrypted content. */
  readonly nestedEncryption: number
  /** Elements inside each other, decrypted ones too. */
  readonly depth: number
  /** UTF-16 units that all canonical forms of one message may have together, and bytes that all decryptions may yield. */
  readonly canonicalOutput: number
  readonly decryptedBytes: number
  /** Namespaces in force at one element. */
  readonly namespaces: number
}

export const SECURITY_LIMITS: SecurityLimits = {
  headerChildren: 64,
  signatures: 10,
  references: 30,
  encryptedKeys: 10,
  dataReferences: 100,
  binaryTokens: 10,
  tokenBytes: 65_536,
  chain: 10,
  derivedKeys: 20,
  shortestDerivedKey: 16,
  derivedKeyLength: 256,
  derivedKeyOffset: 4096,
  minimumIterations: 1000,
  maximumIterations: 10_000,
  nestedEncryption: 2,
  depth: 512,
  canonicalOutput: 400_000_000,
  decryptedBytes: 400_000_000,
  namespaces: 256,
}
