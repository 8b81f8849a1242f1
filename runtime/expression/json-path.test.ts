import { parseJson } from 'viaduct'
import { createContext, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { compile, read } from './testing/read.ts'

const json = (body: string): TestContext => createContext({ contentType: 'application/json', body })

const ask = (text: string, ctx: TestContext): string => compile(text).string(ctx)

describe('json-eval()', () => {
  const BODY = ' {"a": {"b": [1, 2.50, "x"], "n": null, "t": true}, "s": "text"} '

  test.each([
    ['json-eval($.s)', 'text'],
    ['json-eval($.a.b[1])', '2.50'],
    ['json-eval($.a.b)', '[1,2.50,"x"]'],
    ['json-eval($.a.t)', 'true'],
    ['json-eval($.a.n)', 'null'],
    ['json-eval($.none)', ''],
    ['json-eval($.a.b[9])', ''],
    ['json-eval($..b[0])', '[1]'],
    ['json-eval($.s.)', 'text'],
    ['json-eval( $.s )', 'text'],
    ['json-eval(s)', 'text'],
    ['json-eval($)', BODY.trim()],
    ['json-eval($.)', BODY.trim()],
    ['json-eval()', BODY.trim()],
  ])('%s is %s', (text, expected) => {
    expect(ask(text, json(BODY))).toBe(expected)
  })

  test('is over the JSON view of the first child of an XML body', () => {
    expect(
      ask(
        'json-eval($.menu.dish)',
        createContext({ contentType: 'application/xml', body: '<menu><dish>Soup</dish></menu>' }),
      ),
    ).toBe('Soup')
  })

  test('a prefix looks into the JSON of a property instead', () => {
    const ctx = json(BODY)
    ctx.properties.set('default', 'p', '{"a":[1,{"b":"c"}]}')
    ctx.properties.set('axis2', 'p', parseJson('{"a":"axis2"}'))
    ctx.properties.set('transport', 'p', '{"a":"header"}')
    expect(ask('json-eval($ctx:p.a[1].b)', ctx)).toBe('c')
    expect(ask('json-eval($ctx:p)', ctx)).toBe('{"a":[1,{"b":"c"}]}')
    expect(ask('json-eval($axis2:p.a)', ctx)).toBe('axis2')
    expect(ask('json-eval($trp:p.a)', ctx)).toBe('header')
    expect(ask('json-eval($ctx:none.a)', ctx)).toBe('')
  })

  test('expressions in braces are put in first', () => {
    const ctx = json(BODY)
    ctx.properties.set('default', 'index', '1')
    expect(ask('json-eval($.a.b[{$ctx:index}])', ctx)).toBe('2.50')
  })

  test('evaluates to JSON', () => {
    expect(compile('json-eval($.a.b)').evaluate(json(BODY))).toEqual(parseJson('[1,2.50,"x"]'))
  })

  test('a mistake has its character', () => {
    expect(read('json-eval($.a[)').problems[0]).toContain('(at character 5 of the JSONPath)')
  })
})
