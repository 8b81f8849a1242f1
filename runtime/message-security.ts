import type { MessageContext } from './context.ts'
import type { Span } from './diagnostic.ts'
import type { Mediator } from './mediator.ts'
import type { MimePart } from './mime/index.ts'
import type { XmlDocument, XmlElement } from './xml/tree.ts'

/** WS-Security for services and for calls: compiled from policies once per deployment. */
export interface MessageSecurity {
  /** The security of a proxy; undefined when its policies ask for none. Mistakes are reported. */
  service(request: ServiceSecurityRequest): ServiceSecurity | undefined
  /** The security of calls to a back end; undefined when something is wrong, which is reported. */
  client(request: ClientSecurityRequest): ClientSecurity | undefined
}

/** A policy that is attached to a service, an operation or the messages of one direction. */
export interface PolicyAttachment {
  /** Local entry, registry key, `file:` or the name of a file in `policies/`; or the policy itself. */
  readonly policy: string | XmlElement
  /** Undefined: both directions. */
  readonly direction?: 'in' | 'out' | undefined
  /** Local name; undefined: every operation. */
  readonly operation?: string | undefined
  readonly at: Span
}

export interface ServiceSecurityRequest {
  /** Name of the proxy: replays and logs are told apart by it. */
  readonly service: string
  /** `ServiceURI`: where it is reached, beside `/services/<name>`. */
  readonly path?: string | undefined
  readonly policies: readonly PolicyAttachment[]
  /** The policies are enforced (`<enableSec/>`), not only published. */
  readonly enforced: boolean
  /** Roles of the user that may call; undefined: as the policy says. */
  readonly allowRoles?: readonly string[] | undefined
  /** Operations by SOAP action, where the description of the service knows them. */
  readonly operationOf?: ((action: string) => string | undefined) | undefined
  /** Elements that hold base64Binary, as `{namespace}name`: what is decrypted there can leave as an attachment. */
  readonly binaryElements?: ReadonlySet<string> | undefined
  /** The parameter `saml-issuer-config`: the service is a token service too, as with Rampart. */
  readonly tokenIssuer?: XmlElement | undefined
  readonly at: Span
}

/** What a secured service does with its messages. */
export interface ServiceSecurity {
  /** Verifies a request before `flow` sees it; what was proved is in the axis2 scope then. */
  guard(flow: Mediator): Mediator
  /** How the answer in `ctx` is secured; undefined when it leaves as it is. */
  seal(ctx: MessageContext): Seal | undefined
  /** Policies as they are published, merged for the service: `?policy`, `?wsdl`. */
  readonly published: readonly XmlElement[]
}

export interface ClientSecurityRequest {
  /** For logs. */
  readonly name: string
  /** Of requests, and of answers; each may be an expression in braces. */
  readonly outbound: string | undefined
  readonly inbound: string | undefined
  readonly element: XmlElement
  readonly at: Span
}

/** The security of calls to one back end. */
export interface ClientSecurity {
  /** Prepares one call to `url`; a promise where passwords or tokens have to be asked for. Throws or rejects with a Fault. */
  begin(ctx: MessageContext, url: string): SecuredCall | Promise<SecuredCall>
}

/** One request and its answer. */
export interface SecuredCall {
  readonly seal: Seal
  /** Verifies the answer, which must have been built. Throws or rejects with a Fault. */
  open(answer: MessageContext): void | Promise<void>
}

/** Secures an envelope that is about to leave. It is the last to change it. */
export interface Seal {
  /** Whether binary content leaves as MTOM parts; undefined: as endpoint and properties say. */
  readonly optimize: 'mtom' | undefined
  /** Returns the attachments as they leave, by Content-ID; undefined: unchanged. */
  apply(envelope: XmlDocument): ReadonlyMap<string, MimePart> | undefined
}

/** A password callback: a module in `mediators/` that exports a function of this form. Undefined: no such user. */
export type PasswordCallback = (request: PasswordRequest) => string | undefined | Promise<string | undefined>

export interface PasswordRequest {
  /** Name of a user, or alias of a private key. */
  readonly user: string
  /** `key`: the private key is wanted when the configuration is read, so the answer cannot be a promise. */
  readonly usage: 'username-token' | 'key'
}
