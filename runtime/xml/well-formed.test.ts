import { describe, expect, it } from 'vitest'
import { parseXml } from './parse.ts'
import { XmlError } from './xml-error.ts'

/** What XML 1.0 (fifth edition) and Namespaces in XML 1.0 do not allow, by section. */
const MALFORMED: Readonly<Record<string, readonly string[]>> = {
  'document (2.1)': [
    '',
    ' ',
    'x',
    '<a/><b/>',
    '<a/>x',
    'x<a/>',
    '<a/>&#32;',
    '<a/><![CDATA[]]>',
    '<!-- only -->',
    '<?p only?>',
    '</a>',
    '<a></a></a>',
    '\u00a0<a/>',
    '<a/>\ufeff',
  ],
  'characters (2.2)': [
    '<a>\0</a>',
    '<a>\u0001</a>',
    '<a>\u000b</a>',
    '<a b="\u001f"/>',
    '<a>\ufffe</a>',
    '<a>\uffff</a>',
    '<a>\ud800</a>',
    '<a>\udc00x</a>',
    '<!--\u0008--><a/>',
    '<?p \u0002?><a/>',
    '<a><![CDATA[\u000c]]></a>',
  ],
  'names (2.3)': [
    '<1a/>',
    '<-a/>',
    '<.a/>',
    '< a/>',
    '< />',
    '<>',
    '<a 1b=""/>',
    '<a =""/>',
    '<a\u00b7/><',
    '<\u00d7/>',
    '<a\u2028/>',
    '<\u0300a/>',
    '<a b\u00a0=""/>',
  ],
  'text (2.4)': ['<a>]]></a>', '<a>&</a>', '<a>& </a>', '<a>&amp</a>', '<a>a&b</a>', '<a><</a>', '<a>< b</a>'],
  'comments (2.5)': [
    '<!-- -- --><a/>',
    '<!-- ---><a/>',
    '<!--->-<a/>',
    '<!-><a/>',
    '<!-- <a/>',
    '<a><!--</a>',
    '<! -- x --><a/>',
  ],
  'instructions (2.6)': [
    '<??><a/>',
    '<? p?><a/>',
    '<?1?><a/>',
    '<?p',
    '<?p?',
    '<?p d><a/>',
    '<?xml?><a/>',
    '<a><?xml version="1.0"?></a>',
    '<?XML d?><a/>',
    '<?xMl d?><a/>',
    '<?p+d?><a/>',
    '<?p/?><a/>',
    '<?p:q d?><a/>',
  ],
  'CDATA sections (2.7)': [
    '<a><![CDATA[</a>',
    '<a><![CDATA[]]</a>',
    '<a><![cdata[x]]></a>',
    '<a><![CDATA [x]]></a>',
    '<a><![CDATA[<![CDATA[x]]>]]></a>',
  ],
  'prolog (2.8)': [
    '\n<?xml version="1.0"?><a/>',
    '<?xml version="2.0"?><a/>',
    '<?xml version="1."?><a/>',
    '<?xml version=1.0?><a/>',
    '<?xml version="1.0\'?><a/>',
    '<?xml encoding="UTF-8"?><a/>',
    '<?xml version="1.0" encoding=""?><a/>',
    '<?xml version="1.0" encoding="-a"?><a/>',
    '<?xml version="1.0" standalone="maybe"?><a/>',
    '<?xml version="1.0" standalone="yes" encoding="UTF-8"?><a/>',
    '<?xml version="1.0"encoding="UTF-8"?><a/>',
    '<?xml version="1.0" x="y"?><a/>',
    '<?xml version="1.0"><a/>',
    '<?xml version="1.0"',
    '<!DOCTYPE a><a/>',
    '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
    '<!doctype a><a/>',
    '<a/><!DOCTYPE a>',
    '<a><!ELEMENT a ANY></a>',
    '<a><![INCLUDE[]]></a>',
  ],
  'tags (3.1)': [
    '<a',
    '<a ',
    '<a/',
    '<a/ >',
    '<a / >',
    '<a b',
    '<a b=',
    '<a b=c/>',
    '<a b="c',
    '<a b="c\'/>',
    '<a b="<"/>',
    '<a b="c"d="e"/>',
    '<a b="" b=""/>',
    '<a b="" c="" b=\'\'/>',
    '<a b c=""/>',
    '<a b="&"/>',
    '<a b="&lt"/>',
    '<a></ a>',
    '<a></a',
    '<a></a b="">',
    '<a></a/>',
    '<a></b>',
    '<a></ab>',
    '<ab></a>',
    '<a><b></a></b>',
    '<a><b/>',
    '<a></A>',
    '<a "b"/>',
    '<a b=""/ c="">',
    '<a/b="">',
  ],
  'references (4.1)': [
    '<a>&nbsp;</a>',
    '<a>&;</a>',
    '<a>&#;</a>',
    '<a>&#x;</a>',
    '<a>&#xg;</a>',
    '<a>&#X41;</a>',
    '<a>&#-1;</a>',
    '<a>&# 65;</a>',
    '<a>&#0;</a>',
    '<a>&#x1;</a>',
    '<a>&#xB;</a>',
    '<a>&#xD800;</a>',
    '<a>&#xFFFE;</a>',
    '<a>&#x110000;</a>',
    '<a>&#99999999999999999999;</a>',
    '<a>&AMP;</a>',
    '<a b="&x;"/>',
    '<a>&lt ;</a>',
    '<a>&amp;amp</a>&',
  ],
  'namespaces (NS 2 to 7)': [
    '<p:a/>',
    '<a p:b=""/>',
    '<a xmlns:p=""/>',
    '<a xmlns:p="urn:p"><b xmlns:p=""/></a>',
    '<a xmlns:xml="urn:x"/>',
    '<a xmlns:p="http://www.w3.org/XML/1998/namespace"/>',
    '<a xmlns="http://www.w3.org/XML/1998/namespace"/>',
    '<a xmlns:xmlns="urn:x"/>',
    '<a xmlns:xmlns="http://www.w3.org/2000/xmlns/"/>',
    '<a xmlns:p="http://www.w3.org/2000/xmlns/"/>',
    '<a xmlns="http://www.w3.org/2000/xmlns/"/>',
    '<xmlns:a/>',
    '<a:b:c xmlns:a="urn:x"/>',
    '<:a/>',
    '<a:/>',
    '<a :b=""/>',
    '<a b:=""/>',
    '<a xmlns:="urn:x"/>',
    '<p:1 xmlns:p="urn:p"/>',
    '<a xmlns:p="u" xmlns:q="u" p:b="" q:b=""/>',
    '<a xmlns:p="u" xmlns:p="v"/>',
    '<a xmlns="u" xmlns="u"/>',
    '<a><b xmlns:p="u"/><p:c/></a>',
    '<a xmlns:p="u"><p:b></p:c></a>',
    '<p:a xmlns:p="u"></q:a>',
  ],
}

