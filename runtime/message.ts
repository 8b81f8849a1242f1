import type { Readable } from 'node:stream'
import { Fault } from './fault.ts'
import { buildInfoset, type Infoset, jsonOf, treeOf } from './formats/builders.ts'
import { Headers } from './headers.ts'
import type { JsonValue } from './json/value.ts'
import type { MimePart } from './mime/index.ts'
import { cloneDocument } from './soap/envelope.ts'
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
  /** MIME parts beside the root part, by Content-ID. Filled when a multipart message is built. */
  attachments = new Map<string, MimePart>()
  #form: Form
  #stream: Readable | undefined
  #length: number | undefined
  #bytes: Buffer | undefined
  #infoset: Infoset | undefined
  #json: JsonValue | undefined
  #tape: Tape | null | undefined
  #peek: Peek | null | undefined
  #shared = false

  private constructor(headers: Headers, contentType: string | undefined, form: Form) {
    this.headers = headers
    this.contentType = contentType
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
    message.#infoset = { tree }
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
    if (this.#form === 'json') return true
    return this.#form === 'bytes' && isJsonType(this.contentType)
  }

  /** Reads the body into memory; a promise only when something has to be waited for. Throws or rejects with Fault 601000 or 101001. */
  build(limit: number): void | Promise<void> {
    if (this.#form !== 'stream') return undefined
    const stream = this.#stream
    if (stream === undefined) throw new Fault(601000, 'the body of the message has already been sent on')
    return collect(stream, limit).then((bytes) => {
      this.#stream = undefined
      this.#bytes = bytes
      this.#form = 'bytes'
    })
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
    if (this.#peek === undefined) this.#peek = (this.bytes && peekEnvelope(this.bytes)) ?? null
    return this.#peek ?? undefined
  }

  /** Read-only view of an unchanged UTF-8 SOAP message, cheaper than a tree; undefined when there is none. */
  get tape(): Tape | undefined {
    if (this.#form !== 'bytes' || this.#infoset !== undefined || this.#bytes === undefined) return undefined
    if (this.#tape === undefined) this.#tape = this.peek?.soap === undefined ? null : (createTape(this.#bytes) ?? null)
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
    this.#infoset = { tree }
    this.#shared = false
    this.#changed('tree')
  }

  /** The JSON value: of a JSON payload, else made from the first body child. Do not change it. */
  get json(): JsonValue {
    if (this.#json === undefined)
      this.#json = this.isJson ? jsonOf(this.#bytes ?? Buffer.alloc(0), this.contentType) : treeOf.json(this.tree)
    return this.#json
  }

  setJson(value: JsonValue): void {
    this.#json = value
    this.#infoset = undefined
    this.#changed('json')
  }

  /** Replaces the body by nothing. */
  clear(): void {
    this.#infoset = undefined
    this.#json = undefined
    this.attachments = new Map()
    this.#changed('none')
  }

  /** A copy for another branch; costs nothing until one of both changes. The message must have been built. */
  fork(): Message {
    if (this.#form === 'stream') throw new Fault(0, 'a message must be built before it is copied')
    const copy = new Message(this.headers.clone(), this.contentType, this.#form)
    copy.revision = this.revision
    copy.attachments = new Map(this.attachments)
    copy.#bytes = this.#bytes
    copy.#length = this.#length
    copy.#json = this.#json
    copy.#tape = this.#tape
    copy.#peek = this.#peek
    if (this.#infoset !== undefined) copy.#infoset = { ...this.#infoset }
    this.#shared = this.#infoset !== undefined
    copy.#shared = this.#shared
    return copy
  }

  #view(): Infoset {
    return (this.#infoset ??=
      this.#form === 'json' && this.#json !== undefined
        ? treeOf.value(this.#json)
        : buildInfoset(this.#bytes, this.contentType, this.headers, this.attachments))
  }

  #changed(form: Form): void {
    this.revision++
    this.#form = form
    this.#bytes = undefined
    this.#stream = undefined
    this.#length = undefined
    this.#tape = undefined
    this.#peek = undefined
    if (form === 'tree') this.#json = undefined
  }
}

const isJsonType = (contentType: string | undefined): boolean =>
  contentType !== undefined && /^\s*application\/(?:[\w.-]+\+)?json\b/i.test(contentType)

function collect(stream: Readable, limit: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let size = 0
    const fail = (fault: Fault) => {
      stream.destroy()
      reject(fault)
    }
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size > limit) fail(new Fault(601000, `the body is larger than the limit of ${limit} bytes`))
      else chunks.push(chunk)
    })
    stream.once('end', () =>
      resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, size)),
    )
    stream.once('error', (cause) =>
      reject(cause instanceof Fault ? cause : new Fault(101001, 'the body ended early', { cause })),
    )
    stream.once('close', () => reject(new Fault(101001, 'the body ended early')))
  })
}
