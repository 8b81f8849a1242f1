import { describe, expect, test } from 'vitest'
import { javaRegex, javaReplacement } from './java-regex.ts'

const matches = (pattern: string, text: string): boolean => javaRegex(pattern, true).test(text)

describe('a Java regular expression', () => {
  // Pattern, text, and what java.util.regex.Pattern.matches gives for them.
  test.each([
    ['a|b', 'ab', false],
    ['.*', 'a\nb', false],
    ['(?s).*', 'a\nb', true],
    ['.', '\u0085', false],
    ['(?i)abc', 'aBC', true],
    ['(?i)ä', 'Ä', false],
    ['(?i)[a-f]+', 'aBcDeF', true],
    ['(?i)[^a]', 'A', false],
    ['a(?i)b|c', 'C', true],
    ['a(?i)b|c', 'AB', false],
    ['(?:a(?i)b)c', 'aBC', false],
    ['a(?i:b)c', 'aBc', true],
    ['(?i)a(?-i)b', 'AB', false],
    ['(?x) a b # comment', 'ab', true],
    [String.raw`\Qa.b*\E+`, 'a.b***', true],
    [String.raw`(?i)\p{Lu}`, 'ä', true],
    [String.raw`\Qa.b`, 'a.b', true],
    [String.raw`\p{Alpha}+\p{Digit}\P{Alpha}`, 'abc12', true],
    [String.raw`\p{Punct}+`, '!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~', true],
    [String.raw`\p{L}+`, 'äßΩж', true],
    [String.raw`\pL\PL`, 'ä1', true],
    [String.raw`\p{IsGreek}`, 'Ω', true],
    [String.raw`\p{script=Cyrillic}`, 'ж', true],
    [String.raw`\p{javaUpperCase}`, 'Ä', true],
    [String.raw`\w`, 'ä', false],
    [String.raw`\s`, '\u00A0', false],
    [String.raw`\h\v`, '\u00A0\u2028', true],
    [String.raw`a\Rb`, 'a\r\nb', true],
    [String.raw`[\s\S]+`, 'a\u00A0', true],
    [String.raw`[^\d\s]+`, 'a1', false],
    ['[a-z&&[^aeiou]]+', 'xyz', true],
    ['[a-z&&[^aeiou]]+', 'xaz', false],
    ['[a-c[x-z]]+', 'axc', true],
    ['[]a]+', ']a', true],
    ['[a-]+', 'a-', true],
    [String.raw`[\Q^]\E]+`, '^]', true],
    [String.raw`\x41\u0042\x{43}\0104\cA\t\e`, 'ABCD\u0001\t\u001B', true],
    ['(?<year>\\d{4})-\\k<year>', '2026-2026', true],
    ['(a)\\1', 'aa', true],
    ['(?!b).*', 'bc', false],
    ['(?<=a|^)b', 'b', true],
    [String.raw`\Ab\z`, 'b', true],
    [String.raw`a\-b\:c\'d\/`, "a-b:c'd/", true],
    ['^a$', 'a', true],
    ['😀+', '😀😀', true],
    ['a{2}b{1,}c{0,2}', 'aabbc', true],
    ['a*?b+?c??', 'aab', true],
    ['http://localhost:9000.*', 'http://localhost:9000/x', true],
    ['.*/StockQuote.*', '/services/StockQuote', true],
    ['', '', true],
  ])('%s on %j is %s', (pattern, text, expected) => {
    expect(matches(pattern, text)).toBe(expected)
  })

  test('keeps its groups, so that their numbers are those of the author', () => {
    expect(javaRegex('(?i)(a)(?:b)(?<c>C)', true).exec('ABc')?.slice(1)).toEqual(['A', 'c'])
  })

  test('(?m) lets ^ and $ match at line ends', () => {
    expect('a\nb'.replaceAll(javaRegex('(?m)^', false, 'g'), '> ')).toBe('> a\n> b')
  })

  test.each([
    ['a++', 'possessive quantifiers are not supported'],
    ['(?>a)b', 'atomic groups are not supported'],
    ['(a', 'a ( is not closed'],
    ['a)', 'there is a ) without its ('],
    ['[a', 'a [ is not closed'],
    ['*a', 'there is nothing before the *'],
    ['a{b', 'a { that begins no count must be written \\{'],
    ['(?P<a>b)', 'a group that begins with (? is not known'],
    ['(?k)a', 'the flag (?k) is not supported'],
    [String.raw`\p{Foo}`, String.raw`the character class \p{Foo} is not supported`],
    [String.raw`\y`, String.raw`\y means nothing`],
    ['a\\', 'it ends with a \\'],
    [String.raw`(a)\2`, String.raw`\2 refers to a group that does not exist`],
    ['[z-a]', 'a range in a [ ] ends before it begins'],
  ])('%s is refused: %s', (pattern, reason) => {
    expect(() => javaRegex(pattern)).toThrow(reason)
  })

  test.each(['(?=.*a)(a+)+b', String.raw`(a*)*\1`, '(a+){2,40}b', '((a*){5}){17}', '(a|aa){20}(b|bb)*c(?=d)'])(
    '%s is refused, since nothing could stop it on text that does not match',
    (pattern) => {
      expect(() => javaRegex(pattern)).toThrow('exponential time')
    },
  )

  test.each(['(a+)+b', '(?i)(a+)+b', String.raw`(\p{L}+)*\d`, '[a-z&&[^x]]*', String.raw`(\w+\.)*\w+`, '(?s)(.*a)*b'])(
    '%s uses only what the linear engine of V8 can take over',
    (pattern) => {
      const { source, flags } = javaRegex(pattern, true)
      expect(flags).toBe('')
      expect(source).not.toMatch(/\\[pPk1-9]|\(\?(?!:)/)
    },
  )
})

describe('a Java replacement', () => {
  test('knows groups by number and by name, and literal characters after a backslash', () => {
    expect('ab'.replaceAll(javaRegex('(a)(b)', false, 'g'), javaReplacement('$2-$1'))).toBe('b-a')
    expect('ab'.replaceAll(javaRegex('(?<x>a)b', false, 'g'), javaReplacement('${x}!'))).toBe('a!')
    expect('a'.replaceAll(javaRegex('a', false, 'g'), javaReplacement(String.raw`\$1\\`))).toBe('$1\\')
    expect(() => javaReplacement('5 $')).toThrow('name a group')
  })
})
