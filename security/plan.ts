import type { X509Certificate } from 'node:crypto'
import type { XmlDocument, XmlElement } from 'viaduct'
import type { KeyIdentity } from './key-material.ts'

/**
 * How a message is protected: steps in the order of protection, compiled once per deployment and plain data. A step may name
 * what it makes (`name`), and later steps refer to it. Elements of the Security header are placed by one rule: Timestamp,
 * then tokens that keys come from in the order they were made, then signatures and reference lists with the last one first,
 * then all other tokens — so that a receiver undoes the steps in document order, as layout Strict asks.
 * `protect(envelope, plan, state)` carries it out.
 */
export interface ProtectPlan {
  readonly actor: string | undefined
  readonly mustUnderstand: boolean
  readonly steps: readonly ProtectStep[]
  /** Selects elements of the finished envelope whose text leaves as MTOM parts (Rampart's optimizeParts). */
  readonly optimize: readonly ElementSelector[]
}

export type ProtectStep =
  | TimestampStep
  | UsernameTokenStep
  | TokenStep
  | EncryptedKeyStep
  | DerivedKeyStep
  | ConfirmationStep
  | SignatureStep
  | EncryptionStep

/** Elements of an envelope; compiled from an XPath. An envelope is never changed by it. */
export type ElementSelector = (envelope: XmlDocument) => readonly XmlElement[]

export interface TimestampStep {
  readonly step: 'timestamp'
  /** Seconds from Created to Expires. */
  readonly ttl: number
  readonly milliseconds: boolean
  readonly position: 'first' | 'last'
}

/** The name and password are those of {@link ProtectState.credentials}. */
export interface UsernameTokenStep {
  readonly step: 'username-token'
  readonly name: string
  readonly password: 'text' | 'digest' | 'none'
  readonly nonce: boolean
  readonly created: boolean
  /** Carries Salt and Iteration instead of a password; its name is then that of a key (profile 1.1 section 4). */
  readonly derived?: { readonly iterations: number; readonly use: 'signature' | 'encryption' } | undefined
}

/** Puts a token that the state holds ({@link ProtectState.tokens}) into the header: SAML, Kerberos, SecurityContextToken. */
export interface TokenStep {
  readonly step: 'token'
  readonly name: string
  /** False: the message only refers to the token. */
  readonly include: boolean
}

/** Makes a secret, or takes that of the state, and writes it as xenc:EncryptedKey for a recipient. */
export interface EncryptedKeyStep {
  readonly step: 'encrypted-key'
  readonly name: string
  readonly recipient: Recipient
  readonly reference: CertificateReference
  /** Bytes of the secret. */
  readonly length: number
  readonly transport: KeyTransport
}

/** A certificate of ours, or `'peer'`: that of {@link ProtectState.peer} (Rampart's useReqSigCert). */
export type Recipient = X509Certificate | 'peer'

export interface KeyTransport {
  /** Algorithm identifier: RSA-OAEP (either), RSA 1.5, or a symmetric key wrap. */
  readonly algorithm: string
  /** Of OAEP; the algorithm's default when undefined. */
  readonly digest?: string | undefined
  readonly mgf?: string | undefined
}

/** wsc:DerivedKeyToken from a secret: a named key, or a secret that only the state knows. */
export interface DerivedKeyStep {
  readonly step: 'derived-key'
  readonly name: string
  readonly from: string
  /** Bytes. */
  readonly length: number
  readonly version: '2005/02' | '200512'
}

/** wsse11:SignatureConfirmation for every signature of the request ({@link ProtectState.confirm}). */
export interface ConfirmationStep {
  readonly step: 'confirmation'
}

export interface SignatureStep {
  readonly step: 'signature'
  readonly name: string
  readonly key: SigningKey
  /** Algorithm identifiers. */
  readonly algorithm: string
  readonly digest: string
  readonly canonicalization: string
  readonly parts: readonly SignedPart[]
  /** The token of the key is signed too (sp:ProtectTokens), through STR-Transform when it is not in the message. */
  readonly protectToken: boolean
}

/** A certificate's key with the way it is referred to, or a secret by name. */
export type SigningKey =
  { readonly kind: 'identity'; readonly identity: KeyIdentity; readonly reference: CertificateReference } | NamedKey

/**
 * A secret made by a step or held by the state ({@link ProtectState.secrets}). `reference` is only for secrets of the state:
 * how they are named where the message does not carry them.
 */
export interface NamedKey {
  readonly kind: 'named'
  readonly name: string
}

/**
 * How a certificate is referred to: by a BinarySecurityToken (`direct`, `pkipath` with the whole chain, `embedded` inside the
 * reference), or by what the receiver finds it by.
 */
export type CertificateReference =
  'direct' | 'pkipath' | 'embedded' | 'issuer-serial' | 'key-identifier' | 'thumbprint' | 'certificate' | 'key-name'

/** What is signed. Parts that the message does not have are skipped, but for the body and what is named. */
export type SignedPart =
  | { readonly part: 'body' | 'timestamp' | 'headers' | 'confirmations' }
  | { readonly part: 'header'; readonly namespace: string; readonly name: string | undefined }
  | { readonly part: 'elements'; readonly select: ElementSelector }
  /** A token or signature by the name of its step. `reference`: what the token's reference stands for (STR-Transform). */
  | { readonly part: 'token' | 'signature'; readonly name: string }
  | { readonly part: 'attachments'; readonly complete: boolean }

export interface EncryptionStep {
  readonly step: 'encryption'
  readonly key: EncryptionKey
  /** Algorithm identifier. */
  readonly algorithm: string
  readonly parts: readonly EncryptedPart[]
}

/** A secret by name, or a new one that goes to the recipient with this step's ReferenceList. */
export type EncryptionKey = NamedKey | (Omit<EncryptedKeyStep, 'step' | 'name' | 'length'> & { readonly kind: 'fresh' })

/** A header block becomes a wsse11:EncryptedHeader, the body its content, tokens and signatures an EncryptedData. */
export type EncryptedPart =
  | { readonly part: 'body' | 'headers' | 'confirmations' }
  | { readonly part: 'header'; readonly namespace: string; readonly name: string | undefined }
  | { readonly part: 'elements'; readonly select: ElementSelector; readonly content: boolean }
  | { readonly part: 'token' | 'signature'; readonly name: string }
  | { readonly part: 'attachments'; readonly complete: boolean }
