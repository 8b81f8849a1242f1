import type { XmlElement } from 'viaduct'

export type SamlVersion = '1.1' | '2.0'

export type ConfirmationMethod = 'bearer' | 'holder-of-key' | 'sender-vouches'

/** What an assertion says, in words that both versions share. Times are milliseconds since the epoch. */
export interface SamlAssertion {
  readonly version: SamlVersion
  readonly element: XmlElement
  readonly id: string
  readonly issuer: string
  readonly issued: number
  readonly conditions: SamlConditions
  readonly subject: SamlSubject
  readonly attributes: readonly SamlAttribute[]
  readonly authentication: readonly SamlAuthentication[]
  /** The enveloped signature: a child of the element. */
  readonly signature: XmlElement | undefined
}

export interface SamlConditions {
  readonly notBefore: number | undefined
  /** Exclusive. */
  readonly notOnOrAfter: number | undefined
  /** Each restriction has to name the receiver among its audiences. */
  readonly audiences: readonly (readonly string[])[]
  /** Not to be accepted twice (OneTimeUse; DoNotCacheCondition of 1.1). */
  readonly once: boolean
}

export interface SamlSubject {
  readonly name: string | undefined
  readonly format: string | undefined
  readonly qualifier: string | undefined
  readonly confirmations: readonly SamlConfirmation[]
}

export interface SamlConfirmation {
  /** As written; `method` is undefined when it is none of the three. */
  readonly uri: string
  readonly method: ConfirmationMethod | undefined
  readonly notBefore: number | undefined
  readonly notOnOrAfter: number | undefined
  readonly recipient: string | undefined
  /** ds:KeyInfo of the key that the subject holds. */
  readonly keyInfo: XmlElement | undefined
}

export interface SamlAttribute {
  readonly name: string
  /** AttributeNamespace of 1.1, NameFormat of 2.0. */
  readonly namespace: string | undefined
  readonly values: readonly string[]
}

export interface SamlAuthentication {
  /** AuthenticationMethod of 1.1, AuthnContextClassRef of 2.0. */
  readonly method: string | undefined
  readonly at: number | undefined
  readonly sessionEnds: number | undefined
}

const METHOD_STEMS = ['urn:oasis:names:tc:SAML:1.0:cm:', 'urn:oasis:names:tc:SAML:2.0:cm:']
const METHODS: readonly ConfirmationMethod[] = ['bearer', 'holder-of-key', 'sender-vouches']

/** The identifier of a confirmation method in a version of SAML. */
export const confirmationUri = (version: SamlVersion, method: ConfirmationMethod): string =>
  (version === '1.1' ? METHOD_STEMS[0] : METHOD_STEMS[1]) + method

/** The method that a URI names, in either version: products mix them. */
export const confirmationMethod = (uri: string): ConfirmationMethod | undefined =>
  METHODS.find((method) => METHOD_STEMS.some((stem) => uri === stem + method))
