import { describe, expect, test } from 'vitest'
import { DATA_TYPES } from '../data-types/index.ts'
import { call } from '../testing/call.ts'
import { FUNCTIONS, HIGHER_ORDER_FUNCTIONS } from './index.ts'

type Row = readonly [name: string, args: readonly (string | readonly string[])[], result: string | readonly string[]]

const ROWS: readonly Row[] = [
  // Arithmetic
  ['integer-add', ['1', '2'], '3'],
  ['integer-add', ['1', '2', '-10', '4'], '-3'],
  ['integer-add', ['9007199254740993', '1'], '9007199254740994'],
  ['integer-multiply', ['3', '4', '5'], '60'],
  ['integer-subtract', ['3', '5'], '-2'],
  ['integer-divide', ['7', '-3'], '-2'],
  ['integer-divide', ['-7', '-3'], '2'],
  ['integer-divide', ['1', '0'], '!'],
  ['integer-mod', ['7', '3'], '1'],
  ['integer-mod', ['-7', '3'], '-1'],
  ['integer-mod', ['7', '-3'], '1'],
  ['integer-mod', ['7', '0'], '!'],
  ['integer-abs', ['-7'], '7'],
  ['double-add', ['0.1', '0.2', '0.3'], '0.6000000000000001'],
  ['double-add', ['1e308', '1e308'], 'INF'],
  ['double-multiply', ['2', '0.5'], '1.0'],
  ['double-subtract', ['1', 'INF'], '-INF'],
  ['double-divide', ['1', '4'], '0.25'],
  ['double-divide', ['1', '0'], '!'],
  ['double-divide', ['1', '-0'], '!'],
  ['double-divide', ['0', '-3.14'], '-0.0'],
  ['double-abs', ['-1.5'], '1.5'],
  ['round', ['0.5'], '0.0'],
  ['round', ['1.5'], '2.0'],
  ['round', ['2.5'], '2.0'],
  ['round', ['-2.5'], '-2.0'],
  ['round', ['2.6'], '3.0'],
  ['round', ['-2.6'], '-3.0'],
  ['round', ['NaN'], 'NaN'],
  ['floor', ['-5.25'], '-6.0'],
  ['double-to-integer', ['3.9'], '3'],
  ['double-to-integer', ['-3.9'], '-3'],
  ['double-to-integer', ['1e20'], '100000000000000000000'],
  ['double-to-integer', ['INF'], '!'],
  ['double-to-integer', ['NaN'], '!'],
  ['integer-to-double', ['7'], '7.0'],
  // Comparison
  ['string-equal', ['a', 'a'], 'true'],
  ['string-equal-ignore-case', ['ÄB', 'äb'], 'true'],
  ['double-equal', ['NaN', 'NaN'], 'true'],
  ['integer-less-than', ['2', '10'], 'true'],
  ['integer-greater-than-or-equal', ['10', '10'], 'true'],
  ['double-less-than', ['NaN', '1'], 'false'],
  ['string-less-than', ['Z', 'a'], 'true'],
  ['string-greater-than', ['b', 'a'], 'true'],
  ['string-less-than-or-equal', ['a', 'a'], 'true'],
  ['date-less-than', ['2002-09-24', '2002-09-25'], 'true'],
  ['dateTime-greater-than', ['2002-09-24T10:00:00+01:00', '2002-09-24T09:00:00Z'], 'false'],
  ['dateTime-greater-than-or-equal', ['2002-09-24T10:00:00+01:00', '2002-09-24T09:00:00Z'], 'true'],
  ['time-less-than', ['08:00:00', '09:00:00'], 'true'],
  ['time-in-range', ['23:30:00', '22:00:00', '02:00:00'], 'true'],
  ['time-in-range', ['01:30:00', '22:00:00', '02:00:00'], 'true'],
  ['time-in-range', ['12:00:00', '22:00:00', '02:00:00'], 'false'],
  ['time-in-range', ['09:30:00', '09:30:00', '09:30:00'], 'true'],
  ['time-in-range', ['10:00:00+01:00', '09:30:00', '10:30:00'], 'true'],
  ['time-in-range', ['10:00:00+01:00', '09:30:00Z', '10:30:00Z'], 'false'],
  // Strings
  ['string-normalize-space', [' \t a  b \n'], 'a  b'],
  ['string-normalize-to-lower-case', ['ÄBC'], 'äbc'],
  ['string-concatenate', ['a', 'b', 'c'], 'abc'],
  ['uri-string-concatenate', ['http://a/', 'b', '/c'], 'http://a/b/c'],
  ['uri-string-concatenate', ['http://a/', ' <'], '!'],
  ['string-starts-with', ['ab', 'abc'], 'true'],
  ['string-starts-with', ['abc', 'ab'], 'false'],
  ['string-ends-with', ['bc', 'abc'], 'true'],
  ['string-contains', ['', 'abc'], 'true'],
  ['anyURI-starts-with', ['http://', 'http://a'], 'true'],
  ['anyURI-contains', ['b', 'http://a'], 'false'],
  ['string-substring', ['abcdef', '2', '4'], 'cd'],
  ['string-substring', ['abcdef', '2', '-1'], 'cdef'],
  ['string-substring', ['abcdef', '6', '6'], ''],
  ['string-substring', ['abcdef', '3', '2'], '!'],
  ['string-substring', ['abcdef', '0', '7'], '!'],
  ['string-substring', ['abcdef', '-1', '2'], '!'],
  ['string-substring', ['abcdef', '7', '-1'], '!'],
  ['boolean-from-string', ['1'], 'true'],
  ['boolean-from-string', ['yes'], '!'],
  ['integer-from-string', [' 5 '], '5'],
  ['integer-from-string', ['5.0'], '!'],
  ['double-from-string', ['5'], '5.0'],
  ['date-from-string', ['2023-02-29'], '!'],
  ['x500Name-from-string', ['cn=a'], 'cn=a'],
  ['x500Name-from-string', ['a'], '!'],
  ['string-from-integer', ['+5'], '5'],
  ['string-from-double', ['5'], '5.0'],
  ['string-from-dayTimeDuration', ['PT26H'], 'P1DT2H'],
  ['string-from-dnsName', ['*.a.com'], '*.a.com'],
  // Dates
  ['dateTime-add-dayTimeDuration', ['2002-09-24T09:30:15', 'P1DT2H'], '2002-09-25T11:30:15'],
  ['dateTime-add-dayTimeDuration', ['2002-12-31T23:59:59.5Z', 'PT0.5S'], '2003-01-01T00:00:00Z'],
  ['dateTime-subtract-dayTimeDuration', ['2002-01-01T00:00:00-05:00', 'PT1S'], '2001-12-31T23:59:59-05:00'],
  ['dateTime-add-yearMonthDuration', ['2002-01-31T10:00:00', 'P1M'], '2002-02-28T10:00:00'],
  ['dateTime-subtract-yearMonthDuration', ['2004-02-29T10:00:00', 'P1Y'], '2003-02-28T10:00:00'],
  ['date-add-yearMonthDuration', ['2002-09-24', '-P1Y2M'], '2001-07-24'],
  ['date-subtract-yearMonthDuration', ['2002-09-24', '-P1Y2M'], '2003-11-24'],
  ['date-add-yearMonthDuration', ['2002-09-24', 'P999999999Y'], '!'],
  // Bags and sets
  ['string-one-and-only', [['a']], 'a'],
  ['string-one-and-only', [[]], '!'],
  ['string-one-and-only', [['a', 'a']], '!'],
  ['string-bag-size', [['a', 'a']], '2'],
  ['integer-bag', ['1', '2'], ['1', '2']],
  ['integer-bag', [], []],
  ['ipAddress-bag', ['10.0.0.1', '10.0.0.2'], ['10.0.0.1', '10.0.0.2']],
  ['ipAddress-bag-size', [['10.0.0.1']], '1'],
  ['dnsName-bag-size', [['a.com', 'b.com']], '2'],
  ['dnsName-one-and-only', [['a.com']], 'a.com'],
  ['dayTimeDuration-is-in', ['PT26H', ['P1DT2H']], 'true'],
  ['rfc822Name-is-in', ['A@b.c', ['a@b.c', 'A@B.C']], 'true'],
  [
    'integer-intersection',
    [
      ['1', '2', '2', '3'],
      ['2', '3', '2'],
    ],
    ['2', '3'],
  ],
  [
    'integer-union',
    [
      ['1', '1', '2'],
      ['2', '3'],
    ],
    ['1', '2', '3'],
  ],
  ['integer-union', [['1'], ['2'], ['1', '4']], ['1', '2', '4']],
  [
    'integer-subset',
    [
      ['1', '1'],
      ['2', '1'],
    ],
    'true',
  ],
  [
    'integer-subset',
    [
      ['1', '3'],
      ['2', '1'],
    ],
    'false',
  ],
  ['integer-at-least-one-member-of', [['1'], ['2']], 'false'],
  [
    'integer-set-equals',
    [
      ['1', '1', '2'],
      ['2', '1'],
    ],
    'true',
  ],
  ['double-set-equals', [['NaN'], ['NaN']], 'true'],
  // Matches
  ['x500Name-match', ['O=Medico Corp,C=US', 'cn=John,o=Medico Corp, c=US'], 'true'],
  ['x500Name-match', ['cn=a,o=b,c=US', 'o=b,c=US'], 'false'],
  ['rfc822Name-match', ['.sun.com', 'a@sun.com'], 'true'],
  ['rfc822Name-match', ['.sun.com', 'a@notsun.com'], 'false'],
  ['rfc822Name-match', ['sun.com', 'a@SUN.com'], 'true'],
  ['rfc822Name-match', ['A@SUN.com', 'A@sun.com'], 'true'],
  ['string-regexp-match', ['b', 'abc'], 'true'],
  ['string-regexp-match', ['^b', 'abc'], 'false'],
  ['string-regexp-match', ['[', 'abc'], '!'],
  ['ip-in-range', ['10.0.0.5', '10.0.0.1', '10.0.0.9'], 'true'],
  ['ip-in-range', ['10.0.0.5', '10.0.0.9', '10.0.0.1'], 'true'],
  ['ip-in-range', ['10.0.1.5', '10.0.0.9', '10.0.0.1'], 'false'],
  ['ip-in-range', ['[::5]', '[::1]', '[::ffff]'], 'true'],
  ['ip-in-range', ['[::1:5]', '[::1]', '[::ffff]'], 'false'],
  ['ip-in-range', ['[::ffff:10.0.0.5]', '[::ffff:10.0.0.1]', '[::ffff:a00:9]'], 'true'],
  ['ip-in-range', ['10.0.0.5', '[::1]', '[::ffff]'], 'false'],
  ['not', ['true'], 'false'],
]

