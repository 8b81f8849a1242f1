import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { MimeError } from './mime-error.ts'
import { readMultipart, readRelated } from './multipart.ts'
import { writeMultipart } from './write-multipart.ts'

const TYPE = 'multipart/related; boundary=B'

/** A message of lines. */
const message = (...lines: string[]): Buffer => Buffer.from(lines.join('\r\n'), 'latin1')

const bodies = (bytes: Buffer, type = TYPE): string[] =>
  readMultipart(bytes, type).map((part) => part.bytes.toString('latin1'))

describe('readMultipart', () => {
  it('gives headers, Content-ID, type and bytes of each part as views', () => {
    const bytes = message(
      '--B',
      'Content-Type: text/plain;',
      ' charset=utf-8',
      'CONTENT-ID: <a@b>',
      'X-Two: 1',
      'x-two: 2',
      '',
      'one',
      '--B',
      '',
      'two',
      '',
      '--B--',
      '',
    )
    const [first, second] = readMultipart(bytes, TYPE)
    expect(first).toMatchObject({ contentId: 'a@b', contentType: 'text/plain; charset=utf-8' })
    expect(Object.fromEntries(first?.headers ?? [])).toEqual({
      'content-type': 'text/plain; charset=utf-8',
      'content-id': '<a@b>',
      'x-two': '1, 2',
    })
    expect(first?.bytes.buffer).toBe(bytes.buffer)
    expect([first?.bytes.toString(), second?.bytes.toString()]).toEqual(['one', 'two\r\n'])
    expect(second).toMatchObject({ contentId: undefined, contentType: 'application/octet-stream' })
  })

  it('ignores preamble, epilogue and blanks behind the boundary', () => {
    expect(bodies(message('pre', '--BB', '--B \t', '', 'x', '--B--  ', 'post', '--B'))).toEqual(['x'])
  })

  it('takes lines that only start like a boundary as content', () => {
    expect(bodies(message('--B', '', '--Bx', '--B-', '--B--x', 'y--B', '--B--'))).toEqual([
      '--Bx\r\n--B-\r\n--B--x\r\ny--B',
    ])
    expect(bodies(message('--B', '', 'x\n--B', '--B--'))).toEqual(['x\n--B'])
  })

  it('takes LF as line end when the first boundary line does', () => {
    expect(bodies(Buffer.from('--B\nA: b\n\nx\r\n--B\n\ny\n--B--'))).toEqual(['x\r', 'y'])
  })

  it('takes empty parts and parts of headers only', () => {
    expect(bodies(message('--B', '--B', '', '--B', 'A: b', '--B', 'A: b', '', '--B', 'A: b', '', '', '--B--'))).toEqual(
      ['', '', '', '', ''],
    )
  })

  it('takes the transfer encoding off', () => {
    const part = (encoding: string, body: string): string =>
      bodies(message('--B', `Content-Transfer-Encoding: ${encoding}`, '', body, '--B--'))[0] ?? ''
    expect(part('BASE64', 'YW\r\nJj')).toBe('abc')
    expect(part('base64', 'YQ==\r\n')).toBe('a')
    expect(part('base64', '')).toBe('')
    expect(part('Quoted-Printable', 'a=3Db=\r\nc  \r\n d=e4=0D=0A \t= \r\n')).toBe('a=bc\r\n d\xe4\r\n \t')
    expect(part('8bit', '=41')).toBe('=41')
    for (const [encoding, body] of [
      ['base64', '!!!!'],
      ['base64', 'YWJ'],
      ['base64', 'Y==='],
      ['base64', 'YQ==YQ=='],
      ['quoted-printable', '=4'],
      ['quoted-printable', '=GG'],
      ['quoted-printable', '=='],
      ['x-uuencode', ''],
    ] as const) {
      expect(() => part(encoding, body), `${encoding} ${body}`).toThrow(MimeError)
    }
  })

  it('refuses a boundary that is missing, wrong, or given twice', () => {
    const bytes = message('--B', '', 'x', '--B--')
    for (const type of [
      'multipart/related',
      'multipart/related; boundary=""',
      'multipart/related; boundary=C',
      'text/xml; boundary=B',
      `multipart/related; boundary=${'b'.repeat(71)}`,
      'multipart/related; boundary="B "',
      'multipart/related; boundary=B; boundary=C',
      'nonsense',
    ]) {
      expect(() => readMultipart(bytes, type), type).toThrow(MimeError)
    }
  })

  it('refuses truncated and empty entities', () => {
    const whole = message('--B', 'A: b', '', 'x', '--B', '', 'y', '--B--')
    for (let end = 0; end < whole.length; end++)
      expect(() => readMultipart(whole.subarray(0, end), TYPE), String(end)).toThrow(MimeError)
    expect(() => readMultipart(message('--B--'), TYPE)).toThrow('without parts')
  })

  it('refuses headers that two readers could read differently', () => {
    for (const header of [
      'no colon',
      ': x',
      'a b: c',
      'A: \0',
      'A: \x7f',
      'Content-ID: <a>\r\nContent-Id: <b>',
      'Content-Type: a/b\r\ncontent-type: c/d',
    ]) {
      expect(() => readMultipart(message('--B', header, '', 'x', '--B--'), TYPE), header).toThrow(MimeError)
    }
    expect(() =>
      readMultipart(message('--B', 'Content-ID: <a>', '', 'x', '--B', 'Content-ID: <a>', '', 'y', '--B--'), TYPE),
    ).toThrow('same Content-ID')
  })

  it('knows no header names of its own', () => {
    const [part] = readMultipart(message('--B', '__proto__: x', 'constructor: y', '', '', '--B--'), TYPE)
    expect(part?.headers.get('__proto__')).toBe('x')
    expect(part?.headers.get('toString')).toBeUndefined()
  })

  it('keeps to its limits', () => {
    const parts = (count: number): Buffer => message(...Array.from({ length: count }, () => '--B\r\n\r\nx'), '--B--')
    expect(readMultipart(parts(1000), TYPE)).toHaveLength(1000)
    expect(() => readMultipart(parts(1001), TYPE)).toThrow('more than 1000 parts')
    const header = (size: number): Buffer => message('--B', `X: ${'h'.repeat(size)}`, '', 'x'.repeat(20_000), '--B--')
    expect(readMultipart(header(16_000), TYPE)).toHaveLength(1)
    expect(() => readMultipart(header(16_384), TYPE)).toThrow('longer than 16384')
  })

  it('reads multiparts inside of parts when asked, up to a depth', () => {
    const nested = (depth: number): string =>
      depth === 0
        ? 'x'
        : `Content-Type: multipart/mixed; boundary=n${depth}\r\n\r\n--n${depth}\r\n${nested(depth - 1)}\r\n--n${depth}--`
    const entity = (depth: number): Buffer =>
      message('--B', nested(depth).replace(/\r\nx\r\n/, '\r\n\r\nx\r\n'), '--B--')
    expect(readMultipart(entity(7), TYPE)[0]?.parts).toBeUndefined()
    let [part] = readMultipart(entity(7), TYPE, { nested: true })
    for (let depth = 0; depth < 7; depth++) part = part?.parts?.[0]
    expect(part?.bytes.toString()).toBe('x')
    expect(() => readMultipart(entity(8), TYPE, { nested: true })).toThrow('nested deeper than 8')
  })

  it('takes linear time for lines that nearly are boundaries', () => {
    const near = Buffer.from(
      `--BOUNDARY\r\n\r\n${'\r\n--BOUNDAR'.repeat(400_000)}${'\r\n--BOUNDARY-x'.repeat(100_000)}\r\n--BOUNDARY--`,
    )
    const start = performance.now()
    expect(readMultipart(near, 'multipart/mixed; boundary=BOUNDARY')).toHaveLength(1)
    expect(performance.now() - start).toBeLessThan(1000)
  })
})

