import { DerError } from './der-error.ts'
import { type DerClass, DerValue, TAG } from './der-value.ts'

/** What one encoding may ask for. A certificate has about 100 values, a keystore of 100 keys about 4,000. */
const LIMITS = { depth: 32, values: 100_000 }

const CLASSES: readonly DerClass[] = ['universal', 'application', 'context', 'private']

export interface DerOptions {
  /** Also reads indefinite lengths and strings in pieces (BER), which some programs write into PKCS#12 files. */
  readonly ber?: boolean
}

/** Reads one value that fills `bytes` exactly. Throws {@link DerError}. */
export function readDer(bytes: Buffer, options: DerOptions = {}): DerValue {
  const { value, end } = readDerPrefix(bytes, options)
  if (end !== bytes.length) throw new DerError('bytes follow the value')
  return value
}

/** Reads one value at the start of `bytes`, whatever follows, and tells where it ends. */
export function readDerPrefix(
  bytes: Buffer,
  options: DerOptions = {},
): { readonly value: DerValue; readonly end: number } {
  const reader = new Reader(bytes, options.ber === true)
  return { value: reader.value(bytes.length, 0), end: reader.at }
}

class Reader {
  readonly #bytes: Buffer
  readonly #ber: boolean
  #values = 0
  at = 0

  constructor(bytes: Buffer, ber: boolean) {
    this.#bytes = bytes
    this.#ber = ber
  }

  value(limit: number, depth: number): DerValue {
    if (depth > LIMITS.depth) throw new DerError('values are nested too deeply')
    if (++this.#values > LIMITS.values) throw new DerError('there are too many values')
    const start = this.at
    const first = this.#byte(limit)
    const kind = CLASSES[first >> 6] ?? 'universal'
    const constructed = (first & 0x20) !== 0
    const tag = (first & 0x1f) === 0x1f ? this.#longTag(limit) : first & 0x1f
    const length = this.#length(limit, constructed)
    const from = this.at
    if (!constructed) {
      this.at = from + (length ?? 0)
      return new DerValue(kind, tag, this.#bytes.subarray(start, this.at), this.#bytes.subarray(from, this.at))
    }
    const children = length === undefined ? this.#untilEnd(limit, depth) : this.#children(from + length, depth)
    const content = this.#bytes.subarray(from, length === undefined ? this.at - 2 : this.at)
    const encoded = this.#bytes.subarray(start, this.at)
    return this.#ber && kind === 'universal' && tag === TAG.octetString
      ? new DerValue(kind, tag, encoded, Buffer.concat(children.map((piece) => piece.octets)))
      : new DerValue(kind, tag, encoded, content, children)
  }

  #children(end: number, depth: number): DerValue[] {
    const children: DerValue[] = []
    while (this.at < end) children.push(this.value(end, depth + 1))
    return children
  }

  #untilEnd(limit: number, depth: number): DerValue[] {
    const children: DerValue[] = []
    while (this.#bytes[this.at] !== 0 || this.#bytes[this.at + 1] !== 0) children.push(this.value(limit, depth + 1))
    this.at += 2
    if (this.at > limit) throw new DerError('the value is cut short')
    return children
  }

  #byte(limit: number): number {
    const byte = this.#bytes[this.at]
    if (byte === undefined || this.at >= limit) throw new DerError('the value is cut short')
    this.at++
    return byte
  }

  #longTag(limit: number): number {
    let tag = 0
    for (let count = 0; count < 4; count++) {
      const byte = this.#byte(limit)
      if (count === 0 && byte === 0x80) break
      tag = tag * 128 + (byte & 0x7f)
      if (byte < 0x80) {
        if (tag < 0x1f) break
        return tag
      }
    }
    throw new DerError('a tag is malformed')
  }

  /** Undefined for the indefinite form. */
  #length(limit: number, constructed: boolean): number | undefined {
    const first = this.#byte(limit)
    let length = first
    if (first === 0x80) {
      if (this.#ber && constructed) return undefined
      throw new DerError('a length is indefinite')
    }
    if (first > 0x80) {
      const size = first & 0x7f
      if (size > 4) throw new DerError('a length is too large')
      length = 0
      for (let count = 0; count < size; count++) length = length * 256 + this.#byte(limit)
      if (!this.#ber && (length < 0x80 || length < 256 ** (size - 1))) throw new DerError('a length is padded')
    }
    if (this.at + length > limit) throw new DerError('the value is cut short')
    return length
  }
}