describe('functions', () => {
  test.each(ROWS)('%s of %j is %j', (name, args, result) => {
    expect(call(name, ...args)).toEqual(result)
  })

  test('every type has its equality, bag and set functions where the standard has them', () => {
    const names = new Set([...FUNCTIONS.keys()].map((id) => id.slice(id.lastIndexOf(':') + 1)))
    for (const { name } of DATA_TYPES) {
      for (const each of ['one-and-only', 'bag', 'bag-size']) expect(names).toContain(`${name}-${each}`)
      if (/^(?:ipAddress|dnsName|xpathExpression)$/.test(name)) continue
      for (const each of ['equal', 'is-in', 'intersection', 'union', 'subset', 'set-equals', 'at-least-one-member-of'])
        expect(names).toContain(`${name}-${each}`)
    }
  })

  test('products that grow without bounds end in an error', () => {
    let value = '7'.repeat(900)
    let steps = 0
    while (value !== '!' && steps++ < 40) {
      const product = call(
        'integer-multiply',
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
        value.slice(0, 1000),
      )
      value = String(product)
    }
    expect(value).toBe('!')
  })

  test('the deprecated functions are there beside the new ones', () => {
    const V1 = 'urn:oasis:names:tc:xacml:1.0:function:'
    for (const name of [
      'dayTimeDuration-equal',
      'yearMonthDuration-union',
      'date-add-yearMonthDuration',
      'xpath-node-count',
    ])
      expect(FUNCTIONS.has(V1 + name)).toBe(true)
    for (const name of ['any-of', 'all-of', 'any-of-any', 'map'])
      expect(HIGHER_ORDER_FUNCTIONS.has(V1 + name)).toBe(true)
  })
})
