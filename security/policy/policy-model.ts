import type { Span, XmlElement } from 'viaduct'
import type { AlgorithmSuite } from './algorithm-suite.ts'
import type { ElementsPart, HeaderPart, Protection } from './parts.ts'
import type { RampartConfig } from './rampart-config.ts'

/** Who gets the token itself; a reference is sent otherwise (WS-SecurityPolicy 1.3 section 5.1.1). */
export type Inclusion = 'never' | 'once' | 'always-to-recipient' | 'always-to-initiator' | 'always'

/** How a token is referred to where it is not in the message; undefined: the policy does not say. */
export type ReferenceKind =
  'key-identifier' | 'issuer-serial' | 'thumbprint' | 'embedded' | 'external' | 'internal' | undefined

interface TokenCore {
  readonly inclusion: Inclusion
  /** Keys are derived from the token's: by DerivedKeyTokens, by their absence, or either way. */
  readonly derived: 'none' | 'any' | 'explicit' | 'implied'
  readonly reference: ReferenceKind
  /** `WssX509V3Token10` …: the kinds of token that do. */
  readonly profiles: readonly string[]
  readonly at: Span
}

export interface UsernamePolicyToken extends TokenCore {
  readonly kind: 'username'
  readonly password: 'any' | 'digest' | 'none'
  readonly created: boolean
  readonly nonce: boolean
}

export interface X509PolicyToken extends TokenCore {
  readonly kind: 'x509'
  readonly form: 'certificate' | 'pkcs7' | 'pkipath'
  /** Rampart lets a token have users of its own. */
  readonly config: RampartConfig | undefined
}

export interface IssuedPolicyToken extends TokenCore {
  readonly kind: 'issued'
  readonly issuer: string | undefined
  readonly tokenType: string | undefined
  readonly keyType: 'symmetric' | 'public' | 'bearer' | undefined
  /** Bits. */
  readonly keySize: number | undefined
  /** What a request to the token service repeats. */
  readonly template: XmlElement | undefined
}

export interface ContextPolicyToken extends TokenCore {
  readonly kind: 'secure-conversation' | 'security-context'
  /** How the context is made; undefined: as the service says elsewhere. */
  readonly bootstrap: readonly SecurityPolicy[] | undefined
  readonly sendsCancel: boolean
  readonly sendsRenew: boolean
}

export interface SamlPolicyToken extends TokenCore {
  readonly kind: 'saml'
}

export interface KerberosPolicyToken extends TokenCore {
  readonly kind: 'kerberos'
  readonly gss: boolean
}

export interface KeyValuePolicyToken extends TokenCore {
  readonly kind: 'key-value'
}

export interface HttpsPolicyToken extends TokenCore {
  readonly kind: 'https'
  readonly clientCertificate: boolean
  readonly authentication: 'basic' | 'digest' | undefined
}

/** A token as a policy asks for it. */
export type PolicyToken =
  | UsernamePolicyToken
  | X509PolicyToken
  | IssuedPolicyToken
  | ContextPolicyToken
  | SamlPolicyToken
  | KerberosPolicyToken
  | KeyValuePolicyToken
  | HttpsPolicyToken

interface BindingCore {
  readonly suite: AlgorithmSuite
  readonly inclusiveC14n: boolean
  readonly layout: 'Strict' | 'Lax' | 'LaxTsFirst' | 'LaxTsLast'
  readonly timestamp: boolean
  readonly at: Span
}

interface MessageBindingCore extends BindingCore {
  readonly encryptFirst: boolean
  readonly encryptSignature: boolean
  readonly protectTokens: boolean
  readonly entireHeadersAndBody: boolean
}

export interface TransportBinding extends BindingCore {
  readonly kind: 'transport'
  readonly token: HttpsPolicyToken | undefined
}

/** Each side has tokens of its own: to sign, and for what is encrypted to it. */
export interface AsymmetricBinding extends MessageBindingCore {
  readonly kind: 'asymmetric'
  readonly initiatorSignature: PolicyToken | undefined
  readonly initiatorEncryption: PolicyToken | undefined
  readonly recipientSignature: PolicyToken | undefined
  readonly recipientEncryption: PolicyToken | undefined
}

/** One secret protects both directions. */
export interface SymmetricBinding extends MessageBindingCore {
  readonly kind: 'symmetric'
  readonly signature: PolicyToken | undefined
  readonly encryption: PolicyToken | undefined
}

export type Binding = TransportBinding | AsymmetricBinding | SymmetricBinding

export interface SupportingTokens extends Protection {
  readonly tokens: readonly PolicyToken[]
  readonly signedToken: boolean
  readonly endorsing: boolean
  readonly encryptedToken: boolean
  readonly suite: AlgorithmSuite | undefined
  readonly at: Span
}

/** sp:Wss10 and sp:Wss11: which references both sides understand. */
export interface WssOptions {
  readonly version: '1.0' | '1.1'
  readonly references: ReadonlySet<
    'key-identifier' | 'issuer-serial' | 'thumbprint' | 'encrypted-key' | 'external' | 'embedded'
  >
  readonly signatureConfirmation: boolean
}

export interface TrustOptions {
  readonly version: '1.0' | '1.3'
  readonly clientEntropy: boolean
  readonly serverEntropy: boolean
}

/** One alternative of a policy. */
export interface SecurityPolicy extends Protection {
  readonly id: string | undefined
  /** Version of WS-SecurityPolicy, which decides that of WS-Trust and WS-SecureConversation: 1.1 means 2005/02. */
  readonly version: '1.1' | '1.2'
  readonly binding: Binding | undefined
  readonly supporting: readonly SupportingTokens[]
  readonly requiredElements: readonly ElementsPart[]
  readonly requiredHeaders: readonly HeaderPart[]
  readonly wss: readonly WssOptions[]
  readonly trust: TrustOptions | undefined
  readonly mtom: boolean
  readonly rampart: RampartConfig | undefined
  /** Carbon's roles that may call; undefined: the policy does not say. */
  readonly roles: readonly string[] | undefined
  readonly at: Span
  /** The element of the first policy it was read from. */
  readonly element: XmlElement
}
