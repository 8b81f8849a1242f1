import { expect, test } from 'vitest'
import { TestPlatform } from 'viaduct/testing'
import { FailedAttempts } from './failed-attempts.ts'

test('the fifth wrong one refuses until a minute after the first', () => {
  const platform = new TestPlatform()
  const attempts = new FailedAttempts(platform, 5, 60_000)
  expect([1, 2, 3, 4, 5, 6].map(() => attempts.failed('alice'))).toEqual([false, false, false, false, true, false])
  platform.advance(20_000)
  expect(attempts.refusedFor('alice')).toBe(40_000)
  expect(attempts.refusedFor('bob')).toBe(0)
  platform.advance(40_000)
  expect(attempts.refusedFor('alice')).toBe(0)
  expect(attempts.failed('alice')).toBe(false)
})

test('wrong ones that lie far apart are not added up', () => {
  const platform = new TestPlatform()
  const attempts = new FailedAttempts(platform, 2, 1_000)
  for (let i = 0; i < 10; i++) {
    expect(attempts.failed('alice')).toBe(false)
    platform.advance(1_001)
  }
})

test('a right one forgives those before it', () => {
  const attempts = new FailedAttempts(new TestPlatform(), 2, 1_000)
  attempts.failed('alice')
  attempts.succeeded('alice')
  expect(attempts.failed('alice')).toBe(false)
})

test('memory is bounded: of many names the oldest are forgotten', () => {
  const attempts = new FailedAttempts(new TestPlatform(), 1, 60_000)
  for (let i = 0; i <= 20_000; i++) attempts.failed(`name ${i}`)
  expect(attempts.refusedFor('name 0')).toBe(0)
  expect(attempts.refusedFor('name 1')).toBe(60_000)
})
