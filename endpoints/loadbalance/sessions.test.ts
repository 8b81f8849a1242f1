import { expect, test } from 'vitest'
import { Sessions } from './sessions.ts'

test('a session lives as long as it is used within the timeout', () => {
  const sessions = new Sessions()
  sessions.bind('a', 2, 0, 10)
  expect(sessions.find('a', 9, 10)).toBe(2)
  expect(sessions.find('a', 18, 10)).toBe(2)
  expect(sessions.find('a', 28, 10)).toBeUndefined()
  expect(sessions.size).toBe(0)
})

test('sessions that have ended are dropped, and there is a bound for those that have not', () => {
  const sessions = new Sessions()
  for (let i = 0; i < 1000; i++) sessions.bind(`old${i}`, 0, 0, 10)
  sessions.bind('new', 1, 100, 10)
  expect(sessions.size).toBe(1)
  for (let i = 0; i < 100_500; i++) sessions.bind(`s${i}`, 0, 100, 10)
  expect(sessions.size).toBe(100_000)
  expect(sessions.find('new', 100, 10)).toBeUndefined()
})
