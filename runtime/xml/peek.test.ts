import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseXml } from './parse.ts'
import { type Peek, peekEnvelope, spliceHeader } from './peek.ts'
import { printXml } from './print.ts'
import { ELEMENT, type XmlElement, type XmlParent } from './tree.ts'

const SOAP11 = 'http://schemas.xmlsoap.org/soap/envelope/'
const SOAP12 = 'http://www.w3.org/2003/05/soap-envelope'

const peek = (xml: string, charset?: string): Peek | undefined => peekEnvelope(Buffer.from(xml), charset)

const envelope = (body: string, header = '', namespace = SOAP11): string =>
  `<s:Envelope xmlns:s="${namespace}">${header}<s:Body>${body}</s:Body></s:Envelope>`

const quote = { name: 'quote', namespace: 'urn:q', prefix: 'q' }

describe('a look at the envelope', () => {
  test.each<[string, string, Peek]>([
    ['SOAP 1.1', envelope('<q:quote xmlns:q="urn:q"/>'), { soap: '1.1', operation: quote }],
    ['SOAP 1.2', envelope('<q:quote xmlns:q="urn:q"/>', '', SOAP12), { soap: '1.2', operation: quote }],
    ['an empty Body', envelope(''), { soap: '1.1', operation: undefined }],
    [
      'a Body without content',
      envelope('').replace('<s:Body></s:Body>', '<s:Body/>'),
      { soap: '1.1', operation: undefined },
    ],
    [
      'text before the child',
      envelope('\n <!-- <x/> --> <q:quote xmlns:q="urn:q">'),
      { soap: '1.1', operation: quote },
    ],
    [
      'a Header full of traps',
      envelope(
        "<q:quote xmlns:q='urn:q'/>",
        `<s:Header a=">"><s:Body/><![CDATA[</s:Header><s:Body><a/>]]><x y='/>'/><!-- </s:Header> --><?p </s:Header>?></s:Header>`,
      ),
      { soap: '1.1', operation: quote },
    ],
    [
      'a prefix of the envelope',
      envelope('<s:Fault/>'),
      { soap: '1.1', operation: { name: 'Fault', namespace: SOAP11, prefix: 's' } },
    ],
    [
      'default namespaces',
      `<Envelope xmlns="${SOAP12}"><Header/><Body><quote xmlns=""/></Body></Envelope>`,
      { soap: '1.2', operation: { name: 'quote', namespace: '', prefix: '' } },
    ],
    [
      'a prefix declared twice',
      `<q:Envelope xmlns:q="${SOAP11}"><q:Body><q:quote xmlns:q="urn:q"/></q:Body></q:Envelope>`,
      { soap: '1.1', operation: quote },
    ],
    [
      'no SOAP',
      '<?xml version="1.0"?><!--x--><q:quote xmlns:q="urn:q"><a/></q:quote>',
      { soap: undefined, operation: quote },
    ],
    [
      'an Envelope of another namespace',
      '<Envelope/>',
      { soap: undefined, operation: { name: 'Envelope', namespace: '', prefix: '' } },
    ],
    ['a mark of UTF-8', `\ufeff${envelope('<q:quote xmlns:q="urn:q"/>')}`, { soap: '1.1', operation: quote }],
    [
      'names that are not ASCII',
      envelope('<ü:größe xmlns:ü="urn:ü"/>'),
      { soap: '1.1', operation: { name: 'größe', namespace: 'urn:ü', prefix: 'ü' } },
    ],
    [
      'the prefix xml',
      '<xml:x/>',
      { soap: undefined, operation: { name: 'x', namespace: 'http://www.w3.org/XML/1998/namespace', prefix: 'xml' } },
    ],
    [
      'a Body of another namespace before the Body',
      envelope('<q:quote xmlns:q="urn:q"/>', '<o:Body xmlns:o="urn:o"><a/></o:Body>'),
      { soap: '1.1', operation: quote },
    ],
  ])('tells about %s', (_, xml, expected) => {
    expect(peek(xml)).toEqual(expected)
  })

  test.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['JSON', '{"a":"<b>"}'],
    ['a DTD', '<!DOCTYPE a><a/>'],
    ['an entity in a namespace', '<a xmlns="urn:&#97;"/>'],
    ['an undeclared prefix', '<q:a/>'],
    ['a Header without end', `<s:Envelope xmlns:s="${SOAP11}"><s:Header><a>`],
    ['an envelope without Body', `<s:Envelope xmlns:s="${SOAP11}"></s:Envelope>`],
    ['an empty envelope', `<s:Envelope xmlns:s="${SOAP11}"/>`],
    ['a tag without quotes', '<a b=c>'],
    ['a name that is none', '<1a/>'],
    ['another encoding', '<?xml version="1.0" encoding="UTF-16"?><a/>'],
    ['Latin-1', '<?xml version="1.0" encoding="ISO-8859-1"?><a/>'],
  ])('says nothing about %s', (_, xml) => {
    expect(peek(xml)).toBeUndefined()
  })

  test('the charset of the media type counts before the declaration', () => {
    expect(peek('<?xml version="1.0" encoding="ISO-8859-1"?><a/>', 'utf-8')?.operation?.name).toBe('a')
    expect(peek('<a/>', 'utf-16')).toBeUndefined()
    expect(peekEnvelope(Buffer.from('\ufeff<a/>', 'utf16le'))).toBeUndefined()
  })

  test('it stops at the first child of the Body, whatever follows', () => {
    const bytes = Buffer.concat([Buffer.from(envelope('<q:quote xmlns:q="urn:q">')), Buffer.alloc(1 << 24, '<')])
    const start = performance.now()
    expect(peekEnvelope(bytes)?.operation).toEqual(quote)
    expect(performance.now() - start).toBeLessThan(20)
  })

  test('a message cut anywhere, or with any byte changed, gives an answer or none but never an error', () => {
    const bytes = Buffer.from(
      envelope('<q:quote xmlns:q="urn:q"><a>1</a></q:quote>', '<s:Header><x a="1"/></s:Header>'),
    )
    for (let end = 0; end < bytes.length; end++) {
      const found = peekEnvelope(bytes.subarray(0, end))
      if (found !== undefined) expect(found.operation).toEqual(quote)
      for (const byte of [0, 0x22, 0x26, 0x2f, 0x3c, 0x3e, 0x80, 0xff]) {
        const changed = Buffer.from(bytes)
        changed[end] = byte
        peekEnvelope(changed)
        spliceHeader(changed, '<y/>')
      }
    }
  })

  test('it sees what the parser sees', () => {
    const part = fc.constantFrom(
      '<a/>',
      '<b c=">"/>',
      't',
      '<!--<a>-->',
      '<![CDATA[<]]>',
      '<?p >?>',
      '<p:a><p:b/></p:a>',
      '<Body/>',
      '<p:Body/>',
    )
    const parts = fc.array(part, { maxLength: 4 }).map((found) => found.join(''))
    const document = fc
      .tuple(
        fc.constantFrom('', 'xmlns=""', 'xmlns="urn:d"'),
        fc.option(parts),
        parts,
        parts,
        fc.constantFrom(SOAP11, SOAP12),
      )
      .map(
        ([declaration, header, between, body, namespace]) =>
          `<p:Envelope ${declaration} xmlns:p="${namespace}">${header === null ? '' : `<p:Header>${header}</p:Header>`}${between}<p:Body>${body}</p:Body></p:Envelope>`,
      )
    fc.assert(
      fc.property(document, (xml) => {
        const { root } = parseXml(xml)
        const operation = first(first(root, 'Body', root.namespace) ?? root)
        const expected = operation && { name: operation.name, namespace: operation.namespace, prefix: operation.prefix }
        expect(peek(xml)?.operation).toEqual(expected)
      }),
      { numRuns: 1000, seed: 5 },
    )
  })
})

