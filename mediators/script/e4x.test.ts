import { describe, expect, test } from 'vitest'
import { translateE4x } from './e4x.ts'

describe('E4X', () => {
  test.each([
    ['var a = <a/>', 'var a = $xml("<a/>")'],
    ['f(<a b="1"><c/></a>)', 'f($xml("<a b=\\"1\\"><c/></a>"))'],
    ['x = <a>{b}</a>;', 'x = $xml("<a>", $content(b), "</a>");'],
    ['x = <a id={b + 1}/>', 'x = $xml("<a id=\\"", $value(b + 1), "\\"/>")'],
    ['x = <a>{<b>{c}</b>}</a>', 'x = $xml("<a>", $content($xml("<b>", $content(c), "</b>")), "</a>")'],
    ['x = <a><!-- {no} --><![CDATA[<{]]></a>', 'x = $xml("<a><!-- {no} --><![CDATA[<{]]></a>")'],
    ['p..*::Code.toString()', 'p.$descendants("Code").toString()'],
    ['p..Code', 'p.$descendants("Code")'],
    ['p.*::Code', 'p.$children("Code")'],
    ['p.m::Code', 'p.$children("Code")'],
    ['p.@id', 'p.$attribute("id")'],
    ['p()..@id', 'p().$allAttributes("id")'],
  ])('%s becomes %s', (source, translated) => {
    expect(translateE4x(source)).toBe(translated)
  })

  test.each([
    'if (a < b && c > d) {}',
    'if (a <b) x()',
    'var r = /<a>{1}/.test("<a>")',
    'var s = "<a>{x}</a>..*::b" // <a>',
    '/* <a> .. */ f(...args)',
    'var t = `<a>${x}</a>`',
    'a[1]<b',
    '1.5 + x.y',
  ])('%s stays as it is', (source) => {
    expect(translateE4x(source)).toBe(source)
  })

  test('keeps the lines behind a literal where they were', () => {
    expect(translateE4x('x = <a>\n  <b/>\n</a>;\ny').split('\n')).toHaveLength(4)
  })

  test('a literal without end is a syntax error', () => {
    expect(() => translateE4x('x = <a><b></a')).toThrow(SyntaxError)
  })
})
