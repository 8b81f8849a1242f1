import { expect, test } from 'vitest'
import { hashPassword, isPasswordHash, matchesHash, sameText } from './password-hash.ts'

test('a hash matches its password and no other', async () => {
  const hash = await hashPassword('correct horse')
  expect(hash).toMatch(/^scrypt\$15\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
  expect(await matchesHash('correct horse', hash)).toBe(true)
  expect(await matchesHash('correct horse ', hash)).toBe(false)
  expect(await matchesHash('', hash)).toBe(false)
})

test('two hashes of one password differ', async () => {
  expect(await hashPassword('same')).not.toBe(await hashPassword('same'))
})

test('one password may be typed in several ways of Unicode', async () => {
  expect(await matchesHash('e\u0301te\u0301', await hashPassword('\u00E9t\u00E9'))).toBe(true)
})

test('a hash that others made is checked with its own cost', async () => {
  // scrypt("pleaseletmein", "SodiumChloride…", N = 2^14, r = 8, p = 1), after RFC 7914, section 12.
  const { scryptSync } = await import('node:crypto')
  const salt = Buffer.from('SodiumChloride')
  const key = scryptSync('pleaseletmein', salt, 64, { N: 2 ** 14, r: 8, p: 1 })
  expect(key.toString('hex')).toMatch(/^7023bdcb3afd7348461c06cd81fd38eb/)
  const hash = `scrypt$14$8$1$${salt.toString('base64url')}$${key.toString('base64url')}`
  expect(await matchesHash('pleaseletmein', hash)).toBe(true)
  expect(await matchesHash('pleaseletmeout', hash)).toBe(false)
})

test('without a hash, the comparison takes as long and is false', async () => {
  const hash = await hashPassword('x')
  const timed = async (of: string | undefined): Promise<number> => {
    const started = performance.now()
    for (let i = 0; i < 3; i++) expect(await matchesHash('y', of)).toBe(false)
    return performance.now() - started
  }
  const [known, unknown] = [await timed(hash), await timed(undefined)]
  expect(unknown / known).toBeGreaterThan(0.4)
  expect(unknown / known).toBeLessThan(2.5)
})

test.each([
  'secret',
  'scrypt$',
  'scrypt$15$8$1$AAAAAAAAAAAAAAAAAAAAAA$short',
  `scrypt$30$8$1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `scrypt$15$99$1$${'A'.repeat(22)}$${'A'.repeat(43)}`,
  `scrypt$15$8$0$${'A'.repeat(22)}$${'A'.repeat(43)}`,
])('%s is no hash, and matches nothing', async (text) => {
  expect(isPasswordHash(text)).toBe(false)
  expect(await matchesHash('', text)).toBe(false)
  expect(await matchesHash(text, text)).toBe(false)
})

test('clear texts are equal only as a whole', () => {
  expect(sameText('abc', 'abc')).toBe(true)
  for (const other of ['abd', 'ab', 'abcd', '', 'ABC', 'abc\0']) expect(sameText(other, 'abc')).toBe(false)
})