function first(parent: XmlParent, name?: string, namespace?: string): XmlElement | undefined {
  return parent.children.find(
    (child): child is XmlElement =>
      child.type === ELEMENT && (name === undefined || (child.name === name && child.namespace === namespace)),
  )
}

describe('a header block written into the bytes', () => {
  const block = '<t:token xmlns:t="urn:t">x</t:token>'
  const splice = (xml: string): string | undefined => spliceHeader(Buffer.from(xml), block)?.toString()

  test('goes before the blocks that are there', () => {
    expect(splice(envelope('<a/>', '<s:Header id="1"><b/></s:Header>'))).toBe(
      envelope('<a/>', `<s:Header id="1">${block}<b/></s:Header>`),
    )
  })

  test('opens an empty Header', () => {
    expect(splice(envelope('<a/>', '<s:Header id="1" />'))).toBe(
      envelope('<a/>', `<s:Header id="1" >${block}</s:Header>`),
    )
  })

  test('makes a Header with the prefix of the envelope before the Body', () => {
    expect(splice(envelope('<a/>', '<!-- c -->'))).toBe(envelope('<a/>', `<!-- c --><s:Header>${block}</s:Header>`))
  })

  test('is not written where names without a prefix would mean something else', () => {
    expect(splice(`<Envelope xmlns="${SOAP12}"><Body/></Envelope>`)).toBeUndefined()
    expect(splice(envelope('<a/>', '<s:Header xmlns="urn:d"/>'))).toBeUndefined()
  })

  test('goes behind the blocks that are there', () => {
    const last = (xml: string): string | undefined => spliceHeader(Buffer.from(xml), block, 'last')?.toString()
    expect(last(envelope('<a/>', '<s:Header><b/><!-- </s:Header> --></s:Header >\n'))).toBe(
      envelope('<a/>', `<s:Header><b/><!-- </s:Header> -->${block}</s:Header >\n`),
    )
    expect(last(envelope('<a/>', '<s:Header/>'))).toBe(envelope('<a/>', `<s:Header>${block}</s:Header>`))
    expect(last(envelope('<a/>', ''))).toBe(envelope('<a/>', `<s:Header>${block}</s:Header>`))
    expect(last(envelope('<a/>', '<s:Header><b/></s:Header><!-- </s:Header> -->'))).toBeUndefined()
    expect(last(envelope('<a/>', '<s:Header><b/></s:Header><c></c>'))).toBeUndefined()
  })

  test('is what the tree would have', () => {
    const spliced = splice(envelope('<a/>', '<s:Header/>')) ?? ''
    expect(printXml(parseXml(spliced))).toContain(block)
  })

  test('is refused where there is no envelope, or another encoding', () => {
    expect(splice('<a/>')).toBeUndefined()
    expect(splice('<?xml version="1.0" encoding="latin1"?>' + envelope(''))).toBeUndefined()
    expect(splice(`<s:Envelope xmlns:s="${SOAP11}"><s:Header>`)).toBeUndefined()
  })
})
