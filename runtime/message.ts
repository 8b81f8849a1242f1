import type { Readable } from 'node:stream'
import { Fault } from './fault.ts'
import { buildInfoset, jsonInfoset, payloadJson, readJson } from './formats/builders.ts'
import type { Infoset } from './formats/infoset.ts'
import { formatOf, isJsonType, isSoapType, mediaType, soapVersionOf } from './formats/media-type.ts'
import { Headers } from './headers.ts'
import type { JsonValue } from './json/value.ts'
import type { MimePart } from './mime/index.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { cloneDocument, createEnvelope, soapVersion, type SoapVersion } from './soap/envelope.ts'
import { WireBody, refuseNoParts } from './wire-body.ts'
import type { Peek } from './xml/peek.ts'
import type { Tape } from './xml/tape.ts'
import type { XmlDocument } from './xml/tree.ts'

/** What is authoritative: the bytes as they came (or a stream of them), the tree, a JSON value, or nothing at all. */
type Form = 'wire' | 'tree' | 'json' | 'none'

/**
 * A message: header fields and a body in one of three depths. Nothing is parsed until somebody asks, a view once made is
 * kept, and `revision` tells whether the body is still what came in. Views are read-only; `edit*` and `set*` change the body
 * and drop the other views. Except for `build` everything is synchronous and needs a built message.
 */
export class Message {
  readonly headers: Headers
  /** Content-Type that describes the bytes; after a change the formatter's choice (language reference, section 6). */
  contentType: string | undefined
  /** Content-Type that the message came with, whatever became of it. */
  readonly originalType: string | undefined
  /** Counts changes of the body. 0: as it came. */
  revision = 0
  /** Status and reason phrase of the back end's answer that this message is; undefined for a request (axis2 HTTP_SC). */
  status: number | undefined = undefined
  reason: string | undefined = undefined
  /** Path and query of the request line that brought the message; its parameters belong to a form. */
  target: string | undefined = undefined
  settings: Settings = DEFAULT_SETTINGS
  #form: Form
  #wire: WireBody | undefined
  #infoset: Infoset | undefined
  #json: JsonValue | undefined
  #attachments: Map<string, MimePart> | undefined
  #rest: boolean | undefined
  #shared = false

  private constructor(headers: Headers, contentType: string | undefined, form: Form) {
    this.headers = headers
    this.contentType = contentType
    this.originalType = contentType
    this.#form = form
  }

  /** A message without a body. */
  static empty(headers = new Headers()): Message {
    return new Message(headers, undefined, 'none')
  }

  static ofBytes(bytes: Buffer, headers: Headers, contentType = headers.get('content-type')): Message {
    const message = new Message(headers, contentType, 'wire')
    message.#wire = new WireBody(bytes, headers.raw, contentType)
    return message
  }

  /** `length` is the announced Content-Length, when there is one. */
  static ofStream(stream: Readable, headers: Headers, length?: number, type = headers.get('content-type')): Message {
    const message = new Message(headers, type, 'wire')
    message.#wire = new WireBody(stream, headers.raw, type, length)
    return message
  }

  static ofTree(tree: XmlDocument, headers = new Headers(), contentType?: string): Message {
    const message = new Message(headers, contentType, 'tree')
    message.#rest = contentType !== undefined && !isSoapType(contentType)
    message.#infoset = { tree, rest: message.#rest }
    return message
  }

  static ofJson(value: JsonValue, headers = new Headers(), contentType = 'application/json'): Message {
    const message = new Message(headers, contentType, 'json')
    message.#json = value
    return message
  }

  /** No body at all (axis2 NO_ENTITY_BODY). */
  get empty(): boolean {
    return this.#form === 'none'
  }

  /** The body is in memory, so that views can be asked for. */
  get built(): boolean {
    return this.#form !== 'wire' || this.#wire?.bytes !== undefined
  }

  /** Somebody has looked into the body. */
  get read(): boolean {
    return this.#infoset !== undefined || this.#json !== undefined || this.#wire?.read === true
  }

