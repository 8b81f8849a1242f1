import { readBinary } from './binary-protocol.ts'
import { Incomplete, ThriftError, type ThriftMessage } from './thrift-value.ts'

/**
 * Gathers the pieces of messages as they come over a connection. What is there is looked at again only when as much has come as
 * the last look found missing, so that dripping costs nothing.
 */
export class MessageBuffer {
  readonly #limit: number
  #pieces: Buffer[] = []
  #length = 0
  #needed = 0

  /** `limit`: bytes of one message. */
  constructor(limit: number) {
    this.#limit = limit
  }

  get length(): number {
    return this.#length
  }

  add(piece: Buffer): void {
    this.#pieces.push(piece)
    this.#length += piece.length
  }

  /** The next message; undefined while it is not whole. Throws a ThriftError. */
  next(): ThriftMessage | undefined {
    if (this.#length === 0 || this.#length < this.#needed) return undefined
    const [first] = this.#pieces
    const bytes = first !== undefined && this.#pieces.length === 1 ? first : Buffer.concat(this.#pieces)
    try {
      const { message, length } = readBinary(bytes, this.#limit)
      this.#pieces = [bytes.subarray(length)]
      this.#length = bytes.length - length
      this.#needed = 0
      return message
    } catch (thrown) {
      if (!(thrown instanceof Incomplete)) throw thrown
      if (bytes.length >= this.#limit) throw new ThriftError('the message is too long')
      this.#pieces = [bytes]
      this.#needed = thrown.needed
      return undefined
    }
  }
}
