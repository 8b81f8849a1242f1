import { describe, expect, it } from 'vitest'
import { firstElement, parseXml, printXml, setText, textOf, type XmlElement, type XmlText } from '../xml/index.ts'
import { MimeError } from './mime-error.ts'
import { readRelated } from './multipart.ts'
import { makePart } from './part.ts'
import { inlineXop, writeMtom, writeSwa } from './xop.ts'

const XOP = 'xmlns:xop="http://www.w3.org/2004/08/xop/include"'
const include = (href: string): string => `<xop:Include ${XOP} href="${href}"/>`
const parts = new Map([['a@b', makePart('a@b', 'image/gif', Buffer.from('abc'))]])
const OPTIONS = { rootId: '0.urn:uuid:1@viaduct', boundary: 'MIMEBoundaryurn_uuid_1', envelopeType: 'text/xml' }

describe('inlineXop', () => {
  it('puts the bytes of the part in the place of the element, as base64 to readers', () => {
    const tree = parseXml(`<r><x>${include('cid:a@b')}</x><y> ${include('CID:a%40b')}\n</y></r>`)
    expect([...inlineXop(tree, parts)]).toEqual(['a@b'])
    expect(printXml(tree)).toBe('<r><x>YWJj</x><y> YWJj\n</y></r>')
    const text = (tree.root.children[0] as XmlElement).children[0] as XmlText
    expect(text.binary).toMatchObject({ contentType: 'image/gif', contentId: 'a@b', bytes: parts.get('a@b')?.bytes })
    expect(text.parent).toBe(tree.root.children[0])
  })

  it('follows only cid: URLs of parts that are there', () => {
    for (const href of ['file:///etc/passwd', 'http://localhost/', 'cid:', 'cid:nope', 'cid:%zz', 'a@b', '']) {
      expect(() => inlineXop(parseXml(`<r>${include(href)}</r>`), parts), href).toThrow(MimeError)
    }
    expect(() => inlineXop(parseXml(`<r><xop:Include ${XOP}/></r>`), parts)).toThrow(MimeError)
  })

  it('refuses an element with other content beside it, or at the top', () => {
    for (const text of [
      `<r>x${include('cid:a@b')}</r>`,
      `<r>${include('cid:a@b')}<s/></r>`,
      `<r>${include('cid:a@b')}${include('cid:a@b')}</r>`,
      include('cid:a@b'),
    ]) {
      expect(() => inlineXop(parseXml(text), parts), text).toThrow(MimeError)
    }
  })

  it('does not let one part grow a message by being included again and again', () => {
    const large = new Map([['l', makePart('l', 'a/b', Buffer.alloc(1024 * 1024))]])
    const tree = (count: number) => parseXml(`<r>${`<x>${include('cid:l')}</x>`.repeat(count)}</r>`)
    expect(inlineXop(tree(17), large).size).toBe(1)
    expect(() => inlineXop(tree(18), large)).toThrow('again and again')
  })
})

describe('writeMtom', () => {
  it('sends binary content as parts of its own, in the form of Axis2', () => {
    const tree = parseXml('<s:E xmlns:s="urn:s"><image/><again/></s:E>')
    const binary = { bytes: Buffer.from([0, 13, 10, 255]), contentType: 'image/gif' }
    setText(firstElement(tree.root, 'image') as XmlElement, binary)
    setText(firstElement(tree.root, 'again') as XmlElement, binary)
    const { contentType, chunks, length } = writeMtom(tree, OPTIONS, () => '1.urn:uuid:2@viaduct')
    expect(contentType).toBe(
      'multipart/related; boundary=MIMEBoundaryurn_uuid_1; type="application/xop+xml"; start="<0.urn:uuid:1@viaduct>"; start-info="text/xml"',
    )
    const bytes = Buffer.concat(chunks)
    expect(bytes).toHaveLength(length)
    const { root, parts } = readRelated(bytes, contentType)
    expect(root.contentType).toBe('application/xop+xml; charset=UTF-8; type="text/xml"')
    expect(root.headers.get('content-transfer-encoding')).toBe('binary')
    expect(root.bytes.toString()).toBe(
      `<?xml version="1.0" encoding="UTF-8"?><s:E xmlns:s="urn:s"><image><xop:Include ${XOP} href="cid:1.urn:uuid:2@viaduct"/></image><again><xop:Include ${XOP} href="cid:1.urn:uuid:2@viaduct"/></again></s:E>`,
    )
    expect(parts).toMatchObject([{ contentId: '1.urn:uuid:2@viaduct', contentType: 'image/gif', bytes: binary.bytes }])
  })

  it('keeps the Content-IDs that parts came with, unless they clash or could not be written', () => {
    const tree = parseXml('<r><a/><b/><c/></r>')
    const ids = ['kept@x', 'beside@x', 'bad\r\nX: y']
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      setText(firstElement(tree.root, name) as XmlElement, {
        bytes: Buffer.from(name),
        contentType: 'a/b',
        contentId: ids[i],
      })
    }
    let count = 0
    const { contentType, chunks } = writeMtom(
      tree,
      { ...OPTIONS, envelopeType: 'application/soap+xml', action: 'urn:do it' },
      () => `new${++count}`,
      [makePart('beside@x', 'c/d', Buffer.from('z'))],
    )
    const { root, parts, mediaType } = readRelated(Buffer.concat(chunks), contentType)
    expect(parts.map(({ contentId }) => contentId)).toEqual(['beside@x', 'kept@x', 'new1', 'new2'])
    expect([mediaType.parameters.get('start-info'), mediaType.parameters.get('action')]).toEqual([
      'application/soap+xml',
      'urn:do it',
    ])
    const back = parseXml(root.bytes.toString())
    inlineXop(back, new Map(parts.map((part) => [part.contentId ?? '', part])))
    expect(Buffer.from(textOf(firstElement(back.root, 'c') as XmlElement), 'base64').toString()).toBe('c')
  })
})

describe('writeSwa', () => {
  it('sends attachments beside the envelope', () => {
    const part = {
      ...makePart('urn:uuid:3', 'image/gif', Buffer.from('abc')),
      headers: new Map([
        ['content-disposition', 'attachment'],
        ['content-transfer-encoding', 'base64'],
      ]),
    }
    const { contentType, chunks } = writeSwa(Buffer.from('<r/>'), OPTIONS, [part])
    expect(contentType).toBe(
      'multipart/related; boundary=MIMEBoundaryurn_uuid_1; type="text/xml"; start="<0.urn:uuid:1@viaduct>"',
    )
    const { root, parts } = readRelated(Buffer.concat(chunks), contentType)
    expect([root.contentType, root.headers.get('content-transfer-encoding'), root.bytes.toString()]).toEqual([
      'text/xml; charset=UTF-8',
      '8bit',
      '<r/>',
    ])
    expect(Object.fromEntries(parts[0]?.headers ?? [])).toEqual({
      'content-type': 'image/gif',
      'content-transfer-encoding': 'binary',
      'content-id': '<urn:uuid:3>',
      'content-disposition': 'attachment',
    })
    expect(parts[0]?.bytes.toString()).toBe('abc')
  })
})
