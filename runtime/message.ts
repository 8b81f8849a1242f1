import type { Readable } from 'node:stream'
import { collect } from './collect.ts'
import { Fault } from './fault.ts'
import { buildInfoset, jsonInfoset, readJson } from './formats/builders.ts'
import { decode } from './formats/coding.ts'
import type { Content, Infoset } from './formats/infoset.ts'
import { formatOf, isJsonType, mediaType } from './formats/media-type.ts'
import { Headers } from './headers.ts'
import { xmlToJsonValue } from './json/from-xml.ts'
import { jsonMapping } from './json/mapping.ts'
import type { JsonValue } from './json/value.ts'
import type { MimePart } from './mime/index.ts'
import { DEFAULT_SETTINGS, type Settings } from './settings.ts'
import { bodyChild, cloneDocument, createEnvelope, soapVersion, type SoapVersion } from './soap/envelope.ts'
import { type Peek, peekEnvelope } from './xml/peek.ts'
import { createTape, type Tape } from './xml/tape.ts'
import type { XmlDocument } from './xml/tree.ts'

/** What is authoritative: the bytes as they came (or a stream of them), the tree, a JSON value, or nothing at all. */
type Form = 'stream' | 'bytes' | 'tree' | 'json' | 'none'

/**
 * A message: header fields and a body in one of three depths. Nothing is parsed until somebody asks, a view once made is
 * kept, and `revision` tells whether the body is still what came in. Views are read-only; `edit*` and `set*` change the body
 * and drop the other views. Except for `build` everything is synchronous and needs a built message.
 */
