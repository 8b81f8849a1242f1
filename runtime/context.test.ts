import { expect, test } from 'vitest'
import { Fault } from './fault.ts'
import { createContext } from './testing.ts'

test('COMPAT property-null-keeps: null leaves the old value of a default property', () => {
  const { properties } = createContext()
  properties.set('default', 'a', 'old')
  properties.set('default', 'a', null)
  expect(properties.get('default', 'a')).toBe('old')
})

test('a fork sees what was set before, and neither sees what the other sets later', () => {
  const ctx = createContext({ body: '<a/>', contentType: 'application/xml' })
  ctx.properties.set('default', 'a', 1)
  ctx.variables.set('v', 1)
  const fork = ctx.fork()
  fork.properties.set('default', 'a', 2)
  fork.variables.set('v', 2)
  ctx.properties.set('default', 'b', 3)
  expect(fork.properties.get('default', 'a')).toBe(2)
  expect(ctx.properties.get('default', 'a')).toBe(1)
  expect(ctx.variables.get('v')).toBe(1)
  expect(fork.properties.get('default', 'b')).toBeUndefined()
})

test('an answer takes default properties and variables with it, and leaves axis2 properties behind', () => {
  const ctx = createContext({ body: '<a/>', contentType: 'application/xml' })
  ctx.properties.set('default', 'a', 1)
  ctx.properties.set('axis2', 'b', 2)
  ctx.variables.set('v', 3)
  const answer = ctx.answer(ctx.message.fork())
  expect(answer.response).toBe(true)
  expect(answer.properties.get('default', 'a')).toBe(1)
  expect(answer.properties.get('axis2', 'b')).toBeUndefined()
  expect(answer.variables.get('v')).toBe(3)
})

test('operation properties are shared by request and answer', () => {
  const ctx = createContext({ body: '<a/>', contentType: 'application/xml' })
  const answer = ctx.answer(ctx.message.fork())
  answer.properties.set('operation', 'o', 1)
  expect(ctx.properties.get('operation', 'o')).toBe(1)
})

test('a removed axis2 property does not show its derived value again', () => {
  const { properties } = createContext({ method: 'PUT' })
  expect(properties.get('axis2', 'HTTP_METHOD')).toBe('PUT')
  properties.delete('axis2', 'HTTP_METHOD')
  expect(properties.get('axis2', 'HTTP_METHOD')).toBeUndefined()
})

test('a fault sets code, first line, detail and exception afresh', () => {
  const ctx = createContext()
  ctx.properties.set('default', 'ERROR_CODE', 'stale')
  ctx.raise(new Fault(101503, 'no connection\nat some depth', { cause: new Error('refused') }))
  expect(ctx.properties.get('default', 'ERROR_CODE')).toBe(101503)
  expect(ctx.properties.get('default', 'ERROR_MESSAGE')).toBe('no connection')
  expect(ctx.properties.get('default', 'ERROR_DETAIL')).toBe('refused')
})
