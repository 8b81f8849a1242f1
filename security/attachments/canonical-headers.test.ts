import type { MimePart } from 'viaduct'
import { expect, test } from 'vitest'
import { attachmentDigest } from './attachment-digest.ts'
import { canonicalContent } from './canonical-content.ts'
import { canonicalHeaders } from './canonical-headers.ts'
import { contentIdOf, contentIdUri } from './content-id.ts'
import { readEntity, writeEntity } from './entity.ts'

const part = (headers: Readonly<Record<string, string>>, bytes = Buffer.alloc(0)): MimePart => ({
  headers: new Map(Object.entries(headers)),
  contentId: 'id',
  contentType: headers['content-type'] ?? 'application/octet-stream',
  bytes,
})

test.each([
  [{}, 'Content-Type:text/plain;charset="us-ascii"\r\n'],
  [{ 'content-type': 'IMAGE/PNG' }, 'Content-Type:IMAGE/PNG\r\n'],
  [
    { 'content-type': 'Text/Plain; Format=Flowed; charset=UTF-8' },
    'Content-Type:text/plain;charset="utf-8";format="Flowed"\r\n',
  ],
  [{ 'content-type': 'a/b; name="x;y\\"z"; type="A"' }, 'Content-Type:a/b;name="x;y\\"z";type="a"\r\n'],
  [{ 'content-type': 'a/b (a comment (nested) here); c=d' }, 'Content-Type:a/b ;c="d"\r\n'],
  [{ 'content-type': 'a/b', 'content-id': ' <x@y>' }, 'Content-ID:<x@y>\r\nContent-Type:a/b\r\n'],
  [
    {
      'x-other': 'gone',
      'content-type': 'a/b',
      'content-location': 'l',
      'content-id': '<i>',
      'content-disposition': 'ATTACHMENT; filename=A.txt',
      'content-description': ' d (c)',
    },
    'Content-Description: d \r\nContent-Disposition:attachment;filename="a.txt"\r\nContent-ID:<i>\r\nContent-Location:l\r\nContent-Type:a/b\r\n',
  ],
  [{ 'content-type': 'a/b;\r\n c="(no comment)"' }, 'Content-Type:a/b;c="(no comment)"\r\n'],
  [{ 'content-type': 'a/b; broken; c="open' }, 'Content-Type:a/b;c="\\"open"\r\n'],
])('%j', (headers, expected) => {
  expect(canonicalHeaders(part(headers))).toBe(expected)
})

test.each([
  ['text/plain', 'a\nb\rc\r\nd\n\n', 'a\r\nb\r\nc\r\nd\r\n\r\n'],
  ['TEXT/csv; charset=x', '\n', '\r\n'],
  ['application/octet-stream', 'a\nb\r', 'a\nb\r'],
  ['application/xml', '<?xml version="1.0"?><a  b="1" a=\'2\'><!-- c --></a>', '<a a="2" b="1"></a>'],
  ['image/svg+xml; x=y', '<s/>', '<s></s>'],
  ['text/xml', '<s/>', '<s></s>'],
])('content of %s', (contentType, text, expected) => {
  const pieces = canonicalContent(part({ 'content-type': contentType }, Buffer.from(text)))
  expect(Buffer.concat(pieces.map((piece) => Buffer.from(piece))).toString()).toBe(expected)
})

test('XML that is none is refused', () => {
  expect(() => canonicalContent(part({ 'content-type': 'text/xml' }, Buffer.from('<a')))).toThrow('not well-formed')
})

test('the digest of a complete attachment covers its headers', () => {
  const one = part({ 'content-type': 'a/b' }, Buffer.from('x'))
  const other = part({ 'content-type': 'a/c' }, Buffer.from('x'))
  expect(attachmentDigest(one, false, 'sha256').equals(attachmentDigest(other, false, 'sha256'))).toBe(true)
  expect(attachmentDigest(one, true, 'sha256').equals(attachmentDigest(other, true, 'sha256'))).toBe(false)
})

test.each(['a', 'a@b.c', 'urn:uuid:1', 'mit blank', 'ä%/#?'])('the URL of %s leads back to it', (id) => {
  expect(contentIdOf(contentIdUri(id))).toBe(id)
})

test.each([undefined, '', '#a', 'http://x', 'CID:x', 'cid:%E0%A4%A', 'file:x'])(
  '%s is no URL of an attachment',
  (uri) => {
    expect(() => contentIdOf(uri)).toThrow('a reference leads out of the message')
  },
)

test('an entity is headers and content, and comes back', () => {
  const original = part({ 'content-type': 'image/png', 'content-id': '<id>' }, Buffer.from('\r\n\r\nraw'))
  const read = readEntity(writeEntity(original), 'id')
  expect([...read.headers]).toEqual([...original.headers])
  expect([read.contentId, read.contentType, read.bytes.toString()]).toEqual(['id', 'image/png', '\r\n\r\nraw'])
})

test('an entity without headers is content alone', () => {
  expect(readEntity(Buffer.from('\r\nraw'), 'id')).toMatchObject({
    contentType: 'application/octet-stream',
    bytes: Buffer.from('raw'),
  })
})

test.each(['no headers', 'broken\r\n\r\n', 'content-type: a\r\ncontent-type: b\r\n\r\n'])('%j is no entity', (text) => {
  expect(() => readEntity(Buffer.from(text), 'id')).toThrow('the decryption failed')
})
