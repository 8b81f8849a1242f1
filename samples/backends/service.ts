import type { IncomingMessage } from 'node:http'
import type { XmlElement } from 'viaduct'

/** A binary part beside the root part of a multipart/related message; `id` is its Content-ID without angle brackets. */
export interface Attachment {
  readonly id: string
  readonly contentType: string
  readonly bytes: Buffer
}

/** One call of an operation, whatever form the request had on the wire. */
export interface Invocation {
  readonly operation: string
  /** First element of the SOAP body or the whole POX document; absent when the body is empty. */
  readonly wrapper: XmlElement | undefined
  readonly attachments: ReadonlyMap<string, Attachment>
  /** State of the client's HTTP session; reading it starts one. */
  readonly session: Map<string, string>
  /** Name of the server that runs the service, as `axis2server.sh -name` gives it. */
  readonly server: string | undefined
}

/** What goes into the SOAP body, as XML text, and the parts that travel beside it. */
export interface Answer {
  readonly body: string
  readonly attachments?: readonly Attachment[]
  /** `mtom`: `xop:Include` elements in the body refer to the attachments; `swa`: they only stand beside it. */
  readonly packaging?: 'mtom' | 'swa'
}

/** Returns the content of the answer's body, or undefined for an in-only operation (HTTP 202). */
export type Operation = (call: Invocation) => Answer | string | undefined | Promise<Answer | string | undefined>

/** A service below `/services/<name>`, called by SOAP 1.1, SOAP 1.2, plain XML or a query string. */
export interface SoapService {
  readonly kind: 'soap'
  readonly name: string
  readonly namespace: string
  readonly operations: ReadonlyMap<string, Operation>
  readonly wsdl: WsdlParts
}

/** What a service adds to the frame that `printWsdl` writes. */
export interface WsdlParts {
  /** `xs:schema` elements; the prefixes `xs`, `ns` (operations) and `ax21` (types, where used) are declared. */
  readonly schemas: string
  readonly inOnly?: readonly string[]
  /** Operation name to the local name of its fault element. */
  readonly faults?: ReadonlyMap<string, string>
}

/** An answer of a plain HTTP service. */
export interface HttpAnswer {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Buffer
}

/** A service without SOAP, for every path that starts with `path`. */
export interface HttpService {
  readonly kind: 'http'
  readonly name: string
  readonly path: string
  handle(request: IncomingMessage, url: URL, body: Buffer): HttpAnswer
}

export type SampleService = SoapService | HttpService

interface FaultDetails {
  /** XML text inside the detail element. */
  readonly detail?: string
  readonly subcode?: string
  readonly node?: string
  readonly role?: string
}

/** Thrown by an operation, answered as a SOAP fault with HTTP 500 in the version of the request. */
export class ServiceFault extends Error {
  readonly code: 'Client' | 'Server' | 'MustUnderstand' | 'VersionMismatch'
  readonly details: FaultDetails

  constructor(code: ServiceFault['code'], reason: string, details: FaultDetails = {}) {
    super(reason)
    this.code = code
    this.details = details
  }
}
