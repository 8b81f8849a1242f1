import { expect, test } from 'vitest'
import { ReplayCache } from './replay-cache.ts'

test('a key is new once, until it expires', () => {
  const cache = new ReplayCache()
  expect(cache.remember('a', 100, 0)).toBe(true)
  expect(cache.remember('a', 100, 50)).toBe(false)
  expect(cache.remember('a', 200, 99)).toBe(false)
  expect(cache.remember('a', 200, 100)).toBe(true)
  expect(cache.remember('a', 300, 150)).toBe(false)
})

test('keys are apart', () => {
  const cache = new ReplayCache()
  expect([cache.remember('a', 9, 0), cache.remember('b', 9, 0), cache.remember('__proto__', 9, 0)]).toEqual([
    true,
    true,
    true,
  ])
})

test('it is bounded: what has expired goes first, then the oldest', () => {
  const cache = new ReplayCache(3)
  cache.remember('a', 1000, 0)
  cache.remember('b', 10, 0)
  cache.remember('c', 1000, 0)
  cache.remember('d', 1000, 20)
  expect(cache.size).toBe(3)
  expect(cache.remember('a', 1000, 20)).toBe(false)
  cache.remember('e', 1000, 20)
  expect(cache.size).toBe(3)
  expect(cache.remember('c', 1000, 20)).toBe(false)
  expect(cache.remember('a', 1000, 20)).toBe(true)
})

test('a flood of keys that are all alive costs the same each', () => {
  const cache = new ReplayCache(10_000)
  const started = performance.now()
  for (let i = 0; i < 60_000; i++) cache.remember(`k${i}`, 1_000_000 + i, i)
  expect(cache.size).toBe(10_000)
  expect(performance.now() - started).toBeLessThan(3000)
})
