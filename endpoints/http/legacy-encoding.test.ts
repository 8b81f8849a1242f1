import { expect, test } from 'vitest'
import { decodeForm, encodedUrl } from './legacy-encoding.ts'

test('a plus is a blank, and a text that is not well encoded stays as it is', () => {
  expect(decodeForm('a+b%20c')).toBe('a b c')
  expect(decodeForm('50%')).toBe('50%')
})

test('path, query and fragment are encoded, scheme and host are not', () => {
  expect(encodedUrl('http://host:80/a b/ä?q=x y#z z')).toBe('http://host:80/a%20b/%C3%A4?q=x%20y#z%20z')
})

test('what has no scheme and host is no URL', () => {
  expect(encodedUrl('/a/b')).toBeUndefined()
})
