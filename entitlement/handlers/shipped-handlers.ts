import { X509Certificate } from 'node:crypto'
import { type EntitlementAttribute, EntitlementCallbackHandler, Fault, type MessageContext } from 'viaduct'
import { type CertificateNames, certificateNames } from './certificate-names.ts'

const ENVIRONMENT = 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'

/** The text of an axis2 property; undefined when it is not there. */
function proved({ properties }: MessageContext, name: string): string | undefined {
  const value = properties.get('axis2', name)
  if (value === undefined || value === null || value === '') return undefined
  if (typeof value !== 'string') throw new Fault(0, `the property ${name} holds no text`)
  return value
}

/**
 * The subject is the user of a UsernameToken, or of any other login that leaves `username` in axis2 scope. What a flow sets
 * itself (`xacml_subject_identifier`, `xacml_subject`) goes first, as WSO2's documents say.
 */
export class UTEntitlementCallbackHandler extends EntitlementCallbackHandler {
  override getUserName(ctx: MessageContext) {
    return super.getUserName(ctx) ?? proved(ctx, 'username')
  }
}

/**
 * The subject is that of the certificate that signed the message (WS-Security), else of the one that the client proved in TLS. Its
 * issuer and algorithm go with it, in the category of the environment.
 */
export class X509EntitlementCallbackHandler extends EntitlementCallbackHandler {
  readonly #names = new WeakMap<X509Certificate, CertificateNames>()

  override getUserName(ctx: MessageContext) {
    return this.#namesOf(ctx)?.subject
  }

  override findOtherAttributes(ctx: MessageContext): readonly EntitlementAttribute[] {
    const names = this.#namesOf(ctx)
    if (names === undefined) return []
    return [
      { category: ENVIRONMENT, id: 'IssuerDN', value: names.issuer },
      { category: ENVIRONMENT, id: 'SignatureAlgorithm', value: names.signatureAlgorithm },
    ]
  }

  #namesOf({ properties }: MessageContext): CertificateNames | undefined {
    const certificate = certificateIn(
      properties.get('axis2', 'X509Certificate') ?? properties.get('axis2', 'ssl.client.auth.cert.X509'),
    )
    if (certificate === undefined) return undefined
    let names = this.#names.get(certificate)
    if (names === undefined) this.#names.set(certificate, (names = certificateNames(certificate)))
    return names
  }
}

/** A certificate, or the first of several. */
function certificateIn(value: unknown): X509Certificate | undefined {
  const first: unknown = Array.isArray(value) ? value[0] : value
  if (first === undefined || first === null) return undefined
  if (!(first instanceof X509Certificate)) throw new Fault(0, 'the property with the certificate holds none')
  return first
}

/** The subject is that of a SAML assertion. */
export class SAMLEntitlementCallbackHandler extends EntitlementCallbackHandler {
  override getUserName(ctx: MessageContext) {
    return proved(ctx, 'saml.subject.id')
  }
}

/** The subject is the client of a Kerberos ticket, without its realm. */
export class KerberosEntitlementCallbackHandler extends EntitlementCallbackHandler {
  override getUserName(ctx: MessageContext) {
    const principal = proved(ctx, 'client.principal.name')
    const realm = principal?.indexOf('@') ?? -1
    return realm < 0 ? principal : principal?.slice(0, realm)
  }
}

/** By the last part of their Java names: `org.wso2.carbon.identity.entitlement.mediator.callback.…` and those of Micro Integrator. */
export const SHIPPED_HANDLERS: ReadonlyMap<string, new () => EntitlementCallbackHandler> = new Map<
  string,
  new () => EntitlementCallbackHandler
>([
  ['UTEntitlementCallbackHandler', UTEntitlementCallbackHandler],
  ['X509EntitlementCallbackHandler', X509EntitlementCallbackHandler],
  ['SAMLEntitlementCallbackHandler', SAMLEntitlementCallbackHandler],
  ['KerberosEntitlementCallbackHandler', KerberosEntitlementCallbackHandler],
  ['EntitlementCallbackHandler', EntitlementCallbackHandler],
])
