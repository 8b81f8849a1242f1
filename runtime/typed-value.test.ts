import { describe, expect, test } from 'vitest'
import { JsonNumber } from './json/index.ts'
import { convertText, type DataType } from './typed-value.ts'
import { XmlElement } from './xml/tree.ts'

describe('convertText', () => {
  test.each<[DataType, string, unknown]>([
    ['STRING', ' a ', ' a '],
    ['BOOLEAN', 'True', true],
    ['BOOLEAN', 'yes', false],
    ['SHORT', '-32768', -32_768],
    ['INTEGER', '+7', 7],
    ['LONG', '9007199254740993', new JsonNumber('9007199254740993')],
    ['FLOAT', '1.5f', 1.5],
    ['DOUBLE', '1', new JsonNumber('1.0')],
    ['DOUBLE', '-0', new JsonNumber('-0.0')],
    ['DOUBLE', '0.0001', new JsonNumber('1.0E-4')],
    ['JSON', '[1,{}]', [1, new Map()]],
    ['JSON', 'not json', 'not json'],
  ])('makes a %s of %s', (type, text, expected) => {
    expect(convertText(text, type)).toEqual(expected)
  })

  test('parses XML', () => {
    expect(convertText('<a b="1"/>', 'XML')).toBeInstanceOf(XmlElement)
    expect(convertText('<a b="1"/>', 'OM')).toMatchObject({ name: 'a' })
  })

  test.each<[DataType, string, string]>([
    ['SHORT', '32768', '32768 is too large for SHORT'],
    ['INTEGER', '2147483648', '2147483648 is too large for INTEGER'],
    ['LONG', '9223372036854775808', '9223372036854775808 is too large for LONG'],
    ['INTEGER', '1.5', '"1.5" is not a whole number'],
    ['INTEGER', '', '"" is not a whole number'],
    ['DOUBLE', '', '"" is not a number'],
    ['DOUBLE', '1e999', '1e999 is too large for DOUBLE'],
    ['XML', 'text', 'root element'],
  ])('refuses %s "%s": %s', (type, text, reason) => {
    expect(() => convertText(text, type)).toThrow(reason)
  })
})