const WELL_FORMED: readonly string[] = [
  '<a/>',
  '<a></a>',
  '<a\n/>',
  '<a ></a >',
  ' <a/> ',
  '\ufeff<a/>',
  '<?xml version="1.0"?><a/>',
  "<?xml\tversion = '1.0'\n encoding='utf-8' standalone='no' ?>\n<a/>",
  '<?xml version="1.1"?><a/>',
  '<?xml-stylesheet href="x"?><a/>',
  '<?xm?><a/>',
  '<?p?><!----><a/><!-- <&x; --><?p d ?>',
  '<_/>',
  '<a.b-c_1/>',
  '<é/>',
  '<𐐀/>',
  '<a·/>',
  '<名 前="x"/>',
  '<a b="\'" c=\'"\'/>',
  '<a b=">"/>',
  '<a b\n=\t"c"/>',
  '<a>></a>',
  '<a>]]</a>',
  '<a>]]&gt;</a>',
  '<a><![CDATA[]]]]></a>',
  '<a><![CDATA[<a>&b;--]]></a>',
  '<a>&#x10FFFF;&#xFFFD;&#x9;&#x00000041;&#000065;</a>',
  '<a>\u007f\u0085\u2028\ufdd0</a>',
  '<a xml:lang="de" xml:space="odd" xml:id="1 2"/>',
  '<a xmlns:xml="http://www.w3.org/XML/1998/namespace"/>',
  '<a xmlns="u"><b xmlns=""/></a>',
  '<a xmlns:p="u" p:b="" b=""/>',
  '<p:a xmlns:p="u"><p:a xmlns:p="v"/><p:a/></p:a>',
  '<a xmlns:p="u" xmlns="u" p:b="" b=""/>',
  '<a xmlnsp="u"/>',
  '<xmlx/>',
  '<a xmlns="b c"/>',
  '<a xmlns:XML="u"/>',
  '<__proto__ constructor="" hasOwnProperty=""/>',
]

