import { createCipheriv, createDecipheriv } from 'node:crypto'

const BLOCK = 16
const ZERO_IV = Buffer.alloc(BLOCK)

/**
 * AES in CBC mode with ciphertext stealing, the last two blocks always swapped (RFC 3962, section 5; CBC-CS3), from an IV of
 * zeros. At least one block goes in.
 */
export function encryptCts(key: Buffer, plain: Buffer): Buffer {
  const blocks = Math.ceil(plain.length / BLOCK)
  const padded = Buffer.concat([plain, Buffer.alloc(blocks * BLOCK - plain.length)])
  const encrypted = cbc(createCipheriv(cipherName(key), key, ZERO_IV), padded)
  if (blocks === 1) return encrypted
  const at = (blocks - 2) * BLOCK
  const last = encrypted.subarray(at + BLOCK)
  const stolen = encrypted.subarray(at, at + plain.length - at - BLOCK)
  return Buffer.concat([encrypted.subarray(0, at), last, stolen])
}

export function decryptCts(key: Buffer, cipher: Buffer): Buffer {
  if (cipher.length < BLOCK) throw new RangeError('there is less than a block to decrypt')
  const blocks = Math.ceil(cipher.length / BLOCK)
  if (blocks === 1) return cbc(createDecipheriv(cipherName(key), key, ZERO_IV), cipher)
  const at = (blocks - 2) * BLOCK
  const last = cipher.subarray(at, at + BLOCK)
  const stolen = cipher.subarray(at + BLOCK)
  // The padding of the block before the last was zeros, so that its missing bytes are what the last one decrypts to.
  const raw = cbc(createDecipheriv(`aes-${key.length * 8}-ecb`, key, null), last)
  const before = Buffer.concat([stolen, raw.subarray(stolen.length)])
  const whole = cbc(
    createDecipheriv(cipherName(key), key, ZERO_IV),
    Buffer.concat([cipher.subarray(0, at), before, last]),
  )
  return whole.subarray(0, cipher.length)
}

const cipherName = (key: Buffer): string => `aes-${key.length * 8}-cbc`

function cbc(cipher: ReturnType<typeof createCipheriv> | ReturnType<typeof createDecipheriv>, data: Buffer): Buffer {
  cipher.setAutoPadding(false)
  return Buffer.concat([cipher.update(data), cipher.final()])
}
