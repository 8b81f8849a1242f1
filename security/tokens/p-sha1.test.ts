import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import { DERIVATION_LABEL, pSha1 } from './p-sha1.ts'

/** RFC 2246 section 5, written down as it stands there. */
function reference(secret: Buffer, seed: Buffer, length: number): Buffer {
  const hmac = (data: Buffer): Buffer => createHmac('sha1', secret).update(data).digest()
  let a = seed
  let out = Buffer.alloc(0)
  while (out.length < length) {
    a = hmac(a)
    out = Buffer.concat([out, hmac(Buffer.concat([a, seed]))])
  }
  return out.subarray(0, length)
}

test.each([1, 16, 20, 21, 24, 32, 40, 256])('%i bytes', (length) => {
  const secret = Buffer.from('secret')
  const seed = Buffer.from(`${DERIVATION_LABEL}nonce`)
  expect(pSha1(secret, seed, length).equals(reference(secret, seed, length))).toBe(true)
})

test.each([0, 1, 20, 33])('from offset %i on', (offset) => {
  const [secret, seed] = [Buffer.alloc(32, 1), Buffer.alloc(16, 2)]
  expect(pSha1(secret, seed, 24, offset).equals(reference(secret, seed, offset + 24).subarray(offset))).toBe(true)
})

test('the label is that of WS-SecureConversation, for both parties', () => {
  expect(DERIVATION_LABEL).toBe('WS-SecureConversation'.repeat(2))
})
