import { createCipheriv, createDecipheriv } from 'node:crypto'
import { XENC } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { decryptionFailure } from './cipher.ts'

interface KeyWrap {
  readonly name: string
  readonly keyLength: number
  readonly iv: Buffer
}

const aes = (name: string, keyLength: number): KeyWrap => ({ name, keyLength, iv: Buffer.alloc(8, 0xa6) })

/** Symmetric key wrap (XML Encryption 1.1 section 5.7: RFC 3394, and RFC 3217 for Triple DES). */
export const KEY_WRAPS: ReadonlyMap<string, KeyWrap> = new Map([
  [`${XENC}kw-aes128`, aes('id-aes128-wrap', 16)],
  [`${XENC}kw-aes192`, aes('id-aes192-wrap', 24)],
  [`${XENC}kw-aes256`, aes('id-aes256-wrap', 32)],
  [`${XENC}kw-tripledes`, { name: 'des3-wrap', keyLength: 24, iv: Buffer.alloc(0) }],
])

/** Throws a SecurityFailure when the secret does not fit the algorithm. */
export function wrapKey(algorithm: string, wrapping: Buffer, secret: Buffer): Buffer {
  const wrap = KEY_WRAPS.get(algorithm)
  if (wrap?.keyLength !== wrapping.length)
    throw new SecurityFailure('protection-impossible', 'a key has another length than the key wrap')
  const cipher = createCipheriv(wrap.name, wrapping, wrap.iv.length === 0 ? null : wrap.iv)
  return Buffer.concat([cipher.update(secret), cipher.final()])
}

export function unwrapKey(algorithm: string, wrapping: Buffer, wrapped: Buffer): Buffer {
  const wrap = KEY_WRAPS.get(algorithm)
  if (wrap?.keyLength !== wrapping.length) throw decryptionFailure()
  try {
    const decipher = createDecipheriv(wrap.name, wrapping, wrap.iv.length === 0 ? null : wrap.iv)
    return Buffer.concat([decipher.update(wrapped), decipher.final()])
  } catch {
    throw decryptionFailure()
  }
}
