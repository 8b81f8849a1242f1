import { elements, parseXml, setText } from 'viaduct'
import { describe, expect, test } from 'vitest'
import {
  algorithmOf,
  bytesOf,
  decodeBase64,
  depthOf,
  onlyChild,
  optionalChild,
  simpleText,
  soleElement,
  wholeNumber,
} from './read-element.ts'

const root = (text: string) => parseXml(text).root

describe('children', () => {
  test('of a name: one, none, two', () => {
    expect(onlyChild(root('<r xmlns="u"><a/><b/></r>'), 'u', 'a').name).toBe('a')
    expect(optionalChild(root('<r><a/></r>'), 'u', 'a')).toBeUndefined()
    expect(() => onlyChild(root('<r><a/></r>'), 'u', 'a')).toThrow('r has no a')
    expect(() => optionalChild(root('<r xmlns="u"><a/><a/></r>'), 'u', 'a')).toThrow('r has two a')
  })

  test('of another namespace are others', () => {
    expect(onlyChild(root('<r xmlns="u"><a xmlns="v"/><a/></r>'), 'u', 'a').namespace).toBe('u')
  })

  test('of any name, one alone', () => {
    expect(soleElement(root('<r> <a/> </r>')).name).toBe('a')
    expect(() => soleElement(root('<r>text</r>'))).toThrow('r is empty')
    expect(() => soleElement(root('<r><a/><b/></r>'))).toThrow('r has more than one child')
  })
})

test('an algorithm is an attribute', () => {
  expect(algorithmOf(root('<r Algorithm="urn:x"/>'))).toBe('urn:x')
  expect(() => algorithmOf(root('<r algorithm="urn:x"/>'))).toThrow('r names no algorithm')
})

test('text is text and nothing else', () => {
  expect(simpleText(root('<r>a<!-- c -->b<![CDATA[c]]></r>'))).toBe('abc')
  expect(simpleText(root('<r/>'))).toBe('')
  expect(() => simpleText(root('<r>a<b/></r>'))).toThrow('r holds an element where text belongs')
})

test.each(['0', '7', ' 12 ', '999999999'])('"%s" is a number', (text) => {
  expect(wholeNumber(root(`<r>${text}</r>`))).toBe(Number(text))
})

test.each(['', '-1', '+1', '1.0', '1e3', '0x10', '1 2', '9999999999', '１'])('"%s" is none', (text) => {
  expect(() => wholeNumber(root(`<r>${text}</r>`))).toThrow('r is not a number')
})

describe('base64', () => {
  test.each([
    ['', ''],
    ['YQ==', 'a'],
    ['YWI=', 'ab'],
    ['YWJj', 'abc'],
    [' Y W\n\tJ\r\nj ', 'abc'],
    ['YWJj\nYWJj', 'abcabc'],
  ])('"%s"', (text, plain) => {
    expect(decodeBase64(text)?.toString()).toBe(plain)
  })

  test.each([
    'Y',
    'YQ',
    'YQ=',
    'YQ===',
    '=',
    '====',
    'YQ==YQ==',
    'Y*==',
    'YWJ-',
    'YWJ_',
    'YWJj!',
    'Y=Q=',
    'YWJj\u00a0',
    'äöüß',
  ])('"%s" is none', (text) => {
    expect(decodeBase64(text)).toBeUndefined()
  })

  test('of an element, or its attachment as it is', () => {
    expect(bytesOf(root('<r> YWJj </r>')).toString()).toBe('abc')
    expect(() => bytesOf(root('<r>?</r>'))).toThrow('r is not base64')
    const element = root('<r/>')
    const bytes = Buffer.from([1, 2, 3])
    setText(element, { bytes, contentType: 'image/png' })
    expect(bytesOf(element)).toBe(bytes)
  })

  test('of megabytes is quick', () => {
    const bytes = Buffer.alloc(3_000_000, 7)
    const text = bytes.toString('base64')
    expect(decodeBase64(text)?.equals(bytes)).toBe(true)
    expect(decodeBase64(text.replace(/.{76}/g, '$&\n'))?.equals(bytes)).toBe(true)
  })
})

test('depth counts elements', () => {
  const document = parseXml('<a><b><c/></b></a>')
  const b = elements(document.root)[0] ?? document.root
  expect([depthOf(document), depthOf(document.root), depthOf(b)]).toEqual([0, 1, 2])
})
