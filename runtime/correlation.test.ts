import { expect, test } from 'vitest'
import { correlationOf, traceOf } from './correlation.ts'
import { Headers } from './headers.ts'
import { systemPlatform } from './platform.ts'

test('a well-formed correlation id of the client is taken over', () => {
  expect(correlationOf(Headers.of({ 'x-correlation-id': 'order-4711/a' }), systemPlatform)).toBe('order-4711/a')
})

test.each(['', 'a b', 'x'.repeat(129), 'a\u0000b', '<script>'])(
  'a correlation id that could do harm in a log is replaced: %j',
  (id) => {
    expect(correlationOf(Headers.of({ 'x-correlation-id': id }), systemPlatform)).toMatch(/^[0-9a-f-]{36}$/)
  },
)

test('a well-formed trace context of the client is taken over', () => {
  const given = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  expect(traceOf(Headers.of({ traceparent: given }), 'c', systemPlatform)).toBe(given)
})

test.each(['', 'ff-x', `ff-${'a'.repeat(32)}-${'b'.repeat(16)}-01`])(
  'trace context %j of a client is replaced',
  (given) => {
    expect(traceOf(Headers.of({ traceparent: given }), systemPlatform.uuid(), systemPlatform)).toMatch(
      /^00-[\da-f]{32}-[\da-f]{16}-00$/,
    )
  },
)

test('a trace context that is made here has the correlation id in it, unless the client chose that', () => {
  const id = '01234567-89ab-4cde-8f01-23456789abcd'
  expect(traceOf(new Headers(), id, systemPlatform)).toBe('00-0123456789ab4cde8f0123456789abcd-8f0123456789abcd-00')
  expect(traceOf(Headers.of({ 'X-Correlation-ID': 'mine' }), 'mine', systemPlatform)).toMatch(
    /^00-[\da-f]{32}-[\da-f]{16}-00$/,
  )
})
