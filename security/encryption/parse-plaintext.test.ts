import { elements, parseXml, printXml } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { SECURITY_LIMITS } from '../verify-plan.ts'
import { parsePlaintext } from './parse-plaintext.ts'

const document = parseXml(
  '<e:Envelope xmlns:e="urn:e" xmlns="urn:default" xmlns:q="urn:&amp;&quot;q"><e:Body/></e:Envelope>',
)
const [body = document.root] = elements(document.root)
const parsed = (text: string | Buffer, limits = SECURITY_LIMITS) =>
  parsePlaintext(Buffer.isBuffer(text) ? text : Buffer.from(text), body, limits)

test('prefixes mean what they mean around', () => {
  const [first] = parsed('<q:a><b/></q:a>')
  expect(first?.type === 1 && [first.namespace, elements(first)[0]?.namespace]).toEqual(['urn:&"q', 'urn:default'])
})

test('declarations that repeat those around are dropped, others stay', () => {
  const [first] = parsed('<a xmlns="urn:default" xmlns:q="urn:other" xmlns:n="urn:n"/>')
  expect(first?.type === 1 && first.declarations).toEqual([
    { prefix: 'q', namespace: 'urn:other' },
    { prefix: 'n', namespace: 'urn:n' },
  ])
})

test('nodes belong to the element', () => {
  const nodes = parsed('text<a/>more')
  expect(nodes.map(({ parent }) => parent === body)).toEqual([true, true, true])
})

test('nothing is content, too', () => {
  expect(parsed('')).toEqual([])
})

test('a byte order mark is a character of the text', () => {
  const [text] = parsed(Buffer.from('\uFEFFx'))
  expect(text?.type === 3 && text.value).toBe('\uFEFFx')
})

describe('what is no content fails like everything else', () => {
  test.each([
    ['a document type', '<!DOCTYPE a><a/>'],
    ['an XML declaration', '<?xml version="1.0"?><a/>'],
    ['an end tag', '</a>'],
    ['the end of the element around', '</content><content>'],
    ['the end of the element around, and a comment', '</content><!--'],
    ['a start tag', '<a>'],
    ['an unknown prefix', '<z:a/>'],
    ['half a tag', '<a'],
    ['an entity', '&nbsp;'],
    ['a control character', '\u0001'],
    ['half a character', Buffer.from([0x61, 0xe2, 0x82])],
    ['UTF-16', Buffer.from('<a/>', 'utf16le')],
    ['an overlong sequence', Buffer.from([0xc0, 0xaf])],
  ])('%s', (_what, text) => {
    expect(() => parsed(text)).toThrow('the decryption failed')
  })

  test('elements that are too deep, counted with those around', () => {
    const limits = { ...SECURITY_LIMITS, depth: 10 }
    expect(printXml(parsed(`${'<a>'.repeat(8)}${'</a>'.repeat(8)}`, limits)[0] ?? document)).toContain('<a')
    expect(() => parsed(`${'<a>'.repeat(9)}${'</a>'.repeat(9)}`, limits)).toThrow('the decryption failed')
    expect(() => parsed('x', { ...SECURITY_LIMITS, depth: 1 })).toThrow('the decryption failed')
  })
})