  /** The payload is JSON: its JSON value is authoritative, or the bytes are JSON. */
  get isJson(): boolean {
    return (
      this.#form === 'json' ||
      (this.#form === 'wire' && this.#wire?.bytes !== undefined && isJsonType(this.contentType))
    )
  }

  /** Content-Type in lower case without parameters. */
  get mediaType(): string | undefined {
    return this.contentType === undefined ? undefined : mediaType(this.contentType)
  }

  /** The payload came without an envelope (POX, JSON, form …), so that text/xml means plain XML; axis2 calls it doingREST. */
  get rest(): boolean {
    return (this.#rest ??= this.#isRest()) ?? false
  }

  /** Version of the envelope, as far as it is known without building the message. */
  get soapVersion(): SoapVersion {
    if (this.#infoset !== undefined) return soapVersion(this.#infoset.tree)
    return this.#wire?.soapVersion ?? soapVersionOf(this.contentType)
  }

  /** MIME parts beside the root part, by Content-ID. Filled when a multipart message is built. */
  get attachments(): Map<string, MimePart> {
    return (this.#attachments ??= new Map())
  }

  /** Reads the body into memory, as `ctx.build()` does within the limits of the bus; `count` is told each piece and may throw. */
  build(limit: number, count?: (bytes: number) => void): void | Promise<void> {
    if (this.empty && this.revision === 0) refuseNoParts(this.headers)
    return this.#wire?.build(limit, count)?.catch((thrown: unknown) => this.#blame(thrown))
  }

  /** The bytes as they came, or undefined when the body was changed, is a stream or is empty. */
  get bytes(): Buffer | undefined {
    return this.#wire?.bytes
  }

  /** Announced or known length of an unchanged body. */
  get length(): number | undefined {
    return this.#wire?.length
  }

  /** Takes the body for sending it on unchanged: bytes or the unread stream. A stream can be taken once. */
  takeRaw(): Buffer | Readable | undefined {
    return this.#wire?.take()
  }

  /** Whether the text may occur in the SOAP header: false is certain, true is not. A cheap question before an expensive one. */
  mentions(text: string): boolean {
    return this.#wire?.mentions(text) ?? this.#form === 'tree'
  }

  /** SOAP version and first body child (or root) seen by a scan of the bytes; undefined when a scan cannot tell. */
  get peek(): Peek | undefined {
    return this.#wire?.peek
  }

  /** Read-only view of an unchanged UTF-8 SOAP message, cheaper than a tree; undefined when there is none. */
  get tape(): Tape | undefined {
    return this.#infoset === undefined ? this.#wire?.tape : undefined
  }

  /** The message as Synapse sees it: always a SOAP envelope, made around POX, JSON, text and form bodies. Do not change it. */
  get tree(): XmlDocument {
    return this.#view().tree
  }

  /** The envelope, to be changed: the message becomes XML, bytes and JSON are dropped. */
  editTree(): XmlDocument {
    const infoset = this.#view()
    if (this.#shared) {
      infoset.tree = cloneDocument(infoset.tree)
      this.#shared = false
    }
    this.#changed('tree')
    return infoset.tree
  }

  setTree(tree: XmlDocument): void {
    this.#infoset = { tree, rest: this.rest }
    this.#shared = false
    this.#changed('tree')
  }

  /** The JSON value: of a JSON payload, else made from the first body child. Do not change it. */
  get json(): JsonValue {
    if (this.#json !== undefined) return this.#json
    const bytes = this.isJson ? this.#content() : undefined
    if (bytes === undefined || bytes.length === 0) return (this.#json = payloadJson(this.tree, this.settings))
    return (this.#json = this.#blaming(() => readJson(bytes, this.contentType)))
  }

  setJson(value: JsonValue): void {
    this.#changed('json')
    this.#json = value
    this.#infoset = undefined
    this.#rest = true
    if (!isJsonType(this.contentType)) this.contentType = 'application/json'
  }

  /** Replaces the body by bytes that are of that type already, such as JSON text that a flow wrote; they leave as they are. */
  setBytes(bytes: Buffer, contentType: string): void {
    this.#rest = this.rest
    this.#changed('wire')
    this.headers.delete('content-encoding')
    this.#wire = new WireBody(bytes, [], contentType)
    this.#infoset = undefined
    this.#json = undefined
    this.contentType = contentType
  }

  /** Replaces the body by an empty envelope of the same version: what a fault handler gets instead of a body that cannot be read. */
  blank(): void {
    this.#rest ??= !isSoapType(this.contentType)
    this.setTree(createEnvelope(this.soapVersion))
  }

  /** Replaces the body by nothing. */
  clear(): void {
    this.#infoset = undefined
    this.#json = undefined
    this.#attachments = undefined
    this.#changed('none')
  }

  /** A copy for another branch; costs nothing until one of both changes. The message must have been built. */
  fork(): Message {
    if (!this.built) throw new Fault(0, 'a message must be built before it is copied')
    const copy = new Message(this.headers.clone(), this.contentType, this.#form)
    copy.revision = this.revision
    copy.status = this.status
    copy.reason = this.reason
    copy.target = this.target
    copy.settings = this.settings
    copy.#wire = this.#wire
    copy.#json = this.#json
    copy.#rest = this.#rest
    if (this.#attachments !== undefined) copy.#attachments = new Map(this.#attachments)
    if (this.#infoset !== undefined) copy.#infoset = { ...this.#infoset }
    this.#shared = this.#infoset !== undefined
    copy.#shared = this.#shared
    return copy
  }

  #content(): Buffer | undefined {
    return this.#blaming(() => this.#wire?.content(this.settings.limits.body))
  }

  #view(): Infoset {
    if (this.#infoset !== undefined) return this.#infoset
    const { contentType, target, settings, attachments } = this
    const bytes = this.#content()
    if (this.#form === 'json' || (this.isJson && bytes?.length !== 0))
      return (this.#infoset = jsonInfoset(this.json, this))
    const headers = this.#wire?.headers ?? this.headers
    const infoset = this.#blaming(() => buildInfoset({ bytes, contentType, headers, target, settings, attachments }))
    this.#rest ??= infoset.rest
    return (this.#infoset = infoset)
  }

  /** What a client sent is the client's fault; what a back end answered, or a flow made, is not. */
  #blaming<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      return this.#blame(thrown)
    }
  }

  #blame(thrown: unknown): never {
    if (thrown instanceof Fault && thrown.code !== 'bodies-full')
      thrown.blamesClient = this.status === undefined && this.revision === 0
    throw thrown
  }

  /** Undefined: not to be known before the body is there. */
  #isRest(): boolean | undefined {
    if (this.#infoset !== undefined) return this.#infoset.rest
    const format = formatOf(this.contentType)
    if (format !== 'soap11' && format !== 'related') return format !== 'soap12'
    if (this.#wire === undefined || this.#wire.enveloped) return false
    if (this.#wire.bytes === undefined) return undefined
    try {
      return this.#view().rest
    } catch {
      // Nobody asked for the body, so that it is malformed is no news here.
      return false
    }
  }

  #changed(form: Form): void {
    this.revision++
    this.#form = form
    this.#wire = undefined
    if (form === 'tree') this.#json = undefined
  }
}
