import { type CipherGCM, createCipheriv, createDecipheriv, createSecretKey } from 'node:crypto'
import { XENC, XENC11 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'

/** A block cipher of XML Encryption 1.1 section 5.2. Lengths in bytes. */
export interface BlockCipher {
  readonly name: string
  readonly keyLength: number
  readonly ivLength: number
  /** 0: without authentication. */
  readonly tagLength: number
}

const cbc = (name: string, keyLength: number, ivLength = 16): BlockCipher => ({
  name,
  keyLength,
  ivLength,
  tagLength: 0,
})
const gcm = (name: string, keyLength: number): BlockCipher => ({ name, keyLength, ivLength: 12, tagLength: 16 })

export const CIPHERS: ReadonlyMap<string, BlockCipher> = new Map([
  [`${XENC}tripledes-cbc`, cbc('des-ede3-cbc', 24, 8)],
  [`${XENC}aes128-cbc`, cbc('aes-128-cbc', 16)],
  [`${XENC}aes192-cbc`, cbc('aes-192-cbc', 24)],
  [`${XENC}aes256-cbc`, cbc('aes-256-cbc', 32)],
  [`${XENC11}aes128-gcm`, gcm('aes-128-gcm', 16)],
  [`${XENC11}aes192-gcm`, gcm('aes-192-gcm', 24)],
  [`${XENC11}aes256-gcm`, gcm('aes-256-gcm', 32)],
])

/** The cipher of an identifier that is allowed. Throws a SecurityFailure. */
export function cipherOf(algorithm: string, allowed: ReadonlySet<string>): BlockCipher {
  const cipher = CIPHERS.get(algorithm)
  if (cipher === undefined || !allowed.has(algorithm))
    throw new SecurityFailure('algorithm-refused', `encryption ${algorithm}`)
  return cipher
}

/**
 * The plaintext of initialisation vector, ciphertext and, for GCM, tag. Of CBC only the last byte of the padding means
 * something (section 5.2: the others are arbitrary). Whatever is wrong, the failure is the same.
 */
export function decrypt(cipher: BlockCipher, key: Buffer, data: Buffer): Buffer {
  const { name, keyLength, ivLength, tagLength } = cipher
  const end = data.length - tagLength
  if (key.length !== keyLength || end < ivLength) throw decryptionFailure()
  try {
    // Node takes bytes for a key only after an exception of its own, which costs more than the decryption of a small message.
    const secret = createSecretKey(key)
    const iv = data.subarray(0, ivLength)
    const input = data.subarray(ivLength, end)
    if (tagLength > 0) {
      const decipher = createDecipheriv(name as 'aes-256-gcm', secret, iv, { authTagLength: tagLength })
      decipher.setAuthTag(data.subarray(end))
      const plain = decipher.update(input)
      decipher.final()
      return plain
    }
    const decipher = createDecipheriv(name, secret, iv).setAutoPadding(false)
    const plain = decipher.update(input)
    decipher.final()
    const padding = plain.at(-1) ?? 0
    if (padding < 1 || padding > ivLength) throw decryptionFailure()
    return plain.subarray(0, plain.length - padding)
  } catch {
    throw decryptionFailure()
  }
}

/** Encrypts what comes in pieces. */
export class Encryptor {
  readonly #cipher: BlockCipher
  readonly #run: ReturnType<typeof createCipheriv>
  readonly #blocks: Buffer[]

  constructor(cipher: BlockCipher, key: Buffer, iv: Buffer) {
    if (key.length !== cipher.keyLength)
      throw new SecurityFailure('protection-impossible', 'a key has another length than the cipher')
    this.#cipher = cipher
    this.#run =
      cipher.tagLength > 0
        ? createCipheriv(cipher.name as 'aes-256-gcm', createSecretKey(key), iv, { authTagLength: cipher.tagLength })
        : createCipheriv(cipher.name, createSecretKey(key), iv)
    this.#blocks = [iv]
  }

  update(text: string | Buffer): void {
    const bytes = typeof text === 'string' ? Buffer.from(text) : text
    const block = this.#run.update(bytes)
    if (block.length > 0) this.#blocks.push(block)
  }

  /** Initialisation vector, ciphertext and tag. */
  final(): Buffer {
    // The padding of PKCS #7 is one of those that XML Encryption allows.
    this.#blocks.push(this.#run.final())
    if (this.#cipher.tagLength > 0) this.#blocks.push((this.#run as CipherGCM).getAuthTag())
    return Buffer.concat(this.#blocks)
  }
}

/** The one failure of everything that goes wrong after a key was chosen. */
export const decryptionFailure = (): SecurityFailure =>
  new SecurityFailure('decryption-failed', 'the ciphertext, its key or its content is not right')
