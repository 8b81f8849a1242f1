import { describe, expect, it } from 'vitest'
import { printXml } from '../xml/print.ts'
import { jsonMapping } from './mapping.ts'
import { parseJson } from './parse.ts'
import { jsonKey, jsonToXml, xmlName } from './to-xml.ts'

const toXml = (json: string, properties: Record<string, string> = {}) =>
  printXml(jsonToXml(parseJson(json), jsonMapping(properties)))

describe('JSON becomes XML', () => {
  it('puts the members of an object into jsonObject in their order', () => {
    expect(toXml('{"b":1,"a":"x","10":true}')).toBe(
      '<jsonObject><b>1</b><a>x</a><_JsonReader_PD_10>true</_JsonReader_PD_10></jsonObject>',
    )
  })

  it('repeats the member name for each item of an array', () => {
    expect(toXml('{"a":[1,{"b":2},null]}')).toBe('<jsonObject><a>1</a><a><b>2</b></a><a/></jsonObject>')
  })

  it('wraps a root array and arrays inside arrays', () => {
    expect(toXml('[1,[2,3]]')).toBe(
      '<jsonArray><jsonElement>1</jsonElement><jsonElement><jsonArray><jsonElement>2</jsonElement><jsonElement>3</jsonElement></jsonArray></jsonElement></jsonArray>',
    )
  })

  it('keeps a bare value as JSON text', () => {
    expect(toXml('"a<b"')).toBe('<jsonValue>"a&lt;b"</jsonValue>')
    expect(toXml('1.10')).toBe('<jsonValue>1.10</jsonValue>')
  })

  it('turns @ members into attributes and $ into text', () => {
    expect(toXml('{"@type": "string", "content": "data", "@source": "user"}')).toBe(
      '<jsonObject type="string" source="user"><content>data</content></jsonObject>',
    )
    expect(toXml('{"a":{"@id":7,"$":"x"}}')).toBe('<jsonObject><a id="7">x</a></jsonObject>')
  })

  it('writes numbers as they came', () => {
    expect(toXml('{"n":12345678901234567890.10}')).toBe('<jsonObject><n>12345678901234567890.10</n></jsonObject>')
  })

  it('writes xsi:nil for null when the setting asks for it', () => {
    expect(toXml('{"a":null}', { 'synapse.commons.enableXmlNilReadWrite': 'true' })).toBe(
      '<jsonObject><a xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:nil="true"/></jsonObject>',
    )
  })

  it('announces arrays when the setting asks for it', () => {
    expect(toXml('{"a":[1]}', { 'synapse.json.to.xml.processing.instruction.enabled': 'true' })).toBe(
      '<jsonObject><?xml-multiple a?><a>1</a></jsonObject>',
    )
  })

  it('takes __proto__ and names of Object members as data', () => {
    expect(toXml('{"__proto__":{"x":1},"constructor":2}')).toBe(
      '<jsonObject><__proto__><x>1</x></__proto__><constructor>2</constructor></jsonObject>',
    )
  })
})

describe('names that XML does not allow', () => {
  it.each([
    ['12X12', '_JsonReader_PD_12X12'],
    ['$ref', '_JsonReader_PS_ref'],
    ['a b', 'a_JsonReader_32_b'],
    ['a:b', 'a_JsonReader_58_b'],
    ['-a', '_JsonReader_45_a'],
    ['', '_JsonReader_EMPTY_'],
    ['日本', '日本'],
    ['😀', '😀'],
    ['1 2', '_JsonReader_PD_1_JsonReader_32_2'],
    ['\u0001', '_JsonReader_1_'],
  ])('%j is written %s and read back', (key, name) => {
    expect(xmlName(key)).toBe(name)
    expect(jsonKey(name)).toBe(key)
  })

  it('leaves names alone that only look escaped', () => {
    expect(jsonKey('_JsonReader_x')).toBe('_JsonReader_x')
    expect(jsonKey('_JsonReader_9999999_')).toBe('_JsonReader_9999999_')
  })
})
