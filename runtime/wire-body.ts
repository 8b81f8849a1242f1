import type { Readable } from 'node:stream'
import { collect } from './collect.ts'
import { Fault } from './fault.ts'
import { decode } from './formats/coding.ts'
import { parameterOf } from './formats/media-type.ts'
import { soapTape } from './formats/soap-tape.ts'
import { Headers } from './headers.ts'
import type { SoapVersion } from './soap/envelope.ts'
import { EnvelopeScan, type Peek, type PeekedEnvelope } from './xml/envelope-scan.ts'
import type { Tape } from './xml/tape.ts'

/**
 * A body as it came: a stream that nobody has read, or bytes, with the views that need no tree. Copies of a message share it,
 * since nothing in it changes once it is in memory.
 */
export class WireBody {
  /** Announced or known length. */
  readonly length: number | undefined
  readonly contentType: string | undefined
  bytes: Buffer | undefined
  #stream: Readable | undefined
  /** The fields as they came; a flow may have written others since. */
  readonly #fields: readonly string[]
  #content: Buffer | undefined
  #scan: PeekedEnvelope | null | undefined
  #tape: Tape | null | undefined
  #looked = false

  constructor(body: Buffer | Readable, fields: readonly string[], contentType: string | undefined, length?: number) {
    if (Buffer.isBuffer(body)) this.bytes = body
    else this.#stream = body
    this.#fields = fields
    this.contentType = contentType
    this.length = this.bytes?.length ?? length
  }

  get headers(): Headers {
    return new Headers(this.#fields)
  }

  /** Somebody has looked into the body by a scan. */
  get read(): boolean {
    return this.#looked
  }

  /** Version of the envelope, so far as a scan can tell. */
  get soapVersion(): SoapVersion | undefined {
    return this.#scanned?.soap
  }

  /** There is an envelope for certain, so far as that can be told without parsing. */
  get enveloped(): boolean {
    return this.headers.has('SOAPAction') || this.soapVersion !== undefined
  }

  build(limit: number, count?: (bytes: number) => void): void | Promise<void> {
    if (this.bytes !== undefined) return undefined
    return collect(this.#unread(), limit, count).then((bytes) => {
      this.#stream = undefined
      this.bytes = bytes
    })
  }

  /** Bytes, or the stream, which can be taken once. */
  take(): Buffer | Readable {
    if (this.bytes !== undefined) return this.bytes
    const stream = this.#unread()
    this.#stream = undefined
    return stream
  }

  /** The bytes without Content-Encoding. */
  content(limit: number): Buffer {
    if (this.#content !== undefined) return this.#content
    const { bytes } = this
    if (bytes === undefined)
      throw new Fault(601000, 'the body of the message has not been read, or has already been sent on')
    return (this.#content = decode(bytes, this.#encoding, limit))
  }

  /** Undefined for what a scan cannot tell, such as a compressed body. */
  get peek(): Peek | undefined {
    this.#looked = true
    return this.#scanned
  }

  get tape(): Tape | undefined {
    if (this.#tape === undefined && this.bytes !== undefined) {
      this.#tape = (this.peek?.soap === undefined ? undefined : soapTape(this.bytes, this.contentType)) ?? null
    }
    return this.#tape ?? undefined
  }

  /** Whether the text may occur in the SOAP header: false is certain, true is not. */
  mentions(text: string): boolean {
    const { bytes } = this
    if (bytes === undefined) return false
    const tags = this.#scanned?.tags
    if (tags?.headed === false) return false
    const head = bytes.subarray(0, tags?.body.at)
    // Compression, UTF-16 and UTF-32 hide the text from a search for bytes.
    return (
      head.includes(text) || this.#encoding !== undefined || head[0] === 0 || head[1] === 0 || (head[0] ?? 0) >= 0xfe
    )
  }

  get #scanned(): PeekedEnvelope | undefined {
    if (this.#scan === undefined && this.bytes !== undefined) {
      const charset = parameterOf(this.contentType, 'charset')
      this.#scan = (this.#encoding === undefined ? new EnvelopeScan(this.bytes).run(charset) : undefined) ?? null
    }
    return this.#scan ?? undefined
  }

  get #encoding(): string | undefined {
    return this.headers.get('content-encoding')
  }

  #unread(): Readable {
    if (this.#stream === undefined) throw new Fault(601000, 'the body of the message has already been sent on')
    return this.#stream
  }
}

/** A multipart body has at least one part, so nothing at all is not one. Throws Fault 601000. */
export function refuseNoParts(headers: Headers): void {
  if (/^\s*multipart\//i.test(headers.get('content-type') ?? ''))
    throw new Fault(601000, 'the body announced as multipart is empty')
}
