import { expect, test } from 'vitest'
import { printJavaDate, printJavaDouble } from './stock-quote.ts'

test.each([
  [0, '0.0'],
  [-0, '-0.0'],
  [100, '100.0'],
  [0.001, '0.001'],
  [0.0001, '1.0E-4'],
  [12_345_678, '1.2345678E7'],
  [54_984_862.60437736, '5.498486260437736E7'],
  [-9_999_999, '-9999999.0'],
  [1e7, '1.0E7'],
  [Number.NaN, 'NaN'],
  [-Infinity, '-Infinity'],
])('%d is printed as Java prints a double', (value, text) => {
  expect(printJavaDouble(value)).toBe(text)
})

test('a date is printed as Java prints it', () => {
  expect(printJavaDate(new Date('2012-07-25T14:11:46Z'))).toBe('Wed Jul 25 14:11:46 UTC 2012')
})
