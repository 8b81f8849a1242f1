import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalXml, type CanonicalOptions, writeCanonicalXml } from './canonical.ts'
import { compareCodePoints } from './canonical-order.ts'
import { parseXml } from './parse.ts'
import { printXml } from './print.ts'
import { repairNamespaces } from './repair.ts'
import { elements, firstElement } from './select.ts'
import { XmlAttribute, XmlElement, XmlText } from './tree.ts'
import { joinUriReferences } from './uri-reference.ts'

const INCLUSIVE: CanonicalOptions = { form: 'inclusive' }
const EXCLUSIVE: CanonicalOptions = { form: 'exclusive' }

/** The first element of a name, anywhere. */
function find(element: XmlElement, name: string): XmlElement {
  const search = (from: XmlElement): XmlElement | undefined => {
    if (from.name === name) return from
    for (const child of elements(from)) {
      const found = search(child)
      if (found !== undefined) return found
    }
    return undefined
  }
  const found = search(element)
  if (found === undefined) throw new Error(`no <${name}>`)
  return found
}

describe('Canonical XML 1.0, the examples of its section 3 without their DTDs', () => {
  it('3.1: instructions, comments, and outside of the document element', () => {
    const text = `<?xml version="1.0"?>

<?xml-stylesheet   href="doc.xsl"
   type="text/xsl"   ?>

<doc>Hello, world!<!-- Comment 1 --></doc>

<?pi-without-data     ?>

<!-- Comment 2 -->

<!-- Comment 3 -->
`
    const document = parseXml(text)
    expect(canonicalXml(document, INCLUSIVE)).toBe(`<?xml-stylesheet href="doc.xsl"
   type="text/xsl"   ?>
<doc>Hello, world!</doc>
<?pi-without-data?>`)
    expect(canonicalXml(document, { form: 'inclusive', comments: true })).toBe(`<?xml-stylesheet href="doc.xsl"
   type="text/xsl"   ?>
<doc>Hello, world!<!-- Comment 1 --></doc>
<?pi-without-data?>
<!-- Comment 2 -->
<!-- Comment 3 -->`)
  })

  it('3.2: white space in document content', () => {
    const text =
      '<doc>\n   <clean>   </clean>\n   <dirty>   A   B   </dirty>\n   <mixed>\n      A\n      <clean>   </clean>\n      B\n   </mixed>\n</doc>'
    expect(canonicalXml(parseXml(text), INCLUSIVE)).toBe(text)
  })

  it('3.3: start and end tags', () => {
    const text = `<doc>
   <e1   />
   <e2   ></e2>
   <e3   name = "elem3"   id="elem3"   />
   <e4   name="elem4"   id="elem4"   ></e4>
   <e5 a:attr="out" b:attr="sorted" attr2="all" attr="I'm"
      xmlns:b="http://www.ietf.org"
      xmlns:a="http://www.w3.org"
      xmlns="http://example.org"/>
   <e6 xmlns="" xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="" xmlns:a="http://www.w3.org">
            <e9 xmlns="" xmlns:a="http://www.ietf.org"/>
         </e8>
      </e7>
   </e6>
</doc>`
    expect(canonicalXml(parseXml(text), INCLUSIVE)).toBe(`<doc>
   <e1></e1>
   <e2></e2>
   <e3 id="elem3" name="elem3"></e3>
   <e4 id="elem4" name="elem4"></e4>
   <e5 xmlns="http://example.org" xmlns:a="http://www.w3.org" xmlns:b="http://www.ietf.org" attr="I'm" attr2="all" b:attr="sorted" a:attr="out"></e5>
   <e6 xmlns:a="http://www.w3.org">
      <e7 xmlns="http://www.ietf.org">
         <e8 xmlns="">
            <e9 xmlns:a="http://www.ietf.org"></e9>
         </e8>
      </e7>
   </e6>
</doc>`)
  })

  it('3.4: character modifications and references', () => {
    const text = `<doc>
   <text>First line&#x0d;&#10;Second line</text>
   <value>&#x32;</value>
   <compute><![CDATA[value>"0" && value<"10" ?"valid":"error"]]></compute>
   <compute expr='value>"0" &amp;&amp; value&lt;"10" ?"valid":"error"'>valid</compute>
   <norm attr=' &apos;   &#x20;&#13;&#xa;&#9;   &apos; '/>
</doc>`
    expect(canonicalXml(parseXml(text), INCLUSIVE)).toBe(`<doc>
   <text>First line&#xD;
Second line</text>
   <value>2</value>
   <compute>value&gt;"0" &amp;&amp; value&lt;"10" ?"valid":"error"</compute>
   <compute expr="value>&quot;0&quot; &amp;&amp; value&lt;&quot;10&quot; ?&quot;valid&quot;:&quot;error&quot;">valid</compute>
   <norm attr=" '    &#xD;&#xA;&#x9;   ' "></norm>
</doc>`)
  })

  it('3.6: the copyright sign is written in UTF-8', () => {
    expect(Buffer.from(canonicalXml(parseXml('<doc>&#169;</doc>'), INCLUSIVE)).toString('latin1')).toBe(
      '<doc>\xc2\xa9</doc>',
    )
  })
})

