import { hash } from 'node:crypto'

/** What a derived value is for (RFC 7292, appendix B.3). */
export const PKCS12_KEY = 1
export const PKCS12_IV = 2
export const PKCS12_MAC = 3

const BLOCK_SIZE: Readonly<Record<string, number>> = { sha1: 64, sha224: 64, sha256: 64, sha384: 128, sha512: 128 }

/** A password as PKCS#12 counts it: UTF-16BE with two zero bytes behind. */
export function pkcs12Password(password: string): Buffer {
  return Buffer.from(`${password}\0`, 'utf16le').swap16()
}

/** Derives key, IV or MAC key from a password (RFC 7292, appendix B.2). `purpose` is one of the constants above. */
export function derivePkcs12(
  digest: string,
  purpose: number,
  password: Buffer,
  salt: Buffer,
  iterations: number,
  length: number,
): Buffer {
  const block = BLOCK_SIZE[digest] ?? 64
  const diversifier = Buffer.alloc(block, purpose)
  const input = Buffer.concat([repeated(salt, block), repeated(password, block)])
  const pieces: Buffer[] = []
  for (let size = 0; size < length; size += pieces.at(-1)?.length ?? length) {
    let piece: Buffer = hash(digest, Buffer.concat([diversifier, input]), 'buffer')
    for (let round = 1; round < iterations; round++) piece = hash(digest, piece, 'buffer')
    pieces.push(piece)
    addToBlocks(input, repeated(piece, block).subarray(0, block), block)
  }
  return Buffer.concat(pieces).subarray(0, length)
}

/** Repeats bytes until they fill whole blocks; nothing stays nothing. */
function repeated(bytes: Buffer, block: number): Buffer {
  const length = block * Math.ceil(bytes.length / block)
  return length === 0 ? Buffer.alloc(0) : Buffer.alloc(length, bytes)
}

/** Adds `addend` + 1 to every block of `input`, modulo the block's size. */
function addToBlocks(input: Buffer, addend: Buffer, block: number): void {
  for (let at = 0; at < input.length; at += block) {
    let carry = 1
    for (let i = block - 1; i >= 0; i--) {
      const sum = (input[at + i] ?? 0) + (addend[i] ?? 0) + carry
      input[at + i] = sum & 0xff
      carry = sum >> 8
    }
  }
}
