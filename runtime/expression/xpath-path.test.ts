import { spanOf } from 'viaduct'
import { createContext, createDeployment, type TestContext } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { Diagnostics } from '../diagnostic.ts'
import { TestLinker } from '../testing/linker.ts'
import { XmlElement } from '../xml/tree.ts'
import { compilePath, type Path } from './path.ts'

const linker = new TestLinker(createDeployment(), new Diagnostics(), {})
const element = new XmlElement('filter')
element.declarations = [
  { prefix: 'm', namespace: 'urn:m' },
  { prefix: 's', namespace: 'http://schemas.xmlsoap.org/soap/envelope/' },
]
const compile = (text: string): Path => compilePath(text, { element, at: spanOf(element), linker })

const ENVELOPE = `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Header><h>1</h></s:Header><s:Body><m:order xmlns:m="urn:m" id="7"><m:symbol> IB<![CDATA[M]]> </m:symbol><m:symbol>SUN</m:symbol><m:note/><m:deep><m:x>1</m:x></m:deep></m:order></s:Body></s:Envelope>`

function contextOf(body = ENVELOPE, contentType = 'text/xml'): TestContext {
  const ctx = createContext({ contentType, body })
  ctx.properties.set('default', 'wanted', 'SUN')
  ctx.properties.set('default', 'element', new XmlElement('e'))
  return ctx
}

/** Whether the message still has nothing but its bytes. */
const isUntouched = (ctx: TestContext): boolean => ctx.message.tape !== undefined

describe('an XPath that a tape can answer', () => {
  test.each([
    ['//m:symbol[2]/text()', 'SUN', false],
    ['//m:symbol', '<m:symbol', false],
    ['$body/m:order/m:symbol[1]', 'IBM', true],
    ['$body//m:symbol[. = $ctx:wanted]', 'SUN', true],
    ['$header/h', '1', true],
    ['$env/s:Body/m:order/@id', '7', true],
    ['//m:order/@id', '7', true],
    ['s:Body/m:order/m:symbol/text()', ' IBM SUN', true],
    ['count(//m:symbol)', '2.0', true],
    ["//m:symbol = 'SUN'", 'true', true],
    ["concat('a', //m:order/@id)", 'a7', true],
    ['//m:none', '', true],
    ['//m:note', '<m:note', false],
    ['//m:deep', '<m:deep', false],
  ])('%s gives %s, without a tree: %s', (text, expected, untouched) => {
    const ctx = contextOf()
    const onTape = compile(text).string(ctx)
    expect(onTape.startsWith(expected)).toBe(true)
    expect(isUntouched(ctx)).toBe(untouched)
    // The same message with its tree made gives the same.
    const parsed = contextOf()
    expect(parsed.message.tree.root.name).toBe('Envelope')
    expect(compile(text).string(parsed)).toBe(onTape)
  })

  test('a condition leaves the message as it came', () => {
    const ctx = contextOf()
    expect(compile("//m:symbol = 'SUN'").boolean(ctx)).toBe(true)
    expect(compile('//m:none').boolean(ctx)).toBe(false)
    expect(isUntouched(ctx)).toBe(true)
  })

  test('nodes of a property cannot be compared on a tape', () => {
    const ctx = contextOf()
    expect(compile('//m:symbol = $ctx:element').boolean(ctx)).toBe(false)
    expect(isUntouched(ctx)).toBe(false)
  })

  test.each([
    ['malformed', ENVELOPE.replace('</m:note>', '').replace('<m:note/>', '<m:note>'), 'text/xml'],
    ['of another version', ENVELOPE, 'application/soap+xml'],
    ['with an instruction', ENVELOPE.replace('<h>', '<?pi?><h>'), 'text/xml'],
    ['with two bodies', ENVELOPE.replace('</s:Body>', '</s:Body><s:Body/>'), 'text/xml'],
    ['with text between its parts', ENVELOPE.replace('<s:Body>', 'x<s:Body>'), 'text/xml'],
    ['without a Body', ENVELOPE.replaceAll('s:Body', 's:Other'), 'text/xml'],
    ['with too many header blocks', ENVELOPE.replace('<h>1</h>', '<h/>'.repeat(501)), 'text/xml'],
    ['in another charset', ENVELOPE, 'text/xml; charset=utf-16'],
  ])('a message %s is refused as the parser refuses it', (_, body, contentType) => {
    expect(() => compile('//m:symbol').boolean(contextOf(body, contentType))).toThrow()
  })

  test('what is no SOAP message is seen as its builder makes it', () => {
    expect(compile('//symbol').string(contextOf('<order><symbol>IBM</symbol></order>', 'application/xml'))).toBe('IBM')
    expect(compile('boolean(//m:order)').boolean(contextOf(ENVELOPE, 'text/plain'))).toBe(false)
    expect(compile('//m:order/@id').string(contextOf(ENVELOPE, 'application/xml'))).toBe('7')
  })

  test('bytes are read in the charset that the Content-Type names', () => {
    const body = Buffer.from(ENVELOPE.replace('SUN', 'Zürich'), 'latin1')
    const ctx = createContext({ contentType: 'text/xml; charset=iso-8859-1', body })
    expect(compile('//m:symbol[last()]').string(ctx)).toBe('Zürich')
  })
})

describe('string values', () => {
  test.each([
    ['one element: its own text, trimmed', '//m:symbol[1]', 'IBM'],
    ['one element without text: its XML', '//m:deep', '<m:deep xmlns:m="urn:m"><m:x>1</m:x></m:deep>'],
    ['one empty element: its XML', '//m:note', '<m:note xmlns:m="urn:m"/>'],
    ['several elements: the XML of each', '//m:x | //m:note', '<m:note xmlns:m="urn:m"/><m:x xmlns:m="urn:m">1</m:x>'],
    ['texts and attributes: one after the other', '//m:symbol/text() | //@id', '7 IBM SUN'],
    ['a number: as Java writes a double', '1 div 4 + 2', '2.25'],
    ['a boolean', 'true()', 'true'],
    ['nothing', '//m:nothing | $ctx:nothing', ''],
  ])('COMPAT xpath-string-value: %s', (_, text, expected) => {
    expect(compile(text).string(contextOf())).toBe(expected)
  })

  test('COMPAT url-encode-path: signs that belong to path and query stay', () => {
    expect(compile("url-encode('/a b?c=d&e=ü')").string(contextOf())).toBe('/a%20b?c=d&e=%C3%BC')
  })
})
