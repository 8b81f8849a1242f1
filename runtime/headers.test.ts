import { expect, test } from 'vitest'
import { Headers } from './headers.ts'

test('names are found without regard to case and keep their spelling and order', () => {
  const headers = new Headers(['Content-Type', 'text/xml', 'X-A', '1', 'x-a', '2'])
  expect(headers.get('content-TYPE')).toBe('text/xml')
  expect(headers.all('X-a')).toEqual(['1', '2'])
  expect([...headers]).toEqual([
    ['Content-Type', 'text/xml'],
    ['X-A', '1'],
    ['x-a', '2'],
  ])
})

test('set replaces every field of the name at the place of the first', () => {
  const headers = new Headers(['X-A', '1', 'B', 'b', 'x-a', '2', 'X-A', '3'])
  headers.set('X-A', 'new')
  expect(headers.raw).toEqual(['X-A', 'new', 'B', 'b'])
})

test('set adds a field that is not there', () => {
  const headers = new Headers(['B', 'b'])
  headers.set('X', '1')
  expect(headers.raw).toEqual(['B', 'b', 'X', '1'])
})

test('delete removes every field of the name', () => {
  const headers = new Headers(['a', '1', 'B', 'b', 'A', '2'])
  headers.delete('A')
  expect(headers.raw).toEqual(['B', 'b'])
})

test('the list it was made from never changes', () => {
  const raw = Object.freeze(['a', '1'])
  const headers = new Headers(raw)
  headers.set('a', '2')
  headers.add('b', '3')
  expect(raw).toEqual(['a', '1'])
})

test('a clone and its original do not see changes of each other', () => {
  const headers = Headers.of({ a: '1' })
  headers.set('a', '2')
  const clone = headers.clone()
  clone.set('a', '3')
  headers.add('b', '4')
  expect(headers.raw).toEqual(['a', '2', 'b', '4'])
  expect(clone.raw).toEqual(['a', '3'])
})
