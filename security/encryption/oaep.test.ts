import { constants, createHash, generateKeyPairSync, privateDecrypt, publicEncrypt, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { applyMask } from './mask-generation.ts'
import { oaepDecrypt, oaepEncrypt } from './oaep.ts'

const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
const HASHES = ['sha1', 'sha224', 'sha256', 'sha384', 'sha512']
const pairs = HASHES.flatMap((digest) => HASHES.map((mgf) => [digest, mgf] as const))

describe.each(pairs)('digest %s, mask %s', (digest, mgf) => {
  const hashes = { digest, mgf }

  test.each([0, 1, 16, 24, 32])('%i bytes come back', (length) => {
    const secret = randomBytes(length)
    expect(oaepDecrypt(privateKey, oaepEncrypt(publicKey, secret, hashes, randomBytes), hashes)?.equals(secret)).toBe(
      true,
    )
  })

  test('a changed ciphertext gives nothing', () => {
    const cipher = oaepEncrypt(publicKey, randomBytes(32), hashes, randomBytes)
    for (const at of [1, 100, 255]) {
      const changed = Buffer.from(cipher)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(oaepDecrypt(privateKey, changed, hashes)).toBeUndefined()
    }
  })
})

test('OpenSSL agrees where it can', () => {
  const padding = constants.RSA_PKCS1_OAEP_PADDING
  for (const hash of HASHES) {
    const secret = randomBytes(32)
    const mine = oaepEncrypt(publicKey, secret, { digest: hash, mgf: hash }, randomBytes)
    expect(privateDecrypt({ key: privateKey, padding, oaepHash: hash }, mine).equals(secret)).toBe(true)
    const theirs = publicEncrypt({ key: publicKey, padding, oaepHash: hash }, secret)
    expect(oaepDecrypt(privateKey, theirs, { digest: hash, mgf: hash })?.equals(secret)).toBe(true)
  }
})

test('two hashes are not taken for each other', () => {
  const cipher = oaepEncrypt(publicKey, randomBytes(32), { digest: 'sha256', mgf: 'sha1' }, randomBytes)
  expect(oaepDecrypt(privateKey, cipher, { digest: 'sha1', mgf: 'sha256' })).toBeUndefined()
  expect(oaepDecrypt(privateKey, cipher, { digest: 'sha256', mgf: 'sha256' })).toBeUndefined()
  expect(oaepDecrypt(privateKey, cipher, { digest: 'sha1', mgf: 'sha1' })).toBeUndefined()
})

/** A message with any block after the masks, to see what the unpadding makes of it. */
function crafted(block: Buffer, first = 0): Buffer {
  const seed = randomBytes(32)
  applyMask(block, seed, 'sha1')
  applyMask(seed, block, 'sha1')
  return publicEncrypt(
    { key: publicKey, padding: constants.RSA_NO_PADDING },
    Buffer.concat([Buffer.of(first), seed, block]),
  )
}

const label = createHash('sha256').digest()
const rest = 256 - 1 - 32 - 32

test.each([
  ['right', () => Buffer.concat([label, Buffer.alloc(rest - 5), Buffer.of(1), Buffer.from('key!')]), 'key!'],
  ['without the one', () => Buffer.concat([label, Buffer.alloc(rest)]), undefined],
  [
    'with something else than zeros before the one',
    () => Buffer.concat([label, Buffer.alloc(10), Buffer.of(2), Buffer.alloc(rest - 12), Buffer.of(1)]),
    undefined,
  ],
  [
    'of another label',
    () => Buffer.concat([createHash('sha256').update('x').digest(), Buffer.alloc(rest - 1), Buffer.of(1)]),
    undefined,
  ],
  ['empty', () => Buffer.concat([label, Buffer.alloc(rest - 1), Buffer.of(1)]), ''],
])('a block that is %s', (_what, make, expected) => {
  expect(oaepDecrypt(privateKey, crafted(make()), { digest: 'sha256', mgf: 'sha1' })?.toString()).toBe(expected)
})

test('a message that does not begin with zero gives nothing', () => {
  const block = Buffer.concat([label, Buffer.alloc(rest - 5), Buffer.of(1), Buffer.from('key!')])
  expect(oaepDecrypt(privateKey, crafted(block, 1), { digest: 'sha256', mgf: 'sha1' })).toBeUndefined()
})

test('the mask is that of RFC 8017', () => {
  // MGF1-SHA1("foo", 3), MGF1-SHA256("bar", 50): widely used check values.
  const three = Buffer.alloc(3)
  applyMask(three, Buffer.from('foo'), 'sha1')
  expect(three.toString('hex')).toBe('1ac907')
  const fifty = Buffer.alloc(50)
  applyMask(fifty, Buffer.from('bar'), 'sha256')
  expect(fifty.toString('hex')).toBe(
    '382576a7841021cc28fc4c0948753fb8312090cea942ea4c4e735d10dc724b155f9f6069f289d61daca0cb814502ef04eae1',
  )
})
