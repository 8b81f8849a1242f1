import { parseXml, printXml, XmlDocument } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { compileStylesheet, StylesheetError } from './index.ts'

const wrap = (body: string, attributes = 'version="1.0"') =>
  `<xsl:stylesheet ${attributes} xmlns:xsl="http://www.w3.org/1999/XSL/Transform">${body}</xsl:stylesheet>`
const root = (body: string) =>
  `<xsl:output omit-xml-declaration="yes"/><xsl:template match="/"><o>${body}</o></xsl:template>`

function transform(sheet: string, document = '<a/>', files: Record<string, string> = {}, options = {}) {
  const load = (href: string) => (href in files ? { text: files[href] ?? '', file: href } : undefined)
  return compileStylesheet({ text: sheet, file: 'main.xsl' }, load).transform(parseXml(document), options)
}

const problem = (sheet: string, files: Record<string, string> = {}): string => {
  try {
    transform(sheet, '<a><b/></a>', files)
  } catch (thrown) {
    if (!(thrown instanceof StylesheetError)) throw thrown
    return `${thrown.at === undefined ? '' : `${thrown.at.file}:${thrown.at.line}:${thrown.at.column} `}${thrown.message}`
  }
  return ''
}

describe('modules', () => {
  const say = (text: string) => `<xsl:template match="b">${text}<xsl:apply-imports/></xsl:template>`
  const go = root('<xsl:apply-templates select="//b"/>')

  test('what imports wins over what is imported, and apply-imports reaches it', () => {
    const files = { 'lib.xsl': wrap(say('lib ')), 'base.xsl': wrap(say('base ')) }
    const sheet = wrap(`<xsl:import href="base.xsl"/><xsl:import href="lib.xsl"/>${go}${say('main ')}`)
    expect(transform(sheet, '<a><b>x</b></a>', files).print()).toBe('<o>main lib base x</o>')
  })

  test('what is included counts as written there', () => {
    const files = { 'inc.xsl': wrap('<xsl:template match="b">included</xsl:template>') }
    const sheet = wrap(`<xsl:template match="b">before</xsl:template><xsl:include href="inc.xsl"/>${go}`)
    expect(transform(sheet, '<a><b/></a>', files).print()).toBe('<o>included</o>')
  })

  test('variables and keys of imported stylesheets are seen, and can be replaced', () => {
    const files = { 'lib.xsl': wrap('<xsl:variable name="v" select="1"/><xsl:variable name="w" select="$v + 1"/>') }
    const sheet = wrap(
      `<xsl:import href="lib.xsl"/><xsl:variable name="v" select="10"/>${root('<xsl:value-of select="$w"/>')}`,
    )
    expect(transform(sheet, '<a/>', files).print()).toBe('<o>11</o>')
  })

  test.each([
    [
      'one that is not there',
      '<xsl:import href="none.xsl"/>',
      {},
      'main.xsl:1:80 xsl:import: there is no resource "none.xsl"',
    ],
    [
      'a circle',
      '<xsl:include href="a.xsl"/>',
      { 'a.xsl': wrap('<xsl:include href="a.xsl"/>') },
      'a.xsl:1:80 "a.xsl" imports itself',
    ],
    ['one that is malformed', '<xsl:include href="a.xsl"/>', { 'a.xsl': '<xsl:' }, expect.stringContaining('a.xsl: ')],
  ])('%s is an error', (_, body, files, expected) => {
    expect(problem(wrap(body), files)).toEqual(expected)
  })
})

describe('documents', () => {
  const copy = wrap(root(`<xsl:copy-of select="document(//f)/*"/>`))
  const document = (href: string) => (href === 'x.xml' ? parseXml('<x/>') : undefined)

  test('document() gives each document once', () => {
    const source = '<a><f>x.xml</f><f>x.xml</f></a>'
    expect(transform(copy, source, {}, { document }).print()).toBe('<o><x/></o>')
  })

  test('one that nobody has is an error', () => {
    expect(() => transform(copy, '<a><f>http://example.com/</f></a>', {}, { document })).toThrow(
      /there is no such resource/,
    )
  })
})

