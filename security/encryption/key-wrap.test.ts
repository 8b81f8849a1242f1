import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { XENC } from '../names.ts'
import { KEY_WRAPS, unwrapKey, wrapKey } from './key-wrap.ts'

const hex = (text: string): Buffer => Buffer.from(text.replaceAll(' ', ''), 'hex')

// RFC 3394 section 4.
test.each([
  [
    'kw-aes128',
    '000102030405060708090A0B0C0D0E0F',
    '00112233445566778899AABBCCDDEEFF',
    '1FA68B0A8112B447 AEF34BD8FB5A7B82 9D3E862371D2CFE5',
  ],
  [
    'kw-aes192',
    '000102030405060708090A0B0C0D0E0F1011121314151617',
    '00112233445566778899AABBCCDDEEFF',
    '96778B25AE6CA435 F92B5B97C050AED2 468AB8A17AD84E5D',
  ],
  [
    'kw-aes256',
    '000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F',
    '00112233445566778899AABBCCDDEEFF',
    '64E8C3F9CE0F5BA2 63E9777905818A2A 93C8191E7D6E8AE7',
  ],
  [
    'kw-aes192',
    '000102030405060708090A0B0C0D0E0F1011121314151617',
    '00112233445566778899AABBCCDDEEFF0001020304050607',
    '031D33264E15D332 68F24EC260743EDC E1C6C7DDEE725A93 6BA814915C6762D2',
  ],
  [
    'kw-aes256',
    '000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F',
    '00112233445566778899AABBCCDDEEFF000102030405060708090A0B0C0D0E0F',
    '28C9F404C4B810F4 CBCCB35CFB87F826 3F5786E2D80ED326 CBC7F0E71A99F43B FB988B9B7A02DD21',
  ],
])('%s is RFC 3394', (name, wrapping, secret, wrapped) => {
  expect(wrapKey(`${XENC}${name}`, hex(wrapping), hex(secret)).equals(hex(wrapped))).toBe(true)
  expect(unwrapKey(`${XENC}${name}`, hex(wrapping), hex(wrapped)).equals(hex(secret))).toBe(true)
})

test.each([...KEY_WRAPS])('%s: what was wrapped comes back, what was changed fails', (algorithm, { keyLength }) => {
  const wrapping = randomBytes(keyLength)
  const secret = randomBytes(24)
  const wrapped = wrapKey(algorithm, wrapping, secret)
  expect(unwrapKey(algorithm, wrapping, wrapped).equals(secret)).toBe(true)
  wrapped[3] = (wrapped[3] ?? 0) ^ 1
  expect(() => unwrapKey(algorithm, wrapping, wrapped)).toThrow('decryption failed')
  expect(() => unwrapKey(algorithm, wrapping, Buffer.alloc(5))).toThrow('decryption failed')
  expect(() => unwrapKey(algorithm, randomBytes(keyLength - 8), wrapped)).toThrow('decryption failed')
  expect(() => wrapKey(algorithm, randomBytes(keyLength + 8), secret)).toThrow('another length')
})

test('an unknown wrap wraps nothing', () => {
  expect(() => wrapKey('urn:x', randomBytes(16), randomBytes(16))).toThrow('another length')
  expect(() => unwrapKey('urn:x', randomBytes(16), randomBytes(24))).toThrow('decryption failed')
})
