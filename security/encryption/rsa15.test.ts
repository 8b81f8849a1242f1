import { constants, createHmac, generateKeyPairSync, publicEncrypt, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { rsa15Decrypt, rsa15Encrypt, substituteKey } from './rsa15.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const raw = (message: Buffer): Buffer => publicEncrypt({ key: publicKey, padding: constants.RSA_NO_PADDING }, message)

/** 00 02 padding 00 secret, each to be made wrong. */
const message = (
  changes: { first?: number; second?: number; padding?: Buffer; separator?: number; length?: number } = {},
): Buffer => {
  const { first = 0, second = 2, separator = 0, length = 16 } = changes
  const padding = changes.padding ?? Buffer.alloc(256 - 3 - length, 0x55)
  return Buffer.concat([Buffer.of(first, second), padding, Buffer.of(separator), Buffer.alloc(length, 0xab)])
}

test.each([16, 24, 32])('a secret of %i bytes comes back', (length) => {
  const secret = randomBytes(length)
  expect(rsa15Decrypt(privateKey, rsa15Encrypt(publicKey, secret), length).equals(secret)).toBe(true)
})

test('a right message is read', () => {
  expect(rsa15Decrypt(privateKey, raw(message()), 16).equals(Buffer.alloc(16, 0xab))).toBe(true)
})

const zeroAt = (at: number): Buffer => {
  const padding = Buffer.alloc(256 - 3 - 16, 0x55)
  padding[at] = 0
  return padding
}

test.each([
  ['begins with something else than zero', message({ first: 1 })],
  ['is of another block type', message({ second: 1 })],
  ['is of no block type', message({ second: 0 })],
  ['has no separator', message({ separator: 7 })],
  ['has its separator too early', message({ padding: zeroAt(0) })],
  ['has its separator in the middle', message({ padding: zeroAt(100) })],
  ['has its separator a byte early', message({ padding: zeroAt(236) })],
  ['holds a longer secret', message({ length: 32 })],
  ['holds a shorter secret', message({ length: 8 })],
  ['is all zeros', Buffer.alloc(256)],
])('a message that %s gives a secret that nobody knows', (_what, bytes) => {
  const cipher = raw(bytes)
  const secret = rsa15Decrypt(privateKey, cipher, 16)
  expect(secret.length).toBe(16)
  expect(secret.equals(bytes.subarray(-16))).toBe(false)
  // The same message fails the same way again: nothing can be learned from sending it twice.
  expect(rsa15Decrypt(privateKey, cipher, 16).equals(secret)).toBe(true)
  expect(secret.equals(substituteKey(privateKey, cipher, 16))).toBe(true)
})

test.each([0, 1, 255, 257, 512])('a ciphertext of %i bytes gives one, too', (length) => {
  expect(rsa15Decrypt(privateKey, Buffer.alloc(length, 3), 24).length).toBe(24)
})

test('the substitute depends on the private key and on the ciphertext', () => {
  const other = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const cipher = randomBytes(256)
  const one = substituteKey(privateKey, cipher, 32)
  expect(one.equals(substituteKey(other, cipher, 32))).toBe(false)
  expect(one.equals(substituteKey(privateKey, randomBytes(256), 32))).toBe(false)
  expect(one.equals(createHmac('sha512', '').update(cipher).digest().subarray(0, 32))).toBe(false)
})
