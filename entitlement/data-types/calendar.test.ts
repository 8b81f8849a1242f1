import { describe, expect, test } from 'vitest'
import { civilOf, daysInMonth, daysOf, plusMonths } from './calendar.ts'

const civil = (text: string) => {
  const [year = 0, month = 0, day = 0] = text.split('/').map(Number)
  return { year, month, day }
}

const text = ({ year, month, day }: ReturnType<typeof civil>): string => `${year}/${month}/${day}`

describe('the calendar', () => {
  test('counts days as Date does', () => {
    for (let days = -800_000; days < 800_000; days += 977) {
      const date = new Date(days * 86_400_000)
      const here = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() }
      expect(civilOf(days)).toEqual(here)
      expect(daysOf(here)).toBe(days)
    }
  })

  test('goes on where Date ends', () => {
    for (const days of [-1e11, -123_456_789_012, 1e11]) expect(daysOf(civilOf(days))).toBe(days)
  })

  test.each([
    ['2000/2', 29],
    ['1900/2', 28],
    ['2023/2', 28],
    ['2024/2', 29],
    ['2024/4', 30],
    ['2024/12', 31],
  ])('%s has %i days', (month, days) => {
    const [year = 0, number = 0] = month.split('/').map(Number)
    expect(daysInMonth(year, number)).toBe(days)
  })

  test.each([
    ['2002/9/24', 14, '2003/11/24'],
    ['2002/1/31', 1, '2002/2/28'],
    ['2004/1/31', 1, '2004/2/29'],
    ['2002/3/31', -1, '2002/2/28'],
    ['2002/1/15', -1, '2001/12/15'],
    ['2002/12/15', 1, '2003/1/15'],
    ['2000/2/29', 12, '2001/2/28'],
    ['2000/2/29', -1200, '1900/2/28'],
    ['1/1/1', -1, '0/12/1'],
  ])('%s and %i months is %s', (from, months, to) => {
    expect(text(plusMonths(civil(from), months))).toBe(to)
  })
})
