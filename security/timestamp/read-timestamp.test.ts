import { parseXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { WSU } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { ClockRules } from '../verify-plan.ts'
import { readTimestamp } from './read-timestamp.ts'
import { printTime } from './utc-time.ts'

const NOW = Date.parse('2026-11-22T12:00:00Z')
const RULES: ClockRules = { ttl: 300, skew: 60, future: 30, strict: false }

const stamp = (content: string) => parseXml(`<u:Timestamp xmlns:u="${WSU}">${content}</u:Timestamp>`).root
const at = (seconds: number): string => printTime(NOW + seconds * 1000, true)
const made = (created: number, expires?: number): string =>
  `<u:Created>${at(created)}</u:Created>${expires === undefined ? '' : `<u:Expires>${at(expires)}</u:Expires>`}`

function reasonOf(content: string, rules: Partial<ClockRules> = {}): string {
  try {
    readTimestamp(stamp(content), { ...RULES, ...rules }, NOW)
    return 'fine'
  } catch (error) {
    if (error instanceof SecurityFailure) return error.reason
    throw error
  }
}

describe('the clock', () => {
  test.each([
    [0, 300, {}, 'fine'],
    [0, undefined, {}, 'fine'],
    [-299, 1, {}, 'fine'],
    [-360, 1, {}, 'fine'],
    [-361, 1, {}, 'message-expired'],
    [-361, 100_000, {}, 'message-expired'],
    [-361, undefined, {}, 'message-expired'],
    [-100, -60, {}, 'fine'],
    [-100, -61, {}, 'message-expired'],
    [-100, 0, { strict: true }, 'fine'],
    [-100, -1, { strict: true }, 'message-expired'],
    [30, 300, {}, 'fine'],
    [31, 300, {}, 'message-from-future'],
    [-1, 300, { ttl: 0, skew: 0 }, 'message-expired'],
    [0, 300, { ttl: 0, skew: 0, future: 0 }, 'fine'],
  ] as const)('created at %i, expiring at %s, %j: %s', (created, expires, rules, expected) => {
    expect(reasonOf(made(created, expires), rules)).toBe(expected)
  })
})

describe('the shape', () => {
  test.each([
    ['nothing', ''],
    ['no Created', `<u:Expires>${at(300)}</u:Expires>`],
    ['Expires before Created', `<u:Expires>${at(300)}</u:Expires><u:Created>${at(0)}</u:Created>`],
    ['two Created', made(0) + made(0)],
    ['two Expires', `${made(0, 300)}<u:Expires>${at(300)}</u:Expires>`],
    ['something else', `${made(0, 300)}<u:Other/>`],
    ['something else in place of Expires', `${made(0)}<u:Other/>`],
    ['Created of another namespace', `<Created>${at(0)}</Created>`],
    ['an end before the beginning', made(0, -1)],
    ['an end at the beginning', made(0, 0)],
    ['no time', '<u:Created>today</u:Created>'],
    ['a time without zone', '<u:Created>2026-11-22T12:00:00</u:Created>'],
    ['a ValueType', `<u:Created ValueType="x">${at(0)}</u:Created>`],
    ['an element in a time', '<u:Created><x/></u:Created>'],
  ])('%s', (_what, content) => {
    expect(reasonOf(content)).toBe('malformed')
  })

  test('an offset is understood', () => {
    const { created } = readTimestamp(stamp('<u:Created>2026-11-22T13:00:00+01:00</u:Created>'), RULES, NOW)
    expect(created).toBe(NOW)
  })
})

test('times are written with or without milliseconds', () => {
  expect(printTime(NOW + 7, true)).toBe('2026-11-22T12:00:00.007Z')
  expect(printTime(NOW + 7, false)).toBe('2026-11-22T12:00:00Z')
})
