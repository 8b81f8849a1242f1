/** What the services of Identity Server send: texts, lists of texts, structs of these by field number. */
export type ThriftValue = string | readonly string[] | ThriftStruct
export type ThriftStruct = ReadonlyMap<number, ThriftValue>

export type ThriftKind = 'call' | 'reply' | 'exception' | 'oneway'

export interface ThriftMessage {
  readonly kind: ThriftKind
  readonly name: string
  readonly sequence: number
  readonly body: ThriftStruct
}

/** Message kinds by their number on the wire, which starts with 1. */
export const THRIFT_KINDS: readonly ThriftKind[] = ['call', 'reply', 'exception', 'oneway']

/** The bytes are not what the protocol allows. */
export class ThriftError extends Error {}

/** The message goes on behind the bytes that are there: at least `needed` of them have to come. */
export class Incomplete extends Error {
  readonly needed: number

  constructor(needed: number) {
    super('the message is not complete')
    this.needed = needed
  }
}

/** What one message may hold. */
export const THRIFT_LIMITS = { depth: 8, elements: 1000 } as const

/** Reads a buffer forwards; throws Incomplete at its end, ThriftError behind `limit`. */
export class ByteReader {
  readonly #bytes: Buffer
  readonly #limit: number
  #at = 0
  #elements = 0

  constructor(bytes: Buffer, limit: number) {
    this.#bytes = bytes
    this.#limit = limit
  }

  /** How many bytes have been read. */
  get position(): number {
    return this.#at
  }

  take(length: number): Buffer {
    const end = this.#at + length
    if (length < 0 || end > this.#limit) throw new ThriftError('the message is too long')
    if (end > this.#bytes.length) throw new Incomplete(end)
    const taken = this.#bytes.subarray(this.#at, end)
    this.#at = end
    return taken
  }

  byte(): number {
    return this.take(1).readUInt8()
  }

  /** Counts what is nested or listed, so that no message asks for more work than it has bytes to pay for. */
  element(count = 1): void {
    this.#elements += count
    if (count < 0 || this.#elements > THRIFT_LIMITS.elements) throw new ThriftError('the message has too many parts')
  }
}
