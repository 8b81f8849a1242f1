import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { cloneJson, jsonEquals, JsonError, JsonNumber, type JsonValue, parseJson, printJson } from './index.ts'

const again = (text: string): string => printJson(parseJson(text))

/** As JSON.parse sees it. */
function plain(value: JsonValue): unknown {
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, plain(member)]))
  if (Array.isArray(value)) return value.map(plain)
  return value instanceof JsonNumber ? Number(value.text) : value
}

describe('JSON values', () => {
  test.each(['1E400', '1.10', '12345678901234567890', '-0', '1.0', '1e5', '0.1', '-17', '1E-7', '100'])(
    'the number %s is printed as it came',
    (text) => {
      expect(again(`{"n":${text}}`)).toBe(`{"n":${text}}`)
    },
  )

  test('keys keep their order, numeric ones too, and the last of repeated keys wins', () => {
    expect(again('{"b":1,"2":2,"1":3,"b":4}')).toBe('{"b":4,"2":2,"1":3}')
  })

  test('__proto__ is a key like any other', () => {
    const value = parseJson('{"__proto__":{"admin":true},"constructor":1}')
    expect(value).toBeInstanceOf(Map)
    expect(({} as Record<string, unknown>)['admin']).toBeUndefined()
    expect(printJson(value)).toBe('{"__proto__":{"admin":true},"constructor":1}')
  })

  test('escapes are read and the necessary ones written', () => {
    expect(parseJson(String.raw`"a\"\\\/\b\f\n\r\tä\ud83d\ude00"`)).toBe('a"\\/\b\f\n\r\tä😀')
    expect(printJson('a"\\/\n\u0001\u2028ä😀<')).toBe(String.raw`"a\"\\/\n\u0001\u2028ä😀<"`)
  })

  test.each([
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    '{a:1}',
    "{'a':1}",
    '01',
    '1.',
    '.5',
    '+1',
    '-',
    '1e',
    'NaN',
    'tru',
    '"a',
    '"\n"',
    '"\\x"',
    '"\\u12G4"',
    '[1] 2',
    '{"a" 1}',
    '\ufeff1',
    '[1 2]',
    '"\\',
    '//',
    'undefined',
    '\u00a01',
  ])('%j is refused', (text) => {
    expect(() => parseJson(text)).toThrow(JsonError)
  })

  test('deep nesting is refused at the limit without growing the stack', () => {
    expect(again('['.repeat(512) + ']'.repeat(512))).toHaveLength(1024)
    expect(() => parseJson('['.repeat(513) + ']'.repeat(513))).toThrow(/deeper than 512 at offset 512/)
    expect(() => parseJson('{"a":'.repeat(1_000_000))).toThrow(JsonError)
  })

  test('reads and refuses what JSON.parse reads and refuses', () => {
    const word = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '\\',
      'u00e4',
      '1',
      '-',
      '.',
      'e',
      '0',
      'true',
      'null',
      ' ',
      'a',
    )
    const text = fc.oneof(
      fc.json(),
      fc.array(word, { maxLength: 12 }).map((words) => words.join('')),
    )
    fc.assert(
      fc.property(text, (json) => {
        let expected: unknown
        try {
          expected = JSON.parse(json)
        } catch {
          expect(() => parseJson(json)).toThrow(JsonError)
          return
        }
        const value = parseJson(json)
        expect(JSON.parse(printJson(value))).toEqual(expected)
        expect(plain(parseJson(printJson(value)))).toEqual(plain(value))
      }),
      { numRuns: 2000, seed: 7 },
    )
  })

  test('equality knows numbers by value and objects without order', () => {
    const equal = (a: string, b: string): boolean => jsonEquals(parseJson(a), parseJson(b))
    expect(equal('{"a":1.0,"b":[1,2]}', '{"b":[1,2],"a":1}')).toBe(true)
    expect(equal('[1,2]', '[2,1]')).toBe(false)
    expect(equal('{"a":null}', '{"b":null}')).toBe(false)
  })

  test('a clone can be changed alone', () => {
    const value = parseJson('{"a":[1]}')
    const copy = cloneJson(value)
    ;((copy as Map<string, JsonValue>).get('a') as JsonValue[]).push(2)
    expect(printJson(value)).toBe('{"a":[1]}')
    expect(printJson(copy)).toBe('{"a":[1,2]}')
  })
})

test('a document of more values than memory has room for is refused', () => {
  expect(parseJson(`[${'1,'.repeat(100_000)}1]`)).toHaveLength(100_001)
  expect(() => parseJson(`[${'1,'.repeat(1_000_000)}1]`)).toThrow(/more than 1000000 values/)
})
