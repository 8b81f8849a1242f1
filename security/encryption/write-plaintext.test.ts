import { canonicalXml, elements, parseXml, XmlText } from 'viaduct'
import { expect, test } from 'vitest'
import { SECURITY_LIMITS } from '../verify-plan.ts'
import { parsePlaintext } from './parse-plaintext.ts'
import { writePlaintext } from './write-plaintext.ts'

function plaintextOf(text: string): string {
  const { root } = parseXml(text)
  let written = ''
  writePlaintext(root.children, root, (piece) => (written += piece))
  return written
}

test.each([
  ['<r xmlns="urn:d" xmlns:p="urn:p"><a p:x="1">t</a></r>', '<a xmlns="urn:d" xmlns:p="urn:p" p:x="1">t</a>'],
  ['<r xmlns="urn:d"><a xmlns="">t</a></r>', '<a xmlns="">t</a>'],
  ['<p:r xmlns:p="urn:p"><a>p:q</a></p:r>', '<a xmlns:p="urn:p">p:q</a>'],
  ['<r><a xmlns:t="urn:t"><b type="t:x"/></a></r>', '<a xmlns:t="urn:t"><b type="t:x"></b></a>'],
  ['<r>a &amp; b &lt; &#13;<!-- c --></r>', 'a &amp; b &lt; &#xD;'],
  ['<r><a><!-- kept --></a></r>', '<a><!-- kept --></a>'],
  ['<r xml:lang="de" xml:space="preserve"><a/></r>', '<a></a>'],
  ['<r/>', ''],
])('%s', (text, expected) => {
  expect(plaintextOf(text)).toBe(expected)
})

test('what was written reads as what it was', () => {
  const text =
    '<r xmlns="urn:d" xmlns:p="urn:p" xml:lang="de"><p:a xmlns="" p:x="p:y"><b xmlns:p="urn:q"/>&#13;x</p:a>tail<c/></r>'
  const document = parseXml(text)
  const before = canonicalXml(document.root, { form: 'inclusive' })
  document.root.children = parsePlaintext(Buffer.from(plaintextOf(text)), document.root, SECURITY_LIMITS)
  expect(canonicalXml(document.root, { form: 'inclusive' })).toBe(before)
})

test('an attachment is base64, in pieces that make one', () => {
  const document = parseXml('<r><a/></r>')
  const [a = document.root] = elements(document.root)
  const bytes = Buffer.alloc(200_001, 0x5a)
  a.children = [new XmlText({ bytes, contentType: 'image/png' }, a)]
  const pieces: string[] = []
  writePlaintext([a], document.root, (piece) => pieces.push(piece))
  writePlaintext(a.children, a, (piece) => pieces.push(piece))
  const base64 = bytes.toString('base64')
  expect(pieces.join('')).toBe(`<a>${base64}</a>${base64}`)
  expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(100_000)
})