describe('Exclusive XML Canonicalization 1.0, the examples of its section 2', () => {
  const ELEM2 = `<n1:elem2 xmlns:n1="http://example.net" xml:lang="en">
         <n3:stuff xmlns:n3="ftp://example.org"/>
       </n1:elem2>`
  const first = parseXml(
    `<n0:pdu xmlns:n0='http://a.example' xmlns:n1='http://example.net' xmlns:n3='ftp://example.org' xml:space='retain'>\n${ELEM2}</n0:pdu>`,
  )
  const second = parseXml(
    `<n2:pdu xmlns:n1='http://example.com' xmlns:n2='http://foo.example' xml:lang='fr' xml:space='retain'>${ELEM2}</n2:pdu>`,
  )
  const INNER = `<n1:elem2 xmlns:n1="http://example.net" xml:lang="en">
         <n3:stuff xmlns:n3="ftp://example.org"></n3:stuff>
       </n1:elem2>`

  it('2.2: the inclusive form of a subtree depends on its surroundings', () => {
    expect(canonicalXml(find(first.root, 'elem2'), INCLUSIVE)).toBe(
      INNER.replace(' xml:lang="en"', '')
        .replace('<n1:elem2', '<n1:elem2 xmlns:n0="http://a.example"')
        .replace('net">', 'net" xmlns:n3="ftp://example.org" xml:lang="en" xml:space="retain">')
        .replace('<n3:stuff xmlns:n3="ftp://example.org">', '<n3:stuff>'),
    )
    expect(canonicalXml(find(second.root, 'elem2'), INCLUSIVE)).toBe(
      INNER.replace(' xml:lang="en"', ' xmlns:n2="http://foo.example" xml:lang="en" xml:space="retain"'),
    )
  })

  it('2.2: the exclusive form does not', () => {
    expect(canonicalXml(find(first.root, 'elem2'), EXCLUSIVE)).toBe(INNER)
    expect(canonicalXml(find(second.root, 'elem2'), EXCLUSIVE)).toBe(INNER)
  })

  it('writes prefixes of the list as the inclusive form does', () => {
    const { root } = parseXml('<a xmlns="urn:d" xmlns:p="urn:p" xmlns:q="urn:q"><p:b><q:c xmlns:p="urn:2"/></p:b></a>')
    const b = find(root, 'b')
    expect(canonicalXml(b, EXCLUSIVE)).toBe('<p:b xmlns:p="urn:p"><q:c xmlns:q="urn:q"></q:c></p:b>')
    expect(canonicalXml(b, { form: 'exclusive', prefixes: ['p', '#default', 'none'] })).toBe(
      '<p:b xmlns="urn:d" xmlns:p="urn:p"><q:c xmlns:p="urn:2" xmlns:q="urn:q"></q:c></p:b>',
    )
  })
})

