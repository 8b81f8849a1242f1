import { expect, test } from 'vitest'
import { Stores } from './stores.ts'

test('state is kept while its fingerprint is the same', () => {
  const stores = new Stores()
  const first = stores.borrow('endpoint:a', '1', () => ({ count: 1 }))
  expect(stores.borrow('endpoint:a', '1', () => ({ count: 2 }))).toBe(first)
})

test('state starts afresh when its definition changes', () => {
  const stores = new Stores()
  const first = stores.borrow('endpoint:a', '1', () => ({}))
  expect(stores.borrow('endpoint:a', '2', () => ({}))).not.toBe(first)
})

test('state that nobody uses is forgotten, other state stays', () => {
  const stores = new Stores()
  const kept = stores.borrow('a', '1', () => ({}))
  const gone = stores.borrow('b', '1', () => ({}))
  stores.retain(new Set(['a']))
  expect(stores.borrow('a', '1', () => ({}))).toBe(kept)
  expect(stores.borrow('b', '1', () => ({}))).not.toBe(gone)
})
