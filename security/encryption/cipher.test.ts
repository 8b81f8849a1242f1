import { createCipheriv, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { XENC, XENC11 } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import { CIPHERS, cipherOf, decrypt, Encryptor } from './cipher.ts'

const all = [...CIPHERS]

function encrypted(algorithm: string, pieces: readonly (string | Buffer)[], key: Buffer): Buffer {
  const cipher = CIPHERS.get(algorithm)
  if (cipher === undefined) throw new Error(algorithm)
  const encryptor = new Encryptor(cipher, key, randomBytes(cipher.ivLength))
  for (const piece of pieces) encryptor.update(piece)
  return encryptor.final()
}

describe.each(all)('%s', (algorithm, cipher) => {
  const key = randomBytes(cipher.keyLength)

  test.each([0, 1, 7, 8, 15, 16, 17, 31, 32, 1000])('%i bytes come back', (length) => {
    const plain = randomBytes(length)
    expect(decrypt(cipher, key, encrypted(algorithm, [plain], key)).equals(plain)).toBe(true)
  })

  test('pieces are one text', () => {
    const data = encrypted(algorithm, ['Löwe ', Buffer.from('€'), '', '𝄞'], key)
    expect(decrypt(cipher, key, data).toString()).toBe('Löwe €𝄞')
  })

  test('the vector comes first, and the tag last', () => {
    const data = encrypted(algorithm, ['x'], key)
    const block = cipher.tagLength > 0 ? 1 + cipher.tagLength : cipher.ivLength
    expect(data.length).toBe(cipher.ivLength + block)
  })

  test.each([
    ['another key', (data: Buffer) => decrypt(cipher, randomBytes(cipher.keyLength), data)],
    ['a longer key', (data: Buffer) => decrypt(cipher, randomBytes(cipher.keyLength + 8), data)],
    ['no key', (data: Buffer) => decrypt(cipher, Buffer.alloc(0), data)],
    ['half of the data', (data: Buffer) => decrypt(cipher, key, data.subarray(0, data.length >> 1))],
    ['no data', () => decrypt(cipher, key, Buffer.alloc(0))],
    ['a vector alone', (data: Buffer) => decrypt(cipher, key, data.subarray(0, cipher.ivLength))],
  ])('%s fails like everything else', (_what, run) => {
    // A wrong key of CBC meets a right padding now and then.
    for (let attempt = 0; attempt < 20; attempt++) {
      try {
        run(encrypted(algorithm, [randomBytes(41)], key))
      } catch (error) {
        expect(error).toBeInstanceOf(SecurityFailure)
        expect((error as SecurityFailure).reason).toBe('decryption-failed')
        return
      }
    }
    throw new Error('it never failed')
  })

  test('a key of another length encrypts nothing', () => {
    expect(() => encrypted(algorithm, [], randomBytes(cipher.keyLength - 1))).toThrow('a key has another length')
  })
})

test('bytes of CBC padding but the last may be anything', () => {
  const cipher = cipherOf(`${XENC}aes128-cbc`, new Set(CIPHERS.keys()))
  const [key, iv] = [randomBytes(16), randomBytes(16)]
  const raw = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
  const padded = Buffer.concat([Buffer.from('plain'), randomBytes(10), Buffer.of(11)])
  expect(decrypt(cipher, key, Buffer.concat([iv, raw.update(padded), raw.final()])).toString()).toBe('plain')
})

test.each([0, 17, 255])('a last byte of %i is no padding', (last) => {
  const cipher = cipherOf(`${XENC}aes128-cbc`, new Set(CIPHERS.keys()))
  const [key, iv] = [randomBytes(16), randomBytes(16)]
  const raw = createCipheriv('aes-128-cbc', key, iv).setAutoPadding(false)
  const padded = Buffer.concat([Buffer.alloc(15), Buffer.of(last)])
  expect(() => decrypt(cipher, key, Buffer.concat([iv, raw.update(padded), raw.final()]))).toThrow('decryption')
})

test('a cipher that is not allowed, or that nobody knows, is refused', () => {
  const none = new Set<string>()
  expect(() => cipherOf(`${XENC11}aes256-gcm`, none)).toThrow(`encryption ${XENC11}aes256-gcm`)
  expect(() => cipherOf('urn:x', new Set(['urn:x']))).toThrow('encryption urn:x')
})
