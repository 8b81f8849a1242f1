import { expect, test } from 'vitest'
import { javaDate } from './java-date.ts'

const moment = new Date(2026, 10, 5, 15, 4, 9, 7).getTime()

test.each([
  ['yyyy-MM-dd HH:mm:ss.SSS', '2026-11-05 15:04:09.007'],
  ["dd/MM/yy 'at' h:mm a", '05/11/26 at 3:04 PM'],
  ["EEE, d MMM yyyy; EEEE MMMM; ''", "Thu, 5 Nov 2026; Thursday November; '"],
  ['K k H D', '3 15 15 309'],
])('%s prints as SimpleDateFormat does', (pattern, expected) => expect(javaDate(moment, pattern)).toBe(expected))

test('without a pattern the time is ISO 8601 with its zone', () => {
  expect(javaDate(moment)).toMatch(/^2026-11-05T15:04:09\.007(?:Z|[+-]\d\d:\d\d)$/)
})

test('a letter without a meaning prints nothing', () => {
  expect(javaDate(moment, 'yyyyQ')).toBe('2026')
})