describe('a transformation', () => {
  test('takes parameters from outside', () => {
    const sheet = wrap(`<xsl:param name="p" select="'none'"/>${root('<xsl:value-of select="$p"/>')}`)
    expect(transform(sheet).print()).toBe('<o>none</o>')
    expect(transform(sheet, '<a/>', {}, { parameters: new Map([['p', 'given']]) }).print()).toBe('<o>given</o>')
  })

  test('sees an element as the root of a document, and leaves it where it is', () => {
    const envelope = parseXml('<e xmlns:n="urn:n"><body><n:a/></body></e>')
    const body = envelope.root.children[0]
    const payload = body !== undefined && 'children' in body ? body.children[0] : undefined
    if (payload === undefined || !('children' in payload)) throw new Error('no payload')
    const sheet = compileStylesheet({
      text: wrap(`<xsl:template match="/"><o n="{count(/*)}"><xsl:copy-of select="*"/></o></xsl:template>`),
      file: 'main.xsl',
    })
    expect(printXml(sheet.transform(payload).tree)).toBe('<o n="1"><n:a xmlns:n="urn:n"/></o>')
    expect(printXml(envelope)).toBe('<e xmlns:n="urn:n"><body><n:a/></body></e>')
  })

  test('does not change its source, with strip-space either', () => {
    const source = parseXml('<a> <b/> </a>')
    compileStylesheet({ text: wrap('<xsl:strip-space elements="*"/>'), file: 'main.xsl' }).transform(source)
    expect(printXml(source)).toBe('<a> <b/> </a>')
  })

  test('hands on what its messages say', () => {
    expect(transform(wrap(root('<xsl:message>a<b/></xsl:message>'))).messages).toEqual(['a'])
  })

  test('rounds half to even in format-number, as Java does', () => {
    const format = (value: string, picture: string) =>
      transform(wrap(root(`<xsl:value-of select="format-number(${value},'${picture}')"/>`))).print()
    expect(['0.125', '0.375', '2.5', '3.5'].map((value) => format(value, value.includes('0.') ? '0.00' : '0'))).toEqual(
      ['0.12', '0.38', '2', '4'].map((value) => `<o>${value}</o>`),
    )
  })

  test('an alias gives literal elements another namespace and its prefix', () => {
    const sheet = `<xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:a="urn:a" xmlns:r="urn:r"><xsl:namespace-alias stylesheet-prefix="a" result-prefix="r"/><xsl:template match="/"><a:o/></xsl:template></xsl:stylesheet>`
    expect(printXml(transform(sheet).tree)).toBe('<r:o xmlns:r="urn:r"/>')
  })

  test('of a literal element as stylesheet', () => {
    const sheet = `<o xsl:version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform"><xsl:value-of select="count(//b)"/></o>`
    expect(printXml(transform(sheet, '<a><b/></a>').tree)).toBe('<o>1</o>')
  })

  test('for a later version runs when it uses nothing of it (COMPAT xslt-later-version)', () => {
    expect(transform(wrap(root('<b/>'), 'version="2.0"')).print()).toBe('<o><b/></o>')
    expect(problem(wrap(root('<xsl:for-each-group select="a"/>'), 'version="2.0"'))).toContain(
      'there is no instruction xsl:for-each-group (the stylesheet is written for XSLT 2.0 or later; this is an XSLT 1.0 processor)',
    )
  })

  test('a later version falls back where it says so', () => {
    const sheet = wrap(root('<xsl:analyze><xsl:fallback>old</xsl:fallback></xsl:analyze>'), 'version="1.1"')
    expect(transform(sheet).print()).toBe('<o>old</o>')
  })

  test.each([
    [
      'without end',
      '<xsl:template match="/"><xsl:call-template name="l"/></xsl:template><xsl:template name="l"><xsl:call-template name="l"/></xsl:template>',
      /too deep/,
    ],
    [
      'that takes too long',
      `<xsl:variable name="d" select="'1234567890'"/><xsl:template match="/"><xsl:call-template name="l"><xsl:with-param name="n" select="30"/></xsl:call-template></xsl:template><xsl:template name="l"><xsl:param name="n"/><xsl:if test="$n &gt; 0"><xsl:call-template name="l"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template><xsl:call-template name="l"><xsl:with-param name="n" select="$n - 1"/></xsl:call-template></xsl:if></xsl:template>`,
      /longer than 100 ms/,
    ],
    [
      'that writes too much',
      `<xsl:template match="/"><xsl:for-each select="//b"><xsl:copy-of select="/"/></xsl:for-each></xsl:template>`,
      /too large/,
    ],
  ])('%s is stopped', (_, body, expected) => {
    const document = `<a>${'<b/>'.repeat(200)}</a>`
    expect(() => transform(wrap(body), document, {}, { limits: { time: 100, output: 50_000 } })).toThrow(expected)
  })

  test('a message can end it', () => {
    expect(
      problem(wrap('<xsl:template match="/"><xsl:message terminate="yes">stop here</xsl:message></xsl:template>')),
    ).toBe('main.xsl:1:104 stop here')
  })

  test('gives a tree that can be used without writing it', () => {
    expect(transform(wrap(root('<b/>'))).tree).toBeInstanceOf(XmlDocument)
  })
})

describe('a mistake in a stylesheet is found before it runs, at its place:', () => {
  test.each([
    ['no stylesheet', '<a/>', 'main.xsl:1:1 <a> is no stylesheet: xsl:stylesheet is expected'],
    [
      'an unknown instruction',
      wrap(root('<xsl:fro-each select="a"/>')),
      expect.stringContaining('there is no instruction xsl:fro-each'),
    ],
    ['a wrong expression', wrap(root('\n<xsl:value-of select="a["/>')), expect.stringContaining('main.xsl:2:1 "a["')],
    [
      'a variable nobody declares',
      wrap(root('\n<xsl:value-of select="$none"/>')),
      expect.stringContaining('there is no variable $none'),
    ],
    [
      'a function nobody knows',
      wrap(root('<xsl:value-of select="none()"/>')),
      expect.stringContaining('there is no function none()'),
    ],
    ['a missing attribute', wrap(root('\n  <xsl:value-of/>')), 'main.xsl:2:3 xsl:value-of needs select'],
    [
      'a wrong pattern',
      wrap('\n<xsl:template match="ancestor::a">x</xsl:template>'),
      expect.stringContaining('main.xsl:2:1'),
    ],
    ['a brace without end', wrap(root('\n<a b="{1"/>')), 'main.xsl:2:1 "{1": a brace has no end'],
    ['a prefix nobody declares', wrap(root('<xsl:value-of select="x:a"/>')), expect.stringContaining('x')],
    [
      'an attribute set nobody declares',
      wrap(root('<a xsl:use-attribute-sets="s"/>')),
      expect.stringContaining('there is no attribute set "s"'),
    ],
    [
      'a variable that needs itself',
      wrap(`<xsl:variable name="a" select="$a"/>${root('<xsl:value-of select="$a"/>')}`),
      'a global variable needs its own value',
    ],
  ])('%s', (_, sheet, expected) => {
    expect(problem(sheet)).toEqual(expected)
  })
})