describe('parseXml', () => {
  for (const [section, texts] of Object.entries(MALFORMED)) {
    it(`refuses what is wrong with ${section}`, () => {
      for (const text of texts) expect(() => parseXml(text), JSON.stringify(text)).toThrow(XmlError)
    })
  }

  it('accepts every unusual thing that is right', () => {
    for (const text of WELL_FORMED) expect(() => parseXml(text), JSON.stringify(text)).not.toThrow()
  })

  it('refuses a document that is cut anywhere', () => {
    const text = '<?xml version="1.0"?><p:a xmlns:p="u" b="&lt;"><!-- c --><![CDATA[d]]><?p e?>&#65;<f/></p:a>'
    for (let end = 0; end < text.length; end++)
      expect(() => parseXml(text.slice(0, end)), text.slice(0, end)).toThrow(XmlError)
  })
})

describe('limits', () => {
  const nested = (depth: number): string => '<a>'.repeat(depth) + '</a>'.repeat(depth)
  const element = (count: number, attribute: (i: number) => string): string =>
    `<a ${Array.from({ length: count }, (_, i) => attribute(i)).join(' ')}/>`

  it('are those of a generous message, and exact', () => {
    const attribute = (i: number): string => `a${i}=""`
    const declaration = (i: number): string => `xmlns:p${i}="urn:${i}"`
    expect(() => parseXml(nested(512))).not.toThrow()
    expect(() => parseXml(nested(513))).toThrow('nested deeper than 512')
    expect(() => parseXml(element(1000, attribute))).not.toThrow()
    expect(() => parseXml(element(1001, attribute))).toThrow('more than 1000 attributes')
    expect(() => parseXml(element(100, declaration))).not.toThrow()
    expect(() => parseXml(element(101, declaration))).toThrow('more than 100 namespace declarations')
    expect(() => parseXml(`<${'n'.repeat(1024)}/>`)).not.toThrow()
    expect(() => parseXml(`<${'n'.repeat(1025)}/>`)).toThrow('too long')
    expect(() => parseXml(`<?${'n'.repeat(1025)}?><a/>`)).toThrow(XmlError)
  })

  it('can be set for a parse', () => {
    expect(() => parseXml('<a><b/></a>', { depth: 1 })).toThrow('nested deeper than 1')
    expect(() => parseXml('<a b="" c=""/>', { attributes: 1 })).toThrow('more than 1 attributes')
    expect(() => parseXml(nested(600), { depth: 1000 })).not.toThrow()
  })

  /** The least time of some runs, so that neighbours on the machine do not count. */
  /** Processor time of this thread, milliseconds: what else the machine does is not counted. */
  const time = (text: string): number => {
    let least = Infinity
    for (let run = 0; run < 5; run++) {
      const before = process.threadCpuUsage()
      try {
        parseXml(text, { depth: 1e6, attributes: 1e6, declarations: 1e6 })
      } catch (error) {
        if (!(error instanceof XmlError)) throw error
      }
      const { user, system } = process.threadCpuUsage(before)
      least = Math.min(least, (user + system) / 1000)
    }
    return least
  }

  const SHAPES: Readonly<Record<string, (size: number) => string>> = {
    siblings: (size) => `<a>${'<b/>'.repeat(size)}</a>`,
    depth: (size) => nested(size),
    'namespace scopes': (size) =>
      Array.from({ length: size }, (_, i) => `<a xmlns:p${i}="urn:${i}">`).join('') + '</a>'.repeat(size),
    'one prefix declared again and again': (size) => '<p:a xmlns:p="urn:1">'.repeat(size) + '</p:a>'.repeat(size),
    'siblings in many scopes': (size) =>
      `<a ${Array.from({ length: 90 }, (_, i) => `xmlns:p${i}="u"`).join(' ')}>${'<b xmlns="v"/>'.repeat(size)}</a>`,
    attributes: (size) => element(size, (i) => `a${i}=""`),
    references: (size) => `<a>${'&#65;'.repeat(size)}</a>`,
    'CDATA sections': (size) => `<a>${'<![CDATA[x]]>'.repeat(size)}</a>`,
    'line ends': (size) => `<a>${'\r\n<b\n c="\t"/>'.repeat(size)}</a>`,
    'open brackets': (size) => `<a>${'<'.repeat(size)}`,
    'open comments': (size) => `<a>${'<!--'.repeat(size)}`,
    'ampersands without end': (size) => `<a>${'&'.repeat(size)}`,
    'white space in a tag': (size) => `<a${' '.repeat(size)}/>`,
    'an endless attribute': (size) => `<a b="${'x'.repeat(size)}`,
  }

  for (const [name, shape] of Object.entries(SHAPES)) {
    it(`take linear time to reach: ${name}`, () => {
      const size = 10_000
      time(shape(size))
      // Eight times the size takes sixty-four times the time when something is quadratic.
      expect(time(shape(size * 8))).toBeLessThan(Math.max(2, time(shape(size))) * 28)
    })
  }
})
