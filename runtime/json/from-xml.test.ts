import { describe, expect, it } from 'vitest'
import { parseXml } from '../xml/parse.ts'
import { xmlToJson, xmlToJsonValue } from './from-xml.ts'
import { jsonMapping } from './mapping.ts'
import { parseJson } from './parse.ts'
import { jsonToXml } from './to-xml.ts'

const toJson = (xml: string, properties: Record<string, string> = {}, preserveSpaces = false) =>
  xmlToJson(parseXml(xml).root, jsonMapping(properties), { preserveSpaces })

describe('XML becomes JSON', () => {
  it('keeps the root as the only member, drops blanks between elements, and writes numbers as they came', () => {
    expect(toJson('<location>\n  <name>Bermuda Triangle</name>\n  <n>25.0000</n>\n  <w>71.0000</w>\n</location>')).toBe(
      '{"location":{"name":"Bermuda Triangle","n":25.0000,"w":71.0000}}',
    )
  })

  it('makes an array of neighbours with one name', () => {
    expect(toJson('<c><l>1</l><l>2</l></c>')).toBe('{"c":{"l":[1,2]}}')
  })

  it('makes no array of one element, nor of elements that do not touch [COMPAT auto-array-neighbours]', () => {
    expect(toJson('<c><l>1</l></c>')).toBe('{"c":{"l":1}}')
    expect(toJson('<c><l>1</l><m>2</m><l>3</l></c>')).toBe('{"c":{"l":1,"m":2,"l":3}}')
  })

  it('starts an array where xml-multiple says so', () => {
    expect(toJson('<c><?xml-multiple l?><l>1</l></c>')).toBe('{"c":{"l":[1]}}')
    expect(toJson('<c><?xml-multiple?><l>1</l><m>2</m></c>')).toBe('{"c":{"l":[1],"m":2}}')
  })

  it('writes attributes with @ and the text beside them as $', () => {
    expect(toJson('<location id="1"><name>B</name></location>')).toBe('{"location":{"@id":"1","name":"B"}}')
    expect(toJson('<location id="1">Bermuda Triangle</location>')).toBe(
      '{"location":{"@id":"1","$":"Bermuda Triangle"}}',
    )
  })

  it('keeps the text of mixed content as $, where upstream fails', () => {
    expect(toJson('<a>x<b>1</b>y</a>')).toBe('{"a":{"b":1,"$":"xy"}}')
  })

  it('writes an empty element as null, or as the empty string', () => {
    expect(toJson('<l><d></d></l>')).toBe('{"l":{"d":null}}')
    expect(toJson('<l><d> </d></l>')).toBe('{"l":{"d":null}}')
    expect(toJson('<l><d/></l>', { 'synapse.commons.enableXmlNullForEmptyElement': 'false' })).toBe('{"l":{"d":""}}')
  })

  it('keeps white space that is all the text when PRESERVE_SPACES asks for it', () => {
    expect(toJson('<l><d> </d></l>', {}, true)).toBe('{"l":{"d":" "}}')
  })

  it('drops namespaces, or keeps prefixes when the setting asks for it', () => {
    const xml = "<a:test xmlns:a='testns1'><b:testb xmlns:b='testns2' a:attrb1='v1' b:attrb1='v2'/></a:test>"
    expect(toJson("<p:a xmlns:p='x'><p:b>1</p:b></p:a>")).toBe('{"a":{"b":1}}')
    expect(toJson(xml, { 'synapse.commons.json.preserve.namespace': 'true' })).toBe(
      '{"a_test":{"b_testb":{"@a_attrb1":"v1","@b_attrb1":"v2"}}}',
    )
  })

  it('writes true, false, null and numbers without quotes, attributes never', () => {
    expect(toJson('<a n="1"><b>true</b><b>null</b><b>-0.5e3</b><b>01</b><b>1.</b><b>x</b></a>')).toBe(
      '{"a":{"@n":"1","b":[true,null,-0.5e3,"01","1.","x"]}}',
    )
    expect(toJson('<a>1</a>', { 'synapse.commons.json.output.autoPrimitive': 'false' })).toBe('{"a":"1"}')
  })

  it('keeps strings that the settings mark', () => {
    const replace = { 'synapse.commons.json.json.output.disableAutoPrimitive.customReplaceRegex': '@@@' }
    expect(toJson('<a><b>1989</b><c>@@@1989</c><d>@@@null</d><e>@@@s</e></a>', replace)).toBe(
      '{"a":{"b":1989,"c":"1989","d":"null","e":"s"}}',
    )
    expect(
      toJson('<a><b>true</b><c>7</c></a>', { 'synapse.commons.json.output.disableAutoPrimitive.regex': 'true|false' }),
    ).toBe('{"a":{"b":"true","c":7}}')
  })

  it('reads xsi:nil as null when the setting asks for it', () => {
    const nil = "<a xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance'><b xsi:nil='true'/></a>"
    expect(toJson(nil, { 'synapse.commons.enableXmlNilReadWrite': 'true' })).toBe('{"a":{"b":null}}')
  })

  it('gives the last value of a key that comes twice to those who want a value', () => {
    expect(xmlToJsonValue(parseXml('<c><l>1</l><m>2</m><l>3</l></c>').root)).toEqual(parseJson('{"c":{"m":2,"l":3}}'))
  })
})

describe('JSON that went through XML', () => {
  it.each([
    '{"b":1,"a":"x","10":true}',
    '{"a":[1,2,[3,[4]],{"b":[]}]}',
    '[]',
    '[1]',
    '[[1,2],[3]]',
    '[{"a":1},{"a":2}]',
    '{}',
    '"text"',
    '3.10',
    'null',
    '{"@id":"7","$ref":1,"a b":2,"":3}',
    '{"a":{"@id":"1","$":"x"}}',
  ])('%s comes back', (json) => {
    const back = xmlToJson(jsonToXml(parseJson(json)))
    // An empty array leaves no element behind, and with it its member.
    expect(back).toBe(json.replace('{"b":[]}', 'null'))
  })
})
