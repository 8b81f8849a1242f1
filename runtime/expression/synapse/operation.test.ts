import { describe, expect, test } from 'vitest'
import { ask, reasonOf, withJson } from './testing/ask.ts'

describe('literals', () => {
  test.each([
    ['"double"', 'double'],
    ["'single'", 'single'],
    ['"a\\"b\\\\c\\/d"', 'a"b\\c/d'],
    ['"\\u00e9\\t\\101"', 'é\tA'],
    ["'\\d+'", '\\d+'],
    ['12', '12'],
    ['-3.50', '-3.5'],
    ['2.0', '2.0'],
    ['12345678901', '12345678901'],
    ['true', 'true'],
    ['null', ''],
    ['[]', '[]'],
    ['[1, "a", true, null, [2], payload.at]', '[1,"a",true,null,[2],1]'],
  ])('%s is %s', (expression, expected) => {
    expect(ask(expression)).toBe(expected)
  })
})

describe('operators', () => {
  test.each([
    ['1 + 2 * 3', '7'],
    ['(1 + 2) * 3', '9'],
    ['10 - 3 - 2', '5'],
    ['10-3', '7'],
    ['7 % 4 * 2', '6'],
    ['-payload.at + 3', '2'],
    ['2 - -1', '3'],
    ['1 + 1 == 2', 'true'],
    ['1 < 2 == true', 'true'],
    ['true or false and false', 'true'],
    ['false and true or true', 'false'],
    ['(payload.id == 7) and (payload.customer == "Ann")', 'true'],
    ['(payload.id == 7) && (payload.id == 8) || true', 'true'],
    ['payload.id > 5 ? "many" : "few"', 'many'],
    ['false ? 1 : true ? 2 : 3', '2'],
    ['true ? false ? 1 : 2 : 3', '2'],
  ])('%s is %s', (expression, expected) => {
    const ctx = withJson()
    expect(ask(expression, ctx)).toBe(expected)
    expect(ctx.lines).toEqual([])
  })

  test('and, or bind tighter than comparisons, on one level and to the right [COMPAT expression-precedence]', () => {
    expect(reasonOf('payload.id == 7 and payload.at == 1')).toBe(
      'and needs two booleans, not a number; comparisons beside it need parentheses',
    )
    expect(ask('false and (true or true)')).toBe('false')
    expect(ask('false and true or true')).toBe('false')
    expect(ask('(false and true) or true')).toBe('true')
  })

  test('values are equal when their texts are [COMPAT equality-of-text]', () => {
    expect(ask('1 == "1"')).toBe('true')
    expect(ask('1 == 1.0')).toBe('false')
    expect(ask('true == "true"')).toBe('true')
    expect(ask('payload.items[0] == payload.items[0]')).toBe('true')
    expect(ask('payload.items[0] != payload.items[1]')).toBe('true')
    expect(ask('null == null')).toBe('true')
    expect(ask('payload.note == null')).toBe('true')
    expect(ask('payload.note != null')).toBe('false')
    expect(ask('payload.empty == null')).toBe('false')
    expect(ask('"" == payload.empty')).toBe('true')
  })

  test.each([
    ['2147483647 + 1', '2147483648'],
    ['2147483647 * 2147483647', '4611686014132420609'],
    ['9223372036854775806 + 1', '9223372036854775807'],
    ['9007199254740993 - 1', '9007199254740992'],
    ['9007199254740993 % 10', '3'],
    ['9 / 3', '3'],
    ['10 / 4', '2.5'],
    ['1 / 3', '0.3333333333333333'],
    ['-7 % 3', '-1'],
    ['5000000000 / 2', '2.5E9'],
    ['0.1 + 0.2', '0.3'],
    ['3 * 1.1', '3.3'],
    ['5.5 + 3.5', '9.0'],
    ['5.3 - 5', '0.3'],
    ['5.5 % 2', '1.5'],
    ['12345678.5 + 1', '1.23456795E7'],
    ['0.0001 * 1', '1.0E-4'],
  ])('%s is %s', (expression, expected) => {
    expect(ask(expression)).toBe(expected)
  })

  test('a quotient has as many decimal places as its dividend, at least one [COMPAT quotient-scale]', () => {
    expect(ask('34.45 / 3.44')).toBe('10.01')
    expect(ask('10 / 2.5')).toBe('4.0')
    expect(ask('1 / 0.3')).toBe('3.3')
    expect(ask('-1 / 1.6')).toBe('-0.6')
  })

  test.each([
    ['1 / 0', 'division by zero'],
    ['1.5 / 0', 'division by zero'],
    ['1 % 0.0', 'remainder of a division by zero'],
    ['9223372036854775807 + 1', 'the result does not fit into 64 bits'],
    ['1 + "1"', '+ needs two numbers or two texts, not a number and text'],
    ['true + true', '+ needs two numbers or two texts, not a boolean and a boolean'],
    ['"3" * 2', '* needs two numbers, not text'],
    ['5 - null', '- needs two numbers, not null'],
    ['1 < "2"', '< needs two numbers, not text'],
    ['"a" >= "b"', '>= needs two numbers, not text'],
    ['true and 1', 'and needs two booleans, not a number; comparisons beside it need parentheses'],
    ['"x" or true', 'or needs two booleans, not text; comparisons beside it need parentheses'],
    ['"x" ? 1 : 2', 'the condition before ? needs a boolean, not text'],
    ['-payload.customer', '- needs a number, not text'],
    ['payload.none', 'the path $.none leads nowhere'],
    ['payload.items[payload.customer == "Ann" ? 9 : 1]', 'the path leads nowhere'],
    ['payload.items[0.5 + payload.at]', 'an index needs a whole number, not a number'],
    ['payload.items[payload.items]', 'an index needs a whole number, not an array'],
    ['payload.none == null', 'the path $.none leads nowhere'],
    ['false and payload.none', 'the path $.none leads nowhere'],
  ])('%s fails', (expression, reason) => {
    expect(reasonOf(expression)).toBe(reason)
  })
})
