import type { X509Certificate } from 'node:crypto'
import type { MimePart, XmlElement } from 'viaduct'
import type { VerifiedSignature } from './security-results.ts'

/** What comes with one message that is protected. */
export interface ProtectState {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Random bytes; node:crypto's unless a test owns chance. */
  readonly random: (size: number) => Buffer
  readonly credentials?: { readonly user: string; readonly password?: string | undefined } | undefined
  /** The certificate that signed the request, to which an answer is encrypted. */
  readonly peer?: X509Certificate | undefined
  /** Signatures of the request that an answer confirms; an empty list confirms that there were none. */
  readonly confirm?: readonly Pick<VerifiedSignature, 'value'>[] | undefined
  /** Secrets by the name that steps use: the request's secret in an answer, that of a security context, of a ticket. */
  readonly secrets?: ReadonlyMap<string, HeldSecret> | undefined
  /** Tokens by the name of their step; the element is put into the header as it is. */
  readonly tokens?: ReadonlyMap<string, HeldToken> | undefined
  readonly attachments?: readonly MimePart[] | undefined
}

/** A token that somebody else made: an assertion, a security context, a ticket. */
export interface HeldToken {
  readonly element: XmlElement
  /** The key of the token; undefined for tokens that only state something. */
  readonly secret?: Buffer | undefined
  /** How it is referred to when it is not in the message, or has no wsu:Id by which it is otherwise. */
  readonly reference?: SecretReference | undefined
}

/** A secret that the receiver knows already. */
export interface HeldSecret {
  readonly secret: Buffer
  readonly reference: SecretReference
}

/** What stands in a wsse:SecurityTokenReference. */
export interface SecretReference {
  /** `key-identifier` writes wsse:KeyIdentifier with the value as text, `reference` writes wsse:Reference with it as URI. */
  readonly form: 'key-identifier' | 'reference'
  readonly value: string
  readonly valueType: string | undefined
  /** wsse11:TokenType. */
  readonly tokenType?: string | undefined
  /** Of a KeyIdentifier; omitted when undefined. */
  readonly encodingType?: string | undefined
}

/** What was done to a message, which is changed in place. */
export interface ProtectResult {
  /** The SignatureValues, in base64: what an answer has to confirm. */
  readonly signatures: readonly string[]
  /** Secrets that were sent, by EncryptedKeySHA1 (base64): answers refer to them so. */
  readonly secrets: ReadonlyMap<string, Buffer>
  /** Attachments as they leave. */
  readonly attachments: readonly MimePart[]
}
