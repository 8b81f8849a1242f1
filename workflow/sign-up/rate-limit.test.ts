import { expect, test } from 'vitest'
import { TestPlatform } from 'viaduct/testing'
import { RateLimit } from './rate-limit.ts'

test('an address may so many times in an hour, and others are not concerned', () => {
  const platform = new TestPlatform()
  const limit = new RateLimit(platform, 2)
  expect([limit.take('a'), limit.take('a'), limit.take('a'), limit.take('b')]).toEqual([true, true, false, true])
  platform.advance(3_599_999)
  expect(limit.take('a')).toBe(false)
  platform.advance(1)
  expect([limit.take('a'), limit.take('a'), limit.take('a')]).toEqual([true, true, false])
})

test('what was refused does not count', () => {
  const platform = new TestPlatform()
  const limit = new RateLimit(platform, 1)
  limit.take('a')
  platform.advance(1_800_000)
  limit.take('a')
  platform.advance(1_800_000)
  expect(limit.take('a')).toBe(true)
})

test('memory is bounded: of very many addresses the oldest are forgotten', () => {
  const limit = new RateLimit(new TestPlatform(), 1)
  for (let i = 0; i < 20_001; i++) limit.take(String(i))
  expect(limit.take('0')).toBe(true)
  expect(limit.take('20000')).toBe(false)
})
