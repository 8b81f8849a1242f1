import { expect, test } from 'vitest'
import { queryParameters } from './query-parameters.ts'

const read = (target: string) => Object.fromEntries(queryParameters(target))

test('values are decoded, names are not', () => {
  expect(read('/x?a=1+2%203&b%20c=d&e=')).toEqual({ a: '1 2 3', 'b%20c': 'd', e: '' })
})

test('api-query-ampersand: a piece without = belongs to the value before it', () => {
  expect(read('/x?a=1&b&c=2')).toEqual({ a: '1&b', c: '2' })
  expect(read('/x?b')).toEqual({})
})

test('a value that is not well encoded stays as it is', () => {
  expect(read('/x?a=50%')).toEqual({ a: '50%' })
})

test('names such as __proto__ are plain data', () => {
  expect(queryParameters('/x?__proto__=1').get('__proto__')).toBe('1')
})
