import { expect, test } from 'vitest'
import { parsePropertiesFile } from './properties-file.ts'

const read = (text: string) => Object.fromEntries(parsePropertiesFile(text))

test('keys end at =, : or a blank', () => {
  expect(read('a=1\nb : 2\nc 3\nd\n  e =  x y ')).toEqual({ a: '1', b: '2', c: '3', d: '', e: 'x y ' })
})

test('lines that start with # or ! are comments', () => {
  expect(read('# a=1\n  ! b=2\nc=#3')).toEqual({ c: '#3' })
})

test('a backslash at the end joins lines, two do not', () => {
  expect(read('a=one \\\n   two\nb=c:\\\\\nc=3')).toEqual({ a: 'one two', b: 'c:\\', c: '3' })
})

test('escapes stand for characters, also in keys', () => {
  expect(read('a\\ b\\=c=t\\tu\\u00e9')).toEqual({ 'a b=c': 't\tué' })
})

test('__proto__ is a key like any other', () => {
  expect(parsePropertiesFile('__proto__=x').get('__proto__')).toBe('x')
})
