import type { KeyObject, X509Certificate } from 'node:crypto'
import type { MimePart, XmlDocument, XmlElement } from 'viaduct'

/**
 * What verification proved about a message. Everything is named by node: two elements are the same only when they are the
 * same object of the tree that goes on into the flow. Nothing here is looked up by an id again.
 */
export interface SecurityResults {
  readonly envelope: XmlDocument
  readonly body: XmlElement
  readonly header: XmlElement | undefined
  /** The wsse:Security block that was processed; undefined: the message has none for this actor. */
  readonly security: XmlElement | undefined
  readonly timestamp: VerifiedTimestamp | undefined
  /** In the order they were read. Tokens that only a reference names stand here too, without an element. */
  readonly tokens: readonly SecurityToken[]
  /** In the order they were verified; each is valid, and its key's certificate trusted. */
  readonly signatures: readonly VerifiedSignature[]
  readonly decryptions: readonly Decryption[]
  /** The Value of each wsse11:SignatureConfirmation, undefined for one without. */
  readonly confirmations: readonly Confirmation[]
  /** The attachments as they are after decryption. */
  readonly attachments: readonly MimePart[]
  /** EncryptedData elements that are still in the message. */
  readonly leftover: readonly XmlElement[]
}

export interface VerifiedTimestamp {
  readonly element: XmlElement
  /** Milliseconds since the epoch. */
  readonly created: number
  readonly expires: number | undefined
}

export interface Confirmation {
  readonly element: XmlElement
  /** Base64 of the confirmed SignatureValue. */
  readonly value: string | undefined
}

export type TokenKind =
  'x509' | 'username' | 'saml' | 'kerberos' | 'security-context' | 'encrypted-key' | 'derived-key' | 'key-value'

/** A token that was read and, as far as its kind asks for it, validated. */
export interface SecurityToken {
  readonly kind: TokenKind
  /** The element in the message; undefined when the message only refers to the token. */
  readonly element: XmlElement | undefined
  /** Of BinarySecurityToken and KeyIdentifier, or the namespace of the token's version. */
  readonly valueType?: string | undefined
  /** Whom the token names: user, subject, Kerberos principal. Proved only for tokens that authenticate by themselves. */
  readonly principal?: string | undefined
  /** Leaf first. */
  readonly certificates?: readonly [X509Certificate, ...X509Certificate[]] | undefined
  /** Key for HMAC, encryption and derivation. Never a public key. */
  readonly secret?: Buffer | undefined
  /** The token whose secret this one's is derived from, or was wrapped with. */
  readonly source?: SecurityToken | undefined
  /** A public key that the token vouches for without a certificate (SAML holder-of-key). */
  readonly publicKey?: KeyObject | undefined
  /** UsernameToken: how the password came. */
  readonly password?: 'text' | 'digest' | 'none' | 'derived' | undefined
  /** What the handler of the token wants to hand on: an assertion, a ticket. */
  readonly detail?: unknown
}

/** How a message refers to the token of a key. */
export type TokenReference =
  | 'direct'
  | 'embedded'
  | 'issuer-serial'
  | 'key-identifier'
  | 'thumbprint'
  | 'certificate'
  | 'key-name'
  | 'key-value'
  | 'encrypted-key-sha1'
  | 'external'

export interface VerifiedSignature {
  readonly element: XmlElement
  readonly token: SecurityToken
  /** How the token was referred to, for checks of sp:Require…Reference. */
  readonly reference: TokenReference
  /** Algorithm identifier. */
  readonly algorithm: string
  /** Base64 without white space, for confirmations and the detection of replays. */
  readonly value: string
  readonly covered: readonly Covered[]
  /** Position among all signatures and decryptions, in the order of processing. */
  readonly order: number
}

/** One thing that a signature covers. */
export interface Covered {
  /**
   * The node; for STR-Transform the token's element, undefined when the token is not in the message. Where an EncryptedData was
   * signed, this becomes what it was decrypted to.
   */
  readonly node: XmlElement | undefined
  readonly token?: SecurityToken | undefined
  /** Content-ID of a signed attachment. */
  readonly attachment?: string | undefined
  /** Whether the headers of the attachment are covered too. */
  readonly complete?: boolean | undefined
}

export interface Decryption {
  /** `header`: an EncryptedHeader, whose block stands in its place now. */
  readonly kind: 'content' | 'element' | 'header' | 'attachment'
  /** The element whose content was encrypted, or the element that was. */
  readonly node: XmlElement | undefined
  /** Content-ID of a decrypted attachment. */
  readonly attachment?: string | undefined
  readonly complete?: boolean | undefined
  readonly token: SecurityToken
  readonly algorithm: string
  readonly order: number
}
