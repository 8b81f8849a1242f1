import type { KeyObject } from 'node:crypto'
import type { XmlElement } from 'viaduct'
import type { KeyStore, SecretSource } from './key-material.ts'
import type { SecurityResults, SecurityToken } from './security-results.ts'
import type { AllowedAlgorithms, SecurityLimits } from './verify-plan.ts'

/**
 * Reads one kind of token: SAML, Kerberos, SecurityContextToken … Handlers are asked for children of the Security header, for
 * what a reference embeds, and for what a KeyIdentifier or an external URI names. A token that is not valid throws a
 * SecurityFailure; there is no token that is returned but not to be relied on.
 */
export interface TokenHandler {
  /** Elements that are such tokens. */
  readonly elements: readonly { readonly namespace: string; readonly name: string }[]
  /** ValueTypes of wsse:BinarySecurityToken. */
  readonly binaryTypes: readonly string[]
  /** ValueTypes of wsse:KeyIdentifier, and of wsse:Reference with a URI that is no fragment, which {@link find} knows. */
  readonly referenceTypes: readonly string[]
  /** The attribute that names the element, besides wsu:Id: `AssertionID`, `ID`. */
  readonly idAttribute?: string | undefined
  read(element: XmlElement, context: TokenContext): SecurityToken | Promise<SecurityToken>
  /** A token by a reference that carries no fragment; undefined when it is not known. */
  find?(valueType: string, value: string, context: TokenContext): SecurityToken | undefined
  /**
   * Called for each token after the whole message was verified: the place for subject confirmation (holder-of-key,
   * sender-vouches). Throws a SecurityFailure.
   */
  confirm?(token: SecurityToken, results: SecurityResults, context: TokenContext): void
}

/** What a handler may use. */
export interface TokenContext {
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Clock skew that is tolerated, milliseconds. */
  readonly skew: number
  readonly keys: KeyStore
  readonly decryptionKeys: KeyStore
  readonly secrets: SecretSource
  readonly algorithms: AllowedAlgorithms
  readonly limits: SecurityLimits
  /** Tokens that were read before, in document order. */
  readonly tokens: readonly SecurityToken[]
  /** Verifies an enveloped signature whose key is in its own KeyInfo: trusted certificates only. Returns the signer. */
  verifyEnveloped(signed: XmlElement, signature: XmlElement, idAttribute: string): SecurityToken
  /** The secret in an xenc:EncryptedKey inside of a token. */
  unwrap(encryptedKey: XmlElement): Buffer
  /**
   * Decrypts the xenc:EncryptedData that hides an element inside of a wrapper, in its place, and returns that element. Its
   * EncryptedKey is in its KeyInfo, or beside it in the wrapper.
   */
  reveal(wrapper: XmlElement): XmlElement
  /** The key in a ds:KeyInfo inside of a token: a certificate, a key value, or an EncryptedKey's secret. Not trusted by itself. */
  keyIn(keyInfo: XmlElement): SecurityToken | { readonly publicKey: KeyObject }
}
