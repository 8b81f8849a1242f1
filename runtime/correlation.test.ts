import { expect, test } from 'vitest'
import { correlationOf } from './correlation.ts'
import { Headers } from './headers.ts'
import { systemPlatform } from './platform.ts'

test('a well-formed correlation id of the client is taken over', () => {
  expect(correlationOf(Headers.of({ 'x-correlation-id': 'order-4711/a' }), systemPlatform)).toBe('order-4711/a')
})

test.each(['', 'a b', 'x'.repeat(129), 'a\u0000b', '<script>'])('a correlation id that could do harm in a log is replaced: %j', (id) => {
  expect(correlationOf(Headers.of({ 'x-correlation-id': id }), systemPlatform)).toMatch(/^[0-9a-f-]{36}$/)
})
