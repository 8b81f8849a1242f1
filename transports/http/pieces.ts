/** So many pieces are joined into one, so that a body of one-byte chunks does not cost a hundred times its size. */
const MOST = 128

/** A body that comes in pieces. One piece, the usual case, is kept as it is. */
export class Pieces {
  size = 0
  #first: Buffer | undefined = undefined
  #more: Buffer[] | undefined = undefined

  add(piece: Buffer): void {
    this.size += piece.length
    if (this.#first === undefined) this.#first = piece
    else if (this.#more === undefined) this.#more = [this.#first, piece]
    else if (this.#more.push(piece) > MOST) this.#more = [Buffer.concat(this.#more)]
  }

  /** All of it as one; undefined when nothing came. */
  join(): Buffer | undefined {
    return this.#more === undefined ? this.#first : Buffer.concat(this.#more, this.size)
  }
}