describe('readRelated', () => {
  const bytes = message('--B', 'Content-ID: <a>', '', 'one', '--B', 'Content-ID: <b>', '', 'two', '--B--')

  it('takes the part that start names as root, else the first', () => {
    expect(readRelated(bytes, TYPE).root.contentId).toBe('a')
    const { root, parts } = readRelated(bytes, `${TYPE}; start="<b>"`)
    expect([root.contentId, parts.map(({ contentId }) => contentId)]).toEqual(['b', ['a']])
    expect(readRelated(bytes, `${TYPE}; start=b`).root.contentId).toBe('b')
    expect(() => readRelated(bytes, `${TYPE}; start="<c>"`)).toThrow(MimeError)
  })
})

describe('writeMultipart', () => {
  it('writes what readMultipart reads', () => {
    const parts = fc.array(
      fc.record({
        contentType: fc.constantFrom('image/gif', 'text/plain; charset="a b"'),
        bytes: fc.uint8Array().map((bytes) => Buffer.from(bytes)),
      }),
      { minLength: 1, maxLength: 5 },
    )
    fc.assert(
      fc.property(parts, (parts) => {
        const sent = parts.map((part, i) => ({ ...part, contentId: `${i}@x` }))
        const { contentType, chunks, length } = writeMultipart('mixed', 'a-boundary', [['x', 'y z']], sent)
        const bytes = Buffer.concat(chunks)
        expect(bytes).toHaveLength(length)
        const read = readMultipart(bytes, contentType)
        expect(read.map(({ contentId, contentType, bytes }) => ({ contentId, contentType, bytes }))).toEqual(sent)
      }),
    )
  })

  it('does not copy the bytes, and refuses headers that would end the line', () => {
    const bytes = Buffer.from('x')
    expect(writeMultipart('related', 'B', [], [{ contentType: 'a/b', bytes }]).chunks).toContain(bytes)
    for (const part of [
      { contentType: 'a/b\r\nX: y' },
      { contentType: 'a/b', contentId: 'a\nb' },
      { contentType: 'a/b', headers: [['X', '\0']] as const },
    ]) {
      expect(() => writeMultipart('related', 'B', [], [{ ...part, bytes }])).toThrow(MimeError)
    }
  })
})