describe('Canonical XML 1.1', () => {
  const { root } = parseXml(
    '<a xml:base="http://x/y/z" xml:id="1" xml:lang="de" xml:foo="f"><b xml:base="../w/"><c xml:space="preserve"/></b></a>',
  )

  it('inherits xml:lang and xml:space, joins xml:base, and leaves the rest', () => {
    expect(canonicalXml(find(root, 'c'), { form: 'inclusive-1.1' })).toBe(
      '<c xml:base="http://x/w/" xml:lang="de" xml:space="preserve"></c>',
    )
    expect(canonicalXml(root, { form: 'inclusive-1.1' })).toBe(
      '<a xml:base="http://x/y/z" xml:foo="f" xml:id="1" xml:lang="de"><b xml:base="../w/"><c xml:space="preserve"></c></b></a>',
    )
  })

  it('differs from 1.0, which inherits every attribute of the XML namespace', () => {
    expect(canonicalXml(find(root, 'c'), INCLUSIVE)).toBe(
      '<c xml:base="../w/" xml:foo="f" xml:id="1" xml:lang="de" xml:space="preserve"></c>',
    )
  })

  it('joins references as its appendix A shows', () => {
    const joined: [string, string, string][] = [
      ['', 'abc/', 'abc/'],
      ['no/', '.', 'no/'],
      ['no/', '..', ''],
      ['no/', '../', ''],
      ['no/', '../..', '../'],
      ['no/', '../../', '../'],
      ['../', '..', '../../'],
      ['../..', '..', '../../../'],
      ['..', 'x', '../x'],
      ['/', '..', '/'],
      ['/a/b', '../../..', '/'],
      ['a/b', 'c', 'a/c'],
      ['a', '', 'a'],
      ['http://h', 'x', 'http://h/x'],
      ['http://h/a/b?q#f', 'c?r#g', 'http://h/a/c?r'],
      ['http://h/a', '//g/./b', 'http://g/b'],
      ['http://h/a', 'urn:x', 'urn:x'],
      ['a//b', 'c', 'a/c'],
    ]
    for (const [base, reference, result] of joined)
      expect([base, reference, joinUriReferences(base, reference)]).toEqual([base, reference, result])
  })
})

describe('canonical forms', () => {
  it('sort by code point, not by UTF-16 unit', () => {
    expect(['\ufb01', '𐐀', 'a', '\ue000', ''].toSorted(compareCodePoints)).toEqual(['', 'a', '\ue000', '\ufb01', '𐐀'])
    expect(canonicalXml(parseXml('<a 𐐀="" ﬁ=""/>'), EXCLUSIVE)).toBe('<a ﬁ="" 𐐀=""></a>')
  })

  it('leave an element out when asked', () => {
    const { root } = parseXml('<a>x<s>y</s>z</a>')
    expect(canonicalXml(root, { form: 'exclusive', omit: firstElement(root, 's') })).toBe('<a>xz</a>')
  })

  it('write the empty default namespace of an STR-Transform', () => {
    const { root } = parseXml('<a xmlns:w="urn:w"><w:t V="1"><b/></w:t><c xmlns="urn:c"/></a>')
    const options: CanonicalOptions = { form: 'exclusive', emptyDefault: true }
    expect(canonicalXml(find(root, 't'), options)).toBe('<w:t xmlns="" xmlns:w="urn:w" V="1"><b></b></w:t>')
    expect(canonicalXml(find(root, 'c'), options)).toBe('<c xmlns="urn:c"></c>')
    expect(canonicalXml(root, options)).toBe(
      '<a xmlns=""><w:t xmlns:w="urn:w" V="1"><b></b></w:t><c xmlns="urn:c"></c></a>',
    )
  })

  it('never print declarations of the prefix xml', () => {
    const text = '<a xmlns:xml="http://www.w3.org/XML/1998/namespace" xml:lang="de"/>'
    for (const form of ['inclusive', 'exclusive'] as const)
      expect(canonicalXml(parseXml(text), { form })).toBe('<a xml:lang="de"></a>')
  })

  it('count a tree made by hand as it will be printed', () => {
    const root = new XmlElement('a', 'urn:1', 'p')
    const child = new XmlElement('b', 'urn:2', 'p', root)
    child.attributes = [new XmlAttribute('x', '', 'urn:1', '', child), new XmlAttribute('y', '', 'urn:3', 'p', child)]
    root.children = [child]
    const printed = parseXml(printXml(root))
    for (const form of ['inclusive', 'exclusive'] as const)
      expect(canonicalXml(root, { form })).toBe(canonicalXml(printed, { form }))
    repairNamespaces(root)
    expect(canonicalXml(root, INCLUSIVE)).toBe(canonicalXml(printed, INCLUSIVE))
  })

  it('go into a hash piece by piece, binary content as base64', () => {
    const root = new XmlElement('a')
    const bytes = Buffer.alloc(1_000_001, 'x')
    const text = new XmlText({ bytes, contentType: 'image/gif' }, root)
    root.children = [text, new XmlText('ä'.repeat(200_000), root)]
    const hash = createHash('sha256')
    let longest = 0
    writeCanonicalXml(root, EXCLUSIVE, (chunk) => {
      longest = Math.max(longest, chunk.length)
      hash.update(chunk)
    })
    expect(longest).toBeLessThan(250_000)
    const whole = `<a>${bytes.toString('base64')}${'ä'.repeat(200_000)}</a>`
    expect(hash.digest('hex')).toBe(createHash('sha256').update(whole).digest('hex'))
  })
})
