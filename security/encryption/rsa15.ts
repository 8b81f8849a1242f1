import { constants, createHmac, type KeyObject, privateDecrypt, publicEncrypt } from 'node:crypto'

/**
 * RSAES-PKCS1-v1_5 (RFC 8017 section 7.2) with implicit rejection: wrong padding yields a key that depends on the ciphertext
 * and is of the right length, so that the sender sees the same failure as for a wrong key (Bleichenbacher; RFC 5246 section
 * 7.4.7.1). Only for algorithm suites that ask for it.
 */
export function rsa15Decrypt(key: KeyObject, cipher: Buffer, length: number): Buffer {
  const size = (key.asymmetricKeyDetails?.modulusLength ?? 0) / 8
  const substitute = substituteKey(key, cipher, length)
  let message: Buffer
  try {
    message = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, cipher)
  } catch {
    return substitute
  }
  const start = size - length
  let wrong = message.length === size && start >= 11 ? 0 : 1
  wrong |= message[0] ?? 1
  wrong |= (message[1] ?? 0) ^ 2
  wrong |= message[start - 1] ?? 1
  for (let i = 2; i < start - 1; i++) wrong |= message[i] === 0 ? 1 : 0
  const keep = wrong === 0 ? 0xff : 0
  const secret = Buffer.alloc(length)
  for (let i = 0; i < length; i++) secret[i] = ((message[start + i] ?? 0) & keep) | ((substitute[i] ?? 0) & ~keep)
  return secret
}

export const rsa15Encrypt = (key: KeyObject, secret: Buffer): Buffer =>
  publicEncrypt({ key, padding: constants.RSA_PKCS1_PADDING }, secret)

/** A key that nobody can foresee, always the same for the same ciphertext. */
export function substituteKey(key: KeyObject, cipher: Buffer, length: number): Buffer {
  const seed = key.export({ type: 'pkcs8', format: 'der' })
  return createHmac('sha512', seed).update(cipher).digest().subarray(0, length)
}
