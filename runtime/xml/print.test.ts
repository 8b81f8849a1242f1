import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { parseXml } from './parse.ts'
import { printXml } from './print.ts'
import { repairNamespaces } from './repair.ts'
import { elements, firstElement, namespaceOf, textOf } from './select.ts'
import {
  type XmlAttribute,
  XmlAttribute as Attribute,
  XmlComment,
  type XmlDeclaration,
  XmlDocument,
  XmlElement,
  XmlInstruction,
  type XmlNode,
  XmlText,
} from './tree.ts'
import { XmlError } from './xml-error.ts'

function element(name: string, namespace: string, prefix: string, ...children: XmlNode[]): XmlElement {
  const made = new XmlElement(name, namespace, prefix)
  made.children = children
  for (const child of children) child.parent = made
  return made
}

const declared = (made: XmlElement, ...declarations: XmlDeclaration[]): XmlElement => {
  made.declarations = declarations
  return made
}

const withAttributes = (made: XmlElement, ...attributes: XmlAttribute[]): XmlElement => {
  made.attributes = attributes
  return made
}

describe('printXml', () => {
  it('escapes what would be markup or would be normalised', () => {
    const { root } = parseXml('<a b="&lt;&amp;&quot;\'&#9;&#10;&#13;">&lt;&amp;&gt;"\'\t\n&#13;</a>')
    expect(printXml(root)).toBe('<a b="&lt;&amp;&quot;\'&#x9;&#xA;&#xD;">&lt;&amp;&gt;"\'\t\n&#xD;</a>')
  })

  it('keeps comments, instructions and CDATA sections, and writes empty elements short', () => {
    const text = '<!-- c --><?p d?><a><![CDATA[<b>&]]><b/><!----><?q?></a><!-- e -->'
    expect(printXml(parseXml(text))).toBe(text)
  })

  it('writes an XML declaration when asked', () => {
    expect(printXml(parseXml('<a/>'), { encoding: 'UTF-8' })).toBe('<?xml version="1.0" encoding="UTF-8"?><a/>')
  })

  it('writes CDATA sections as text for a charset that may need references', () => {
    expect(printXml(parseXml('<a><![CDATA[<ä]]></a>'), { encoding: 'US-ASCII' })).toContain('<a>&lt;ä</a>')
  })

  it('pulls apart what a comment, instruction or CDATA section cannot hold', () => {
    const root = element(
      'a',
      '',
      '',
      new XmlComment('--x--->-'),
      new XmlInstruction('p', 'x?>y'),
      new XmlText('a]]>b', null, true),
      new XmlText('\r]', null, true),
    )
    const text = printXml(root)
    expect(text).toBe('<a><!--- -x- - ->- --><?p x? >y?><![CDATA[a]]]]><![CDATA[>b]]>&#xD;]</a>')
    expect(textOf(parseXml(text).root)).toBe('a]]>b\r]')
  })

  it('refuses names and characters that XML does not have, so that data never becomes markup', () => {
    const bad: XmlElement[] = [
      element('a b', '', ''),
      element('a><b', '', ''),
      element('', '', ''),
      element('a:b', '', ''),
      withAttributes(element('a', '', ''), new Attribute('x="" y', '')),
      element('a', '', '', new XmlText('\0')),
      element('a', '', '', new XmlText('\ud800')),
      element('a', '', '', new XmlText('\uffff', null, true)),
      element('a', '', '', new XmlComment('\u0001')),
      element('a', '', '', new XmlInstruction('xml', 'version="1.0"')),
      element('a', '', '', new XmlInstruction('p?><b', '')),
      withAttributes(element('a', '', ''), new Attribute('x', '\u000b')),
      element('a', 'http://www.w3.org/2000/xmlns/', 'p'),
    ]
    for (const root of bad) expect(() => printXml(root)).toThrow(XmlError)
  })

  describe('namespaces', () => {
    it('adds a declaration where a prefix is not bound', () => {
      expect(printXml(element('a', 'urn:1', 'p', element('b', 'urn:1', 'p'), element('c', 'urn:2', 'q')))).toBe(
        '<p:a xmlns:p="urn:1"><p:b/><q:c xmlns:q="urn:2"/></p:a>',
      )
    })

    it('declares and undeclares the default namespace', () => {
      expect(printXml(element('a', 'urn:1', '', element('b', '', '', element('c', 'urn:1', ''))))).toBe(
        '<a xmlns="urn:1"><b xmlns=""><c xmlns="urn:1"/></b></a>',
      )
    })

    it('gives an attribute that is in a namespace a prefix', () => {
      const made = withAttributes(
        element('a', 'urn:1', ''),
        new Attribute('x', '', 'urn:1'),
        new Attribute('y', '', 'urn:2'),
        new Attribute('z', '', '', 'p'),
      )
      expect(printXml(made)).toBe('<a xmlns="urn:1" xmlns:ns1="urn:1" xmlns:ns2="urn:2" ns1:x="" ns2:y="" z=""/>')
    })

    it('takes another prefix where one would stand for two namespaces', () => {
      const made = withAttributes(element('a', 'urn:1', 'p'), new Attribute('x', '', 'urn:2', 'p'))
      expect(printXml(made)).toBe('<p:a xmlns:p="urn:1" xmlns:ns1="urn:2" ns1:x=""/>')
      const shadowed = declared(element('a', 'urn:1', 'p', new XmlText('p:name')), { prefix: 'p', namespace: 'urn:2' })
      expect(printXml(shadowed)).toBe('<ns1:a xmlns:p="urn:2" xmlns:ns1="urn:1">p:name</ns1:a>')
    })

    it('uses the prefix xml for the XML namespace and drops declarations that are not allowed', () => {
      const xml = 'http://www.w3.org/XML/1998/namespace'
      const made = withAttributes(element('a', '', 'p'), new Attribute('lang', 'de', xml, 'q'))
      declared(
        made,
        { prefix: 'r', namespace: '' },
        { prefix: 'xmlns', namespace: 'urn:1' },
        { prefix: 's', namespace: xml },
        { prefix: 't" x="', namespace: 'urn:1' },
      )
      expect(printXml(made)).toBe('<a xml:lang="de"/>')
    })

    it('does not repeat a declaration', () => {
      const made = declared(
        element('a', 'urn:2', 'p'),
        { prefix: 'p', namespace: 'urn:1' },
        { prefix: 'p', namespace: 'urn:2' },
      )
      expect(printXml(made)).toBe('<p:a xmlns:p="urn:2"/>')
    })

    it('always writes what parses to the same names and values', () => {
      const namespaces = fc.constantFrom('', 'urn:1', 'urn:2', 'http://www.w3.org/XML/1998/namespace')
      const prefixes = fc.constantFrom('', 'p', 'q', 'ns1', 'xml', 'xmlns', '1')
      const attributes = fc.uniqueArray(
        fc.record({ name: fc.constantFrom('x', 'y'), namespace: namespaces, prefix: prefixes }),
        {
          selector: ({ name, namespace }) => name + namespace,
          maxLength: 4,
        },
      )
      const trees: fc.Memo<XmlElement> = fc.memo((depth) =>
        fc
          .record({
            prefix: prefixes,
            namespace: namespaces,
            attributes,
            declarations: fc.array(fc.record({ prefix: prefixes, namespace: namespaces }), { maxLength: 3 }),
            children: depth > 1 ? fc.array(trees(), { maxLength: 3 }) : fc.constant([]),
          })
          .map((made): XmlElement => {
            const root = declared(element('e', made.namespace, made.prefix, ...made.children), ...made.declarations)
            root.attributes = made.attributes.map(
              ({ name, namespace, prefix }) => new Attribute(name, 'v', namespace, prefix, root),
            )
            return root
          }),
      )
      const names = ({ name, namespace, attributes, children }: XmlElement): unknown => [
        name,
        namespace,
        attributes.map((attribute) => [attribute.name, attribute.namespace, attribute.value]),
        children.map((child) => names(child as XmlElement)),
      ]
      fc.assert(
        fc.property(trees(4), (root) => {
          const text = printXml(root)
          expect(names(parseXml(text).root)).toEqual(names(root))
          repairNamespaces(root)
          expect(printXml(root)).toBe(text)
        }),
        { numRuns: 1000 },
      )
    })
  })

  describe('of an element inside of a document', () => {
    const { root } = parseXml(
      '<s:E xmlns:s="urn:s" xmlns:x="urn:x" xmlns:t="urn:t" xmlns="urn:d"><s:B><m:a xmlns:m="urn:m" x:type="t:T"><m:b/></m:a><c/></s:B></s:E>',
    )
    const body = firstElement(root) as XmlElement

    it('carries the declarations that names or content use', () => {
      expect(printXml(firstElement(body, 'a') as XmlElement)).toBe(
        '<m:a xmlns:x="urn:x" xmlns:t="urn:t" xmlns:m="urn:m" x:type="t:T"><m:b/></m:a>',
      )
      expect(printXml(firstElement(body, 'c') as XmlElement)).toBe('<c xmlns="urn:d"/>')
    })

    it('carries all when there are many', () => {
      const many = Array.from({ length: 30 }, (_, i) => `xmlns:many${i}="urn:${i}"`).join(' ')
      const inner = elements(parseXml(`<a ${many}><b/></a>`).root)[0] as XmlElement
      expect(namespaceOf('many29', parseXml(printXml(inner)).root)).toBe('urn:29')
    })
  })

  it('hands binary content to the callback and writes an xop:Include for it', () => {
    const binary = { bytes: Buffer.from('abc'), contentType: 'image/gif' }
    const document = new XmlDocument()
    document.children.push(
      element(
        'a',
        '',
        '',
        element('b', '', '', new XmlText(binary)),
        element('c', '', '', new XmlText(binary), new XmlText('x')),
      ),
    )
    const seen: unknown[] = []
    const text = printXml(document, {
      attach(binary) {
        seen.push(binary)
        return '1 ü@x?#'
      },
    })
    expect(text).toBe(
      '<a><b><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:1%20%C3%BC@x%3F%23"/></b><c>YWJjx</c></a>',
    )
    expect(seen).toEqual([binary])
    expect(printXml(document, { attach: () => undefined })).toBe('<a><b>YWJj</b><c>YWJjx</c></a>')
  })
})
