import { expect, test } from 'vitest'
import { ReplayCache } from './replay-cache.ts'

test('a key is new once, until it expires', () => {
  const cache = new ReplayCache(100)
  expect(cache.remember('a', 100, 0)).toBe(true)
  expect(cache.remember('a', 100, 50)).toBe(false)
  expect(cache.remember('a', 200, 99)).toBe(false)
  expect(cache.remember('a', 200, 100)).toBe(true)
  expect(cache.remember('a', 300, 150)).toBe(false)
})

test('keys are apart', () => {
  const cache = new ReplayCache(100)
  expect([cache.remember('a', 9, 0), cache.remember('b', 9, 0), cache.remember('__proto__', 9, 0)]).toEqual([
    true,
    true,
    true,
  ])
})

test('it is bounded: full of what has not expired, it takes nothing new and forgets nothing', () => {
  const cache = new ReplayCache(3)
  cache.remember('a', 5000, 0)
  cache.remember('b', 10, 0)
  cache.remember('c', 5000, 0)
  expect(() => cache.remember('d', 5000, 5)).toThrow('more work than is allowed: 3 messages are remembered')
  expect([cache.remember('a', 5000, 5), cache.remember('b', 10, 5), cache.remember('c', 5000, 5)]).toEqual([
    false,
    false,
    false,
  ])
  expect(cache.remember('d', 5000, 2000)).toBe(true)
  expect(cache.size).toBe(3)
  expect(() => cache.remember('e', 9000, 4999)).toThrow('security.replayEntries')
  expect(cache.remember('e', 9000, 6000)).toBe(true)
})

test('what has expired goes when the next comes', () => {
  const cache = new ReplayCache(100)
  for (let i = 0; i < 50; i++) cache.remember(`k${i}`, 100, 0)
  cache.remember('next', 300, 200)
  expect(cache.size).toBe(1)
})

test('a flood of keys that are all alive costs the same each', () => {
  const cache = new ReplayCache(10_000)
  const started = performance.now()
  let refused = 0
  for (let i = 0; i < 60_000; i++) {
    try {
      cache.remember(`k${i}`, 1_000_000 + i, i)
    } catch {
      refused++
    }
  }
  expect([cache.size, refused]).toEqual([10_000, 50_000])
  expect(performance.now() - started).toBeLessThan(3000)
})
