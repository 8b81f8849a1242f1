import { expect, test } from 'vitest'
import { compileUrlMapping } from './url-mapping.ts'

test('an exact mapping forgives slashes at the end', () => {
  const mapping = compileUrlMapping('/orders/')
  expect(['/orders', '/orders/', '/orders/1', '/order'].map(mapping.exact)).toEqual([true, true, false, false])
})

test('a prefix counts the segments that match', () => {
  const mapping = compileUrlMapping('/a/b/*')
  expect(['/a/b', '/a/b/c', '/a', '/a/bc', '/'].map(mapping.prefix)).toEqual([2, 2, 0, 0, 0])
})

test('/* matches everything, less than a prefix that names a segment', () => {
  expect(compileUrlMapping('/*').prefix('/a/b')).toBeGreaterThan(0)
  expect(compileUrlMapping('/*').prefix('/a/b')).toBeLessThan(compileUrlMapping('/a/*').prefix('/a/b'))
})

test('an extension matches the end of the path', () => {
  const mapping = compileUrlMapping('*.jsp')
  expect(['/a/b.jsp', '/a/b.js', '/jsp'].map(mapping.extension)).toEqual([true, false, false])
})
