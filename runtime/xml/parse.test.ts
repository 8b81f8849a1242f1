import { describe, expect, it } from 'vitest'
import { parseXml } from './parse.ts'
import { printXml } from './print.ts'
import { ELEMENT, type XmlElement, XmlText } from './tree.ts'
import { XmlError } from './xml-error.ts'

const rejection = (text: string): XmlError => {
  try {
    parseXml(text)
  } catch (error) {
    if (error instanceof XmlError) return error
    throw error
  }
  throw new Error(`accepted: ${text.slice(0, 80)}`)
}

describe('parseXml', () => {
  it('gives elements, attributes, text, CDATA, comments and instructions in document order', () => {
    const document = parseXml('<?xml version="1.0"?><!--c--><a x="1"><?p d?>t<b/><![CDATA[<]]></a><!--e-->')
    expect(document.children.map(({ type }) => type)).toEqual([8, 1, 8])
    expect(document.root.children.map(({ type }) => type)).toEqual([7, 3, 1, 3])
    expect(document.root.attributes[0]).toMatchObject({ name: 'x', value: '1', parent: document.root })
    const last = document.root.children[3]
    expect(last instanceof XmlText && [last.value, last.cdata]).toEqual(['<', true])
  })

  it('resolves prefixes where they are declared, and undeclares the default namespace', () => {
    const { root } = parseXml(
      '<p:a xmlns:p="urn:1" xmlns="urn:d"><b p:x="" y=""><c xmlns=""/><p:d xmlns:p="urn:2"/><p:e/></b></p:a>',
    )
    const b = root.children[0] as XmlElement
    const names = b.children.map((child) => (child.type === ELEMENT ? [child.prefix, child.name, child.namespace] : []))
    expect([root.namespace, b.namespace]).toEqual(['urn:1', 'urn:d'])
    expect(b.attributes.map(({ namespace }) => namespace)).toEqual(['urn:1', ''])
    expect(names).toEqual([
      ['', 'c', ''],
      ['p', 'd', 'urn:2'],
      ['p', 'e', 'urn:1'],
    ])
  })

  it('expands character references and the predefined entities', () => {
    const { root } = parseXml('<a b="&quot;&#x41;&#10;&lt;">&lt;&amp;&gt;&apos;&#233;&#x1F600;</a>')
    expect(root.attributes[0]?.value).toBe('"A\n<')
    expect((root.children[0] as XmlText).value).toBe("<&>'é😀")
  })

  it('makes line ends LF, and white space in attributes blanks', () => {
    const { root } = parseXml('<a b="1\r\n2\t3\r4">x\r\ny\rz&#13;</a>')
    expect(root.attributes[0]?.value).toBe('1 2 3 4')
    expect((root.children[0] as XmlText).value).toBe('x\ny\nz\r')
  })

  it('tells line and column of a mistake', () => {
    expect(rejection('<a>\r\n  <b>\n</a>')).toMatchObject({
      line: 3,
      column: 1,
      offset: 10,
      reason: 'the end tag </b>, whose start tag is in line 2, is expected here',
    })
  })

  it('prints what it parsed', () => {
    const text =
      '<e:E xmlns:e="urn:s" xmlns="urn:d"><e:B><m:a xmlns:m="urn:m" t="x&quot;">x &lt; y<b/><![CDATA[a<b]]></m:a></e:B></e:E>'
    expect(printXml(parseXml(text))).toBe(text)
  })
})
