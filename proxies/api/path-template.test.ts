import { describe, expect, test } from 'vitest'
import { compilePathTemplate } from './path-template.ts'

const match = (template: string, path: string) => {
  const found = compilePathTemplate(template).match(path)
  return found && Object.fromEntries(found)
}

describe('a template matches', () => {
  test.each<[string, string, Record<string, string>]>([
    ['/', '/', {}],
    ['/orders', '/orders', {}],
    ['/orders', '/orders/', {}],
    ['/orders/', '/orders', {}],
    ['/orders', '/orders?a=1', {}],
    ['/orders/{id}', '/orders/12', { id: '12' }],
    ['/orders/{id}', '/orders/12/', { id: '12' }],
    ['/orders/{id}', '/orders/12?x=y', { id: '12' }],
    ['/orders/{id}/items/{item}', '/orders/1/items/2', { id: '1', item: '2' }],
    ['/{id}', '/a%20b', { id: 'a b' }],
    ['/{id}', '/a%2Fb', { id: 'a/b' }],
    ['/{id}', '/50%', { id: '50%' }],
    ['/{a},{b}', '/1,2', { a: '1', b: '2' }],
    ['/{a,b}', '/1,2', { a: '1', b: '2' }],
    ['/{a}/{a}', '/1/1', { a: '1' }],
    ['/{id:2}', '/ab', { id: 'ab' }],
    ['/{+path}', '/a/b/c', { path: 'a/b/c' }],
    ['/files{/name}', '/files/x', { name: 'x' }],
    ['/view/*', '/view/a/b', {}],
    ['/view/*', '/view/', {}],
    ['/view*', '/viewing?x=1', {}],
    ['/{id}/*', '/7', { id: '7' }],
    ['/{id}/*', '/7/x', { id: '7' }],
    ['/p?a={a}&b={b}', '/p?a=1&b=2', { a: '1', b: '2' }],
    ['/p?a={+a}&b={+b}', '/p?a=&b=2', { a: '', b: '2' }],
    ['/p?a={+a}&b={+b}', '/p?a=1&b=', { a: '1', b: '' }],
  ])('%s matches %s', (template, path, variables) => {
    expect(match(template, path)).toEqual(variables)
  })
})

describe('a template does not match', () => {
  test.each([
    ['/orders', '/order'],
    ['/orders', '/orders/1'],
    ['/orders/{id}', '/orders/'],
    ['/orders/{id}', '/orders'],
    ['/orders/{id}', '/orders/1/2'],
    ['/{a}/{a}', '/1/2'],
    ['/{id:2}', '/abc'],
    ['/view/*', '/view'],
    ['/p?a={a}&b={b}', '/p?a=1'],
    ['/p?a={+a}&b={+b}', '/p?a=1&b'],
    ['/p?a={a}', '/p'],
  ])('%s does not match %s', (template, path) => {
    expect(match(template, path)).toBeUndefined()
  })
})

test.each(['/{', '/}', '/{}', '/{a b}', '/{?q}', '/{;q}'])('%s is no template', (text) => {
  expect(() => compilePathTemplate(text)).toThrow(Error)
})

test('a long path costs time in proportion to its length', () => {
  const template = compilePathTemplate('/{a}/{b}/{c}/{d}')
  const start = performance.now()
  for (let i = 0; i < 20; i++) template.match(`/${'a/'.repeat(20_000)}`)
  expect(performance.now() - start).toBeLessThan(1000)
})
