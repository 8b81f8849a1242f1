import { describe, expect, test } from 'vitest'
import { compileUriTemplate } from './uri-template.ts'

const VALUES: Readonly<Record<string, string>> = {
  var: 'value',
  hello: 'Hello World!',
  half: '50%',
  path: '/foo/bar',
  empty: '',
  x: '1024',
  y: '768',
  base: 'http://example.com/home/',
  'uri.var.id': 'a b/c',
  'query.param.q': 'ä&=',
}

const expand = (template: string): string => compileUriTemplate(template).expand((name) => VALUES[name])

// Examples of RFC 6570, sections 3.2.2 to 3.2.9, as far as texts go.
describe('the examples of RFC 6570 expand as the document says', () => {
  test.each([
    ['{var}', 'value'],
    ['{hello}', 'Hello%20World%21'],
    ['{half}', '50%25'],
    ['O{empty}X', 'OX'],
    ['O{undef}X', 'OX'],
    ['{x,y}', '1024,768'],
    ['{x,hello,y}', '1024,Hello%20World%21,768'],
    ['?{x,empty}', '?1024,'],
    ['?{x,undef}', '?1024'],
    ['{var:3}', 'val'],
    ['{+var}', 'value'],
    ['{+hello}', 'Hello%20World!'],
    ['{+half}', '50%25'],
    ['{base}index', 'http%3A%2F%2Fexample.com%2Fhome%2Findex'],
    ['{+base}index', 'http://example.com/home/index'],
    ['{+path}/here', '/foo/bar/here'],
    ['here?ref={+path}', 'here?ref=/foo/bar'],
    ['{+x,hello,y}', '1024,Hello%20World!,768'],
    ['{+path:6}/here', '/foo/b/here'],
    ['{#var}', '#value'],
    ['{#hello}', '#Hello%20World!'],
    ['foo{#empty}', 'foo#'],
    ['foo{#undef}', 'foo'],
    ['{.x,y}', '.1024.768'],
    ['X{.var}', 'X.value'],
    ['{/var,x}/here', '/value/1024/here'],
    ['{/var:1,var}', '/v/value'],
    ['{;x,y,empty}', ';x=1024;y=768;empty'],
    ['{?x,y}', '?x=1024&y=768'],
    ['{?x,y,empty}', '?x=1024&y=768&empty='],
    ['{?x,y,undef}', '?x=1024&y=768'],
    ['?fixed=yes{&x}', '?fixed=yes&x=1024'],
    ['{&var:3}', '&var=val'],
  ])('%s is %s', (template, expanded) => {
    expect(expand(template)).toBe(expanded)
  })
})

test('names with dots are variables, and every character that a URL cannot hold is encoded', () => {
  expect(expand('http://host/{uri.var.id}?q={query.param.q}')).toBe('http://host/a%20b%2Fc?q=%C3%A4%26%3D')
})

test('a reserved expansion keeps what is encoded already', () => {
  expect(compileUriTemplate('{+v}').expand(() => 'a%2Fb%zz[1]')).toBe('a%2Fb%25zz[1]')
})

test('a surrogate without its other half does not break the expansion', () => {
  expect(compileUriTemplate('{v}').expand(() => 'a\ud800')).toBe('a%EF%BF%BD')
})

test.each(['{', '}', 'a{b', '{}', '{a b}', '{=a}', '{a:0x}'])('%s is no template', (text) => {
  expect(() => compileUriTemplate(text)).toThrow(Error)
})
