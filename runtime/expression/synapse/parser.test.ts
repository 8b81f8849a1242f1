import { describe, expect, test } from 'vitest'
import { mistakeIn } from './testing/ask.ts'

describe('a mistake is found at load, with its character', () => {
  test.each([
    ['', 'the expression ends early (at character 3)'],
    ['1 +', 'the expression ends early (at character 6)'],
    ['5 >> 3', 'unexpected ">" (at character 6)'],
    ['1 2', 'unexpected "2" (at character 5)'],
    ['(1', '")" is expected (at character 5)'],
    ['"abc', 'the string is not closed (at character 3)'],
    ['1 ; 2', 'unexpected character ";" (at character 5)'],
    ['true ? 1', '":" is expected (at character 11)'],
    ['customer', 'there is no root or function "customer" (at character 3)'],
    ['length', '"(" is expected (at character 9)'],
    ['size(payload)', 'there is no root or function "size" (at character 3)'],
    ['length()', 'length() takes 1 argument, not 0 (at character 3)'],
    ['1 + subString("a")', 'subString() takes 2 to 3 arguments, not 1 (at character 7)'],
    ['now(1)', 'now() takes 0 arguments, not 1 (at character 3)'],
    ['vars', 'a name is expected, as .name or ["name"] (at character 7)'],
    ['vars[0]', 'a name in quotes is expected (at character 8)'],
    [
      'headers.Content-Type',
      'there is no root or function "Type"; names with other characters are written as ["…"] (at character 19)',
    ],
    ['props.transport.x', 'one of synapse, axis2 is expected (at character 9)'],
    ['params.x', 'one of pathParams, uriParams, queryParams, functionParams is expected (at character 10)'],
    ['payload.', 'the expression ends early (at character 11)'],
    ['payload.items[', 'the expression ends early (at character 17)'],
    ['payload.items[0.5]', 'an index is a whole number or a name in quotes (at character 17)'],
    ['payload.items[:"a"]', 'a bound of a slice is a whole number (at character 18)'],
    ['payload.items[?(@.price > )]', 'a value is missing (in the JSONPath $.items[?(@.price > )]) (at character 10)'],
    ['payload.items.keys(1)', '")" is expected (at character 22)'],
    ["xpath('//a[')", 'the expression ends early, at character 5 of the XPath (at character 3)'],
    ["xpath('//x:a')", 'the prefix "x" is not declared, at character 3 of the XPath (at character 3)'],
    ["split('a', '(')", expect.stringMatching(/at character 14\)$/)],
    ["formatDateTime(now(), 'bb')", 'the letter b cannot stand in a pattern for local times (at character 25)'],
    [
      "wso2-vault('alias')",
      'wso2-vault() is not supported; give secrets as configs.NAME (environment) (at character 3)',
    ],
    [
      "1 + hashicorp-vault('p', 'f')",
      'hashicorp-vault() is not supported; give secrets as configs.NAME (environment) (at character 7)',
    ],
  ])('%s', (expression, message) => {
    expect(mistakeIn(expression)).toEqual(typeof message === 'string' ? `expression-invalid: ${message}` : message)
  })

  test('expressions too deep or too long are refused', () => {
    expect(mistakeIn(`${'('.repeat(100)}1${')'.repeat(100)}`)).toContain('nested deeper than 64')
    expect(mistakeIn(`true${' and true'.repeat(100)}`)).toContain('nested deeper than 64')
    expect(mistakeIn(`1${' + 1'.repeat(1500)}`)).toContain('longer than 2000 tokens')
  })
})
