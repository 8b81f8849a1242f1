import { describe, expect, test } from 'vitest'
import { flag, property, type Scope, whole, words } from './properties.ts'
import { createContext } from './testing.ts'

const WRITABLE: readonly Scope[] = ['default', 'axis2', 'axis2-client', 'transport', 'operation', 'analytics']

describe('a scope', () => {
  test.each(WRITABLE)('%s keeps what is set, and forgets what is removed', (scope) => {
    const { properties } = createContext()
    expect(properties.get(scope, 'X-Name')).toBeUndefined()
    properties.set(scope, 'X-Name', 'one')
    properties.set(scope, 'X-Name', 'two')
    expect(properties.get(scope, 'X-Name')).toBe('two')
    properties.delete(scope, 'X-Name')
    expect(properties.get(scope, 'X-Name')).toBeUndefined()
  })

  test.each(WRITABLE.filter((scope) => scope !== 'axis2-client' && scope !== 'operation'))(
    '%s is not seen from any other',
    (scope) => {
      const { properties } = createContext()
      properties.set(scope, 'p', 'x')
      const seen = WRITABLE.filter((other) => properties.get(other, 'p') !== undefined)
      expect(seen).toEqual([scope])
    },
  )

  test('axis2 looks further out: options, then operation; what a flow removed stays removed', () => {
    const { properties } = createContext()
    properties.set('operation', 'p', 'operation')
    expect(properties.get('axis2', 'p')).toBe('operation')
    properties.set('axis2-client', 'p', 'client')
    expect(properties.get('axis2', 'p')).toBe('client')
    properties.set('axis2', 'p', 'own')
    expect(properties.get('axis2', 'p')).toBe('own')
    properties.delete('axis2', 'p')
    expect(properties.get('axis2', 'p')).toBeUndefined()
    expect(properties.get('operation', 'p')).toBe('operation')
  })

  test('transport is the header, whatever the case; null is empty text', () => {
    const { properties, message } = createContext({ headers: { 'Content-Language': 'de' } })
    expect(properties.get('transport', 'content-language')).toBe('de')
    properties.set('transport', 'X-Empty', null)
    properties.set('transport', 'x-number', 5)
    expect(message.headers.get('X-Empty')).toBe('')
    expect(message.headers.get('X-Number')).toBe('5')
  })

  test('system is shared by all messages of a bus and holds text', () => {
    const first = createContext()
    first.properties.set('system', 'p', 7)
    const second = createContext({ services: first.services })
    expect(second.properties.get('system', 'p')).toBe('7')
    second.properties.delete('system', 'p')
    expect(first.properties.get('system', 'p')).toBe('7')
  })

  test('trace takes everything and tells nothing', () => {
    const { properties } = createContext()
    properties.set('trace', 'p', 'x')
    properties.delete('trace', 'p')
    expect(properties.get('trace', 'p')).toBeUndefined()
  })
})

describe('null', () => {
  test.each([null, undefined])('%s in default scope changes nothing [COMPAT property-null-keeps]', (nothing) => {
    const { properties } = createContext()
    properties.set('default', 'p', 'kept')
    properties.set('default', 'p', nothing)
    expect(properties.get('default', 'p')).toBe('kept')
    properties.set('axis2', 'p', 'gone')
    properties.set('axis2', 'p', nothing)
    expect(properties.get('axis2', 'p')).toBeUndefined()
  })
})

describe('special names', () => {
  test('messageType sets ContentType and the header too [COMPAT message-type-relabels]', () => {
    const { properties, message } = createContext()
    properties.set('axis2', 'messageType', 'application/json')
    expect(properties.get('axis2', 'ContentType')).toBe('application/json')
    expect(message.headers.get('Content-Type')).toBe('application/json')
    properties.set('axis2', 'ContentType', 'text/x')
    expect(properties.get('axis2', 'messageType')).toBe('application/json')
    expect(message.headers.get('Content-Type')).toBe('application/json')
  })

  test('removing TRANSPORT_HEADERS removes all header fields', () => {
    const { properties, message } = createContext({ headers: { A: '1', B: '2' } })
    properties.delete('axis2', 'TRANSPORT_HEADERS')
    expect([...message.headers]).toEqual([])
  })

  test.each(['constructor', '__proto__', 'toString'])('%s is a name like any other', (name) => {
    const { properties } = createContext()
    for (const scope of WRITABLE) expect(properties.get(scope, name)).toBeUndefined()
    properties.set('default', name, 'mine')
    properties.set('axis2', name, 'mine')
    expect([properties.get('default', name), properties.get('axis2', name)]).toEqual(['mine', 'mine'])
    expect(({} as Record<string, unknown>)['mine']).toBeUndefined()
  })
})

describe('types', () => {
  test.each([
    [true, true],
    ['true', true],
    ['TRUE', true],
    ['yes', false],
    [false, false],
    [1, false],
  ])('a flag of %j is %s', (value, expected) => {
    expect(flag(value)).toBe(expected)
  })

  test.each([
    ['12', 12],
    [12, 12],
    ['12.9', 12],
    [12.5, undefined],
    ['x', undefined],
    ['', undefined],
    [Number.NaN, undefined],
  ])('a whole number of %j is %s', (value, expected) => {
    expect(whole(value)).toBe(expected)
  })

  test('text of a value is what it prints as; of null nothing', () => {
    expect([words(5), words(true), words('a'), words(null), words(undefined)]).toEqual([
      '5',
      'true',
      'a',
      undefined,
      undefined,
    ])
  })

  test('a typed property reads what a flow wrote as text', () => {
    const COUNT = property('count', 'axis2', whole, 'A number.')
    const { properties } = createContext()
    expect(properties.read(COUNT)).toBeUndefined()
    properties.set('axis2', 'count', '3')
    expect(properties.read(COUNT)).toBe(3)
    properties.write(COUNT, 4)
    expect(properties.get('axis2', 'count')).toBe(4)
  })
})

describe('copies', () => {
  test('a fork has all scopes of its own; operation is shared', () => {
    const ctx = createContext({ body: '<a/>', contentType: 'application/xml' })
    for (const scope of WRITABLE) ctx.properties.set(scope, 'p', scope)
    const fork = ctx.fork()
    for (const scope of ['default', 'axis2', 'axis2-client', 'transport', 'operation', 'analytics'] as const)
      expect(fork.properties.get(scope, 'p')).toBe(scope)
    fork.properties.set('default', 'p', 'other')
    fork.properties.set('operation', 'p', 'other')
    expect(ctx.properties.get('default', 'p')).toBe('default')
    expect(ctx.properties.get('operation', 'p')).toBe('other')
  })

  test('an answer takes over default and analytics alone', () => {
    const ctx = createContext({ body: '<a/>', contentType: 'application/xml' })
    for (const scope of WRITABLE) ctx.properties.set(scope, 'p', scope)
    const { properties } = ctx.answer(createContext().message)
    const seen = WRITABLE.filter((scope) => properties.get(scope, 'p') === scope)
    expect(seen).toEqual(['default', 'operation', 'analytics'])
  })

  test('names are those that hold values', () => {
    const { properties } = createContext()
    expect(properties.names('default')).toEqual([])
    properties.set('default', 'a', 1)
    properties.set('axis2', 'b', 1)
    expect([properties.names('default'), properties.names('axis2')]).toEqual([['a'], ['b']])
  })
})
