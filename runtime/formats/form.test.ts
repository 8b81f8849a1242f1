import { describe, expect, test } from 'vitest'
import { parseXml } from '../xml/parse.ts'
import { printXml } from '../xml/print.ts'
import { formToXml, parseForm, xmlToForm } from './form.ts'

describe('a form', () => {
  test.each([
    ['', []],
    [
      'a=1&b=2',
      [
        ['a', '1'],
        ['b', '2'],
      ],
    ],
    [
      'a=1&a=2',
      [
        ['a', '1'],
        ['a', '2'],
      ],
    ],
    ['&&a=1&', [['a', '1']]],
    ['a', [['a', '']]],
    ['a=', [['a', '']]],
    ['=v', [['', 'v']]],
    ['a=b=c', [['a', 'b=c']]],
    ['a+b=c+d', [['a b', 'c d']]],
    ['a%20b=%C3%A4%2B', [['a b', 'ä+']]],
    ['a=%zz%', [['a', '%zz%']]],
    ['a=%C3', [['a', '%C3']]],
  ])('"%s" is read as %j', (text, pairs) => {
    expect([...parseForm(text)]).toEqual(pairs)
  })

  test('becomes an element for each parameter, in order, of all texts', () => {
    expect(printXml(formToXml('q=1', undefined, 'a=<x>&b='))).toBe(
      '<xformValues><q>1</q><a>&lt;x&gt;</a><b/></xformValues>',
    )
  })

  test('names that XML does not allow are written another way, and come back', () => {
    const form = formToXml('1st=a&$x=b&a b=c')
    expect(printXml(form)).toBe(
      '<xformValues><_JsonReader_PD_1st>a</_JsonReader_PD_1st><_JsonReader_PS_x>b</_JsonReader_PS_x><a_JsonReader_32_b>c</a_JsonReader_32_b></xformValues>',
    )
    expect(xmlToForm(form)).toBe('1st=a&%24x=b&a%20b=c')
  })

  test('has at most 10,000 parameters', () => {
    const text = (count: number): string => 'a&'.repeat(count)
    expect(formToXml(text(10_000)).children).toHaveLength(10_000)
    expect(() => formToXml(text(10_001))).toThrow(expect.objectContaining({ code: 601000 }))
    expect(() => formToXml(text(5_001), text(5_000))).toThrow(expect.objectContaining({ code: 601000 }))
  })
})

describe('an element as a form', () => {
  const written = (xml: string): string => xmlToForm(parseXml(xml).root)

  test('is its children with their text; what stands between them is nothing', () => {
    expect(written('<f>\n  <a>1</a>\n  <b><c>x</c>y</b>\n  <!-- c -->\n</f>')).toBe('a=1&b=y')
  })

  test('escapes as java.net.URLEncoder does, blanks as %20', () => {
    expect(written("<f><a>a b+c&amp;d=e/ä'()!*-_.~</a></f>")).toBe('a=a%20b%2Bc%26d%3De%2F%C3%A4%27%28%29%21*-_.%7E')
  })

  test('nothing is nothing', () => {
    expect(xmlToForm(undefined)).toBe('')
    expect(written('<f/>')).toBe('')
  })
})