export class Message {
  readonly headers: Headers
  /** Content-Type that describes the bytes; after a change the formatter's choice (language reference, section 6). */
  contentType: string | undefined
  /** Counts changes of the body. 0: as it came. */
  revision = 0
  /** Status and reason phrase of the back end's answer that this message is; undefined for a request (axis2 HTTP_SC). */
  status: number | undefined = undefined
  reason: string | undefined = undefined
  /** Path and query of the request line that brought the message; its parameters belong to a form. */
  target: string | undefined = undefined
  settings: Settings = DEFAULT_SETTINGS
  /** Content-Type that the message came with, whatever became of it. */
  readonly originalType: string | undefined
  #attachments: Map<string, MimePart> | undefined
  #form: Form
  #stream: Readable | undefined
  #length: number | undefined
  #bytes: Buffer | undefined
  /** The bytes without Content-Encoding. */
  #content: Buffer | undefined
  #infoset: Infoset | undefined
  #json: JsonValue | undefined
  #tape: Tape | null | undefined
  #peek: Peek | null | undefined
  #shared = false
  #rest: boolean | undefined

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
    const message = new Message(headers, contentType, 'bytes')
    message.#bytes = bytes
    message.#length = bytes.length
    return message
  }

  /** `length` is the announced Content-Length, when there is one. */
  static ofStream(
    stream: Readable,
    headers: Headers,
    length?: number,
    contentType = headers.get('content-type'),
  ): Message {
    const message = new Message(headers, contentType, 'stream')
    message.#stream = stream
    message.#length = length
    return message
  }

  static ofTree(tree: XmlDocument, headers = new Headers(), contentType?: string): Message {
    const message = new Message(headers, contentType, 'tree')
    message.#infoset = { tree, rest: false }
    message.#rest = contentType === undefined ? false : undefined
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
    return this.#form !== 'stream'
  }

  /** The payload is JSON: its JSON value is authoritative, or the bytes are JSON. */
  get isJson(): boolean {
    return this.#form === 'json' || (this.#form === 'bytes' && isJsonType(this.contentType))
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
    return formatOf(this.contentType) === 'soap12' ? '1.2' : '1.1'
  }

  /** Somebody has looked into the body. */
  get read(): boolean {
    return (
      this.#infoset !== undefined || this.#json !== undefined || this.#tape !== undefined || this.#peek !== undefined
    )
  }

  /** MIME parts beside the root part, by Content-ID. Filled when a multipart message is built. */
  get attachments(): Map<string, MimePart> {
    return (this.#attachments ??= new Map())
  }

  /** Whether the text may occur in the body; a cheap question to ask before an expensive one. */
  mentions(text: string): boolean {
    if (this.#form !== 'bytes') return this.#form === 'tree'
    const content = this.#plain
    // UTF-16 and UTF-32 hide the text from a search for bytes.
    return (
      content !== undefined &&
      (content.includes(text) || content[0] === 0 || content[1] === 0 || (content[0] ?? 0) >= 0xfe)
    )
  }

  /** Reads the body into memory; a promise only when something has to be waited for. Throws or rejects with Fault 601000 or 101001. */
  build(limit: number): void | Promise<void> {
    if (this.#form !== 'stream') return undefined
    const stream = this.#stream
    if (stream === undefined) throw new Fault(601000, 'the body of the message has already been sent on')
    return collect(stream, limit).then(
      (bytes) => {
        this.#stream = undefined
        this.#bytes = bytes
        this.#form = 'bytes'
      },
      (thrown: unknown) =>
        this.#guarded(() => {
          throw thrown
        }),
    )
  }

  /** The bytes as they came, or undefined when the body was changed, is a stream or is empty. */
  get bytes(): Buffer | undefined {
    return this.#form === 'bytes' ? this.#bytes : undefined
  }

  /** Announced or known length of an unchanged body. */
  get length(): number | undefined {
    return this.#length
  }

  /** Takes the body for sending it on unchanged: bytes or the unread stream. A stream can be taken once. */
  takeRaw(): Buffer | Readable | undefined {
    if (this.#form === 'bytes') return this.#bytes
    if (this.#form !== 'stream') return undefined
    const stream = this.#stream
    if (stream === undefined) throw new Fault(601000, 'the body of the message has already been sent on')
    this.#stream = undefined
    return stream
  }

  /** SOAP version and first body child (or root) seen by a scan of the bytes; undefined when a scan cannot tell. */
  get peek(): Peek | undefined {
    if (this.#peek === undefined && this.#form === 'bytes')
      this.#peek = (this.#plain && peekEnvelope(this.#plain)) ?? null
    return this.#peek ?? undefined
  }

  /** Read-only view of an unchanged UTF-8 SOAP message, cheaper than a tree; undefined when there is none. */
  get tape(): Tape | undefined {
    if (this.#form !== 'bytes' || this.#infoset !== undefined || this.#bytes === undefined) return undefined
    if (this.#tape === undefined)
      this.#tape = this.peek?.soap === undefined ? null : (createTape(this.#plain ?? this.#bytes) ?? null)
    return this.#tape ?? undefined
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
    const bytes = this.isJson ? this.#plain : undefined
    return (this.#json =
      bytes === undefined || bytes.length === 0
        ? this.#fromTree()
        : this.#guarded(() => readJson(bytes, this.contentType)))
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
    const { rest } = this
    this.#changed('bytes')
    this.#bytes = bytes
    this.#length = bytes.length
    this.#infoset = undefined
    this.#json = undefined
    this.#rest = rest
    this.contentType = contentType
    this.headers.delete('content-encoding')
  }

  /** Replaces the body by an empty envelope of the same version: what a fault handler gets instead of a body that cannot be read. */
  blank(): void {
    const version = this.soapVersion
    this.#rest ??= formatOf(this.contentType) !== 'soap11' && formatOf(this.contentType) !== 'soap12'
    this.setTree(createEnvelope(version))
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
    if (this.#form === 'stream') throw new Fault(0, 'a message must be built before it is copied')
    const copy = new Message(this.headers.clone(), this.contentType, this.#form)
    copy.revision = this.revision
    copy.status = this.status
    copy.reason = this.reason
    copy.target = this.target
    copy.settings = this.settings
    if (this.#attachments !== undefined) copy.#attachments = new Map(this.#attachments)
    copy.#rest = this.#rest
    copy.#bytes = this.#bytes
    copy.#content = this.#content
    copy.#length = this.#length
    copy.#json = this.#json
    copy.#tape = this.#tape
    copy.#peek = this.#peek
    if (this.#infoset !== undefined) copy.#infoset = { ...this.#infoset }
    this.#shared = this.#infoset !== undefined
    copy.#shared = this.#shared
    return copy
  }

  /** The bytes that views are made from. */
  get #plain(): Buffer | undefined {
    if (this.#content !== undefined || this.#bytes === undefined) return this.#content
    const bytes = this.#bytes
    const encoding = this.headers.get('content-encoding')
    if (encoding === undefined) return (this.#content = bytes)
    return (this.#content = this.#guarded(() => decode(bytes, encoding, this.settings.limits.body)))
  }

  #view(): Infoset {
    if (this.#infoset !== undefined) return this.#infoset
    if (this.#form === 'stream')
      throw new Fault(601000, 'the body of the message has not been read, or has already been sent on')
    const { contentType, headers, target, settings, attachments } = this
    const content: Content = { bytes: this.#plain, contentType, headers, target, settings, attachments }
    const json = this.#json ?? (this.isJson && this.#plain?.length !== 0 ? this.json : undefined)
    const infoset = json === undefined ? this.#guarded(() => buildInfoset(content)) : jsonInfoset(json, content)
    this.#rest ??= infoset.rest
    return (this.#infoset = infoset)
  }

  /** What a client sent is the client's fault; what a back end answered is not. */
  #guarded<T>(read: () => T): T {
    try {
      return read()
    } catch (thrown) {
      if (thrown instanceof Fault) thrown.blamesClient = this.status === undefined && this.revision === 0
      throw thrown
    }
  }

  /** Undefined: not to be known before the body is there. */
  #isRest(): boolean | undefined {
    if (this.#infoset !== undefined) return this.#infoset.rest
    const format = formatOf(this.contentType)
    if (format === 'soap12') return false
    if (format !== 'soap11' && format !== 'related') return true
    if (format === 'soap11' && this.headers.has('SOAPAction')) return false
    if (this.#form !== 'bytes') return this.#form === 'stream' ? undefined : false
    if (this.peek?.soap !== undefined) return false
    try {
      return this.#view().rest
    } catch (thrown) {
      // Nobody asked for the body, so that it is malformed is no news here.
      if (thrown instanceof Fault) return false
      throw thrown
    }
  }

  #fromTree(): JsonValue {
    const payload = bodyChild(this.tree)
    return payload === undefined ? null : xmlToJsonValue(payload, jsonMapping(this.settings.properties))
  }

  #changed(form: Form): void {
    this.revision++
    this.#form = form
    this.#bytes = undefined
    this.#content = undefined
    this.#stream = undefined
    this.#length = undefined
    this.#tape = undefined
    this.#peek = undefined
    if (form === 'tree') this.#json = undefined
  }
}
