import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { derivedPasswordKey } from './derived-password-key.ts'
import { passwordDigest } from './password-digest.ts'

test('a digest is SHA-1 over nonce, time as it was written, and password', () => {
  const nonce = Buffer.from('WScqanjCEAC4mQoBE07sAQ==', 'base64')
  const created = '2003-07-16T01:24:32Z'
  const expected = createHash('sha1')
    .update(Buffer.concat([nonce, Buffer.from(`${created}pässword`)]))
    .digest()
  expect(passwordDigest(nonce, created, 'pässword').equals(expected)).toBe(true)
})

test('other characters of the same time are another digest', () => {
  const nonce = Buffer.alloc(16)
  const [a, b] = ['2003-07-16T01:24:32Z', '2003-07-16T01:24:32.000Z'].map((created) =>
    passwordDigest(nonce, created, 'p'),
  )
  expect(a?.equals(b ?? Buffer.alloc(0))).toBe(false)
})

test.each([1, 2, 1000])('a key after %i rounds', (rounds) => {
  const salt = Buffer.alloc(16, 3)
  let expected = createHash('sha1')
    .update(Buffer.concat([Buffer.from('pässword'), salt]))
    .digest()
  for (let i = 1; i < rounds; i++) expected = createHash('sha1').update(expected).digest()
  expect(derivedPasswordKey('pässword', salt, rounds).equals(expected)).toBe(true)
})
