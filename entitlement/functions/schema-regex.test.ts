import { describe, expect, test } from 'vitest'
import { schemaRegex } from './schema-regex.ts'

const MATCHES: readonly (readonly [pattern: string, text: string, matches: boolean])[] = [
  ['abc', 'xabcx', true],
  ['^abc$', 'xabcx', false],
  ['a|b', 'b', true],
  ['^a{2,3}$', 'aaa', true],
  ['^a{2,3}$', 'aaaa', false],
  ['^.$', '\n', false],
  ['^.$', 'é', true],
  ['^[a-z-[aeiou]]+$', 'xyz', true],
  ['^[a-z-[aeiou]]+$', 'xay', false],
  ['^[^a-c]$', 'd', true],
  ['^[^a-c]$', 'a', false],
  ['^[^a-z-[0-9]]$', '-', true],
  ['^\\d+$', '123', true],
  ['^\\d$', '٣', true],
  ['^\\D$', 'a', true],
  ['^\\w+$', 'aé1', true],
  ['^\\w$', '-', false],
  ['^\\W$', '-', true],
  ['^\\s$', '\t', true],
  ['^\\s$', '\u00a0', false],
  ['^\\i\\c*$', 'a:b-c.d', true],
  ['^\\i$', '1', false],
  ['^\\p{Lu}$', 'A', true],
  ['^\\P{Lu}$', 'a', true],
  ['^\\p{IsGreek}+$', 'αβγ', true],
  ['^\\p{IsBasicLatin}+$', 'α', false],
  ['^\\P{IsBasicLatin}$', 'α', true],
  ['^[\\p{IsGreek}a]+$', 'aα', true],
  ['^[\\d.]+$', '1.2', true],
  ['^a&&b$', 'a&&b', true],
  ['^[a&]+$', 'a&', true],
  ['^\\[x\\]$', '[x]', true],
  ['^a+?b', 'aab', true],
  ['(a)(b)\\2', 'abb', true],
  ['^\\-\\.\\^\\$$', '-.^$', true],
]

const WRONG = ['(', ')', '[', '[a', 'a**', '\\', '\\q', '\\p{IsNowhere}', '\\p', '(?:a)', '(?=a)', 'a{', '[a[b]]', '+a']

describe('regular expressions of XML Schema', () => {
  test.each(MATCHES)('%s on %j: %s', (pattern, text, matches) => {
    expect(schemaRegex(pattern).test(text)).toBe(matches)
  })

  test.each(WRONG)('%s is refused', (pattern) => {
    expect(() => schemaRegex(pattern)).toThrow(Error)
  })

  test('a pattern that is too long is refused', () => {
    expect(() => schemaRegex('a'.repeat(5000))).toThrow(/too long/)
  })

  test('what would backtrack without end and cannot be run in linear time is refused', () => {
    expect(() => schemaRegex('((a+)+)\\1$')).toThrow(/exponential/)
  })
})
