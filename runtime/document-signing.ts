import type { XmlElement } from './xml/tree.ts'

/** Signatures over documents that are no SOAP messages, and secrets of configurations: with the keys of the bus. */
export interface DocumentSigning {
  /** The bus has a key to sign with. */
  readonly canSign: boolean
  /**
   * Puts a signature over the whole of `element` into it, behind its first child, with the certificate of the bus. The element
   * must be root of its document. Throws an Error when the bus has no key.
   */
  sign(element: XmlElement, rules: SignatureRules): void
  /**
   * Throws an Error that says why `element` is not what somebody trusted has signed: the signature must be a child of it and
   * cover all of it. Whatever the signature itself says of its key proves nothing.
   */
  verify(element: XmlElement, rules: SignatureRules): void
  /** What was encrypted for the key of the bus (RSA, with OAEP or PKCS#1); undefined when it cannot be opened. */
  decrypt(ciphertext: Buffer): Buffer | undefined
}

export interface SignatureRules {
  /** Attribute with the identifier that the reference names; undefined: the reference is to the whole document. */
  readonly idAttribute: string | undefined
  /** Aliases of the keys that may have signed; empty: the key of the bus alone. */
  readonly trusted: readonly string[]
  /** SHA-1 is made and accepted. */
  readonly sha1: boolean
}
