import { describe, expect, test } from 'vitest'
import { JavaTimeFormat, localTime, TimeFormatError } from './java-time.ts'

const MOMENT = localTime(new Date(2026, 1, 3, 4, 5, 6, 78).getTime())

describe('printing', () => {
  test.each([
    ['yyyy-MM-dd', '2026-02-03'],
    ['yy/M/d', '26/2/3'],
    ['uuuu', '2026'],
    ['EEEE, MMMM d', 'Tuesday, February 3'],
    ['E MMM LLL', 'Tue Feb Feb'],
    ['HH:mm:ss.SSS', '04:05:06.078'],
    ['H h K k a', '4 4 4 4 AM'],
    ['SSSSSS S', '078000 0'],
    ["yyyy-MM-dd'T'HH:mm", '2026-02-03T04:05'],
    ["h 'o''clock' ''", "4 o'clock '"],
  ])('%s is %s', (pattern, expected) => {
    expect(new JavaTimeFormat(pattern).print(MOMENT)).toBe(expected)
  })

  test('hours around noon and midnight', () => {
    const at = (hour: number) => new JavaTimeFormat('H k h K a').print({ hour })
    expect([at(0), at(12), at(23)]).toEqual(['0 24 12 0 AM', '12 12 12 0 PM', '23 23 11 11 PM'])
  })

  test('what a time does not have cannot be printed', () => {
    expect(() => new JavaTimeFormat('yyyy').print({ hour: 1 })).toThrow(TimeFormatError)
  })
})

describe('parsing', () => {
  test.each([
    ['dd/MM/yyyy', '03/02/2026', { year: 2026, month: 2, day: 3 }],
    ['d.M.yy', '3.12.26', { year: 2026, month: 12, day: 3 }],
    ['MMM d yyyy', 'Feb 31 2024', { year: 2024, month: 2, day: 29 }],
    ['EEEE d MMMM yyyy', 'Tuesday 3 February 2026', { year: 2026, month: 2, day: 3 }],
    ['HH:mm', '23:59', { hour: 23, minute: 59, second: 0, millisecond: 0 }],
    ['hh:mm a', '12:30 AM', { hour: 0, minute: 30, second: 0, millisecond: 0 }],
    ['kk', '24', { hour: 0, minute: 0, second: 0, millisecond: 0 }],
    ['ss.SSSSSS H', '07.250999 5', { hour: 5, minute: 0, second: 7, millisecond: 250 }],
    [
      "yyyy-MM-dd'T'HH:mm:ss",
      '2026-02-03T04:05:06',
      { year: 2026, month: 2, day: 3, hour: 4, minute: 5, second: 6, millisecond: 0 },
    ],
  ])('%s reads %s', (pattern, text, expected) => {
    expect(new JavaTimeFormat(pattern).parse(text)).toEqual(expected)
  })

  test.each([
    ['yyyy-MM-dd', '2026-13-01', 'the month is out of range'],
    ['yyyy-MM-dd', '2026-2-3', 'digits are expected'],
    ['yyyy-MM-dd', '2026-02-03x', 'the text is longer than the pattern'],
    ['yyyy MMM dd', '2026 Foo 03', 'a name is expected'],
    ['HH:mm', '12.30', '":" is expected'],
    ['hh', '10', 'the text has neither a date nor a time'],
    ['yyyy', '2026', 'the text has neither a date nor a time'],
  ])('%s does not read %s', (pattern, text, reason) => {
    expect(() => new JavaTimeFormat(pattern).parse(text)).toThrow(new TimeFormatError(reason))
  })
})

test.each(['yyyy-MM-ddX', 'z', 'q', '[HH]', '#'])('the pattern %s is refused', (pattern) => {
  expect(() => new JavaTimeFormat(pattern)).toThrow(TimeFormatError)
})
