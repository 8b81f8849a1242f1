import { describe, expect, test } from 'vitest'
import { createArrival, type ArrivalOptions } from 'viaduct/testing'
import { compilePathTemplate } from './path-template.ts'
import { accepts, allowed, dispatch, type Resource } from './resource.ts'
import { compileUrlMapping } from './url-mapping.ts'

const resource = (name: string, parts: Partial<Resource> = {}): Resource => ({
  name,
  methods: new Set(),
  mapping: undefined,
  template: undefined,
  protocol: undefined,
  contentType: undefined,
  userAgent: undefined,
  bindsTo: new Set(['default']),
  receive: () => 'continue',
  answer: undefined,
  fault: () => 'stop',
  ...parts,
})
const mapped = (text: string): Resource => resource(text, { mapping: compileUrlMapping(text) })
const templated = (text: string): Resource => resource(text, { template: compilePathTemplate(text) })
const chosen = (resources: readonly Resource[], path: string): string | undefined =>
  dispatch(resources, path)?.resource.name

describe('the resource for a path', () => {
  test('is the exact mapping, then the longest prefix, then the extension', () => {
    const all = [mapped('*.xml'), mapped('/a/*'), mapped('/a/b/*'), mapped('/a/b/c.xml')]
    expect(chosen(all, '/a/b/c.xml')).toBe('/a/b/c.xml')
    expect(chosen(all, '/a/b/d.xml')).toBe('/a/b/*')
    expect(chosen(all, '/a/d')).toBe('/a/*')
    expect(chosen(all, '/x/y.xml')).toBe('*.xml')
    expect(chosen(all, '/x/y')).toBeUndefined()
  })

  test('counts the path alone for mappings, whatever the query', () => {
    expect(chosen([mapped('/a'), mapped('*.xml')], '/a?x=/b.xml')).toBe('/a')
    expect(chosen([mapped('*.xml')], '/a?x=b.xml')).toBeUndefined()
  })

  test('is the first template that fits, in the order in which they are written', () => {
    const all = [templated('/{first}'), templated('/fixed'), templated('/{a}/{b}')]
    expect(chosen(all, '/fixed')).toBe('/{first}')
    expect(dispatch(all, '/x/y')?.variables).toEqual(
      new Map([
        ['a', 'x'],
        ['b', 'y'],
      ]),
    )
  })

  test('is a mapping before a template, and a template before the one without either', () => {
    const all = [resource('rest'), templated('/{any}'), mapped('/a')]
    expect(chosen(all, '/a')).toBe('/a')
    expect(chosen(all, '/b')).toBe('/{any}')
    expect(chosen(all, '/b/c')).toBe('rest')
    expect(dispatch(all, '/b/c')?.variables.size).toBe(0)
  })
})

describe('whether a resource takes a request', () => {
  const asked = (parts: Partial<Resource>, options: ArrivalOptions): boolean =>
    accepts(resource('r', parts), createArrival(options))

  test.each<readonly [string, Partial<Resource>, ArrivalOptions, boolean]>([
    ['any method when none is named', {}, { method: 'PATCH' }, true],
    ['its methods', { methods: new Set(['GET']) }, { method: 'GET' }, true],
    ['no other method', { methods: new Set(['GET']) }, { method: 'POST' }, false],
    ['OPTIONS always', { methods: new Set(['GET']) }, { method: 'OPTIONS' }, true],
    ['its protocol', { protocol: 'https' }, { transport: 'https' }, true],
    ['no other protocol, OPTIONS included', { protocol: 'https' }, { method: 'OPTIONS' }, false],
    ['exactly its Content-Type', { contentType: 'text/xml' }, { body: 'x', contentType: 'text/xml' }, true],
    ['no other', { contentType: 'text/xml' }, { body: 'x', contentType: 'text/xml; charset=UTF-8' }, false],
    ['any request without a body', { contentType: 'text/xml' }, { method: 'GET' }, true],
    ['its user agent', { userAgent: /^curl/ }, { headers: { 'User-Agent': 'curl/8' } }, true],
    ['no other agent', { userAgent: /^curl/ }, { headers: { 'User-Agent': 'Mozilla' } }, false],
    ['and none without a name', { userAgent: /^curl/ }, {}, false],
  ])('takes %s', (_what, parts, options, expected) => {
    expect(asked(parts, options)).toBe(expected)
  })
})

test('Allow names the methods of the resource and OPTIONS, or all there are', () => {
  expect(allowed(resource('r', { methods: new Set(['GET', 'PUT']) }))).toEqual(['GET', 'PUT', 'OPTIONS'])
  expect(allowed(resource('r', { methods: new Set(['OPTIONS']) }))).toEqual(['OPTIONS'])
  expect(allowed(resource('r'))).toEqual(['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'OPTIONS'])
})
