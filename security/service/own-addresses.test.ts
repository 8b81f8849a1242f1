import { expect, test } from 'vitest'
import { ownAddresses } from './own-addresses.ts'

const orders = ['/services/Orders']

test.each([
  ['http://a.example/services/Orders', true],
  ['https://b.example:8243/services/Orders', true],
  ['https://b.example/services/Orders/', true],
  ['https://b.example/services/Orders.OrdersHttpsSoap11Endpoint', true],
  ['https://b.example/services/Orders?x', true],
  ['https://b.example/services/%4Frders', true],
  ['https://b.example/services/Other', false],
  ['https://b.example/services/Orders2', false],
  ['https://b.example/services/Orders.v2', false],
  ['https://b.example/services/Other/../Orders/x', false],
  ['https://b.example/x/services/Orders', false],
  ['https://b.example/services/%E0%A4%A', false],
  ['urn:orders', false],
  ['/services/Orders', false],
  ['', false],
])('without a public URL the path tells: %s', (address, own) => {
  expect(ownAddresses(orders, '').has(address)).toBe(own)
})

test.each([
  ['https://bus.example/services/Orders', false],
  ['https://bus.example/esb/services/Orders', true],
  ['http://bus.example:8280/esb/services/Orders', true],
  ['https://other.example/esb/services/Orders', false],
])('with one, host and path do: %s', (address, own) => {
  expect(ownAddresses(orders, 'https://bus.example/esb/').has(address)).toBe(own)
})

test('a service with an address of its own has both', () => {
  const names = ownAddresses(['/services/Orders', '/orders/v1'], '')
  expect(names.has('https://b.example/orders/v1')).toBe(true)
  expect(names.has('https://b.example/services/Orders')).toBe(true)
})
