import { describe, expect, it } from 'vitest'
import { decodeText, decodeXml } from './decode.ts'
import { encodeText, encodeXml } from './encode.ts'
import { XmlError } from './xml-error.ts'

const utf16be = (text: string): Buffer => Buffer.from(text, 'utf16le').swap16()

describe('decodeXml', () => {
  it('takes UTF-8 when nothing says otherwise', () => {
    expect(decodeXml(Buffer.from('<a>ä😀</a>'))).toBe('<a>ä😀</a>')
    expect(decodeXml(Buffer.from('<?xml version="1.0"?><a>ä</a>'))).toContain('ä')
    expect(decodeXml(Buffer.alloc(0))).toBe('')
  })

  it('believes the byte order mark before anything else, and removes it', () => {
    expect(decodeXml(Buffer.from('\ufeff<a>ä</a>'), 'iso-8859-1')).toBe('<a>ä</a>')
    expect(decodeXml(Buffer.from('\ufeff<a>ä</a>', 'utf16le'), 'utf-8')).toBe('<a>ä</a>')
    expect(decodeXml(utf16be('\ufeff<a>ä</a>'))).toBe('<a>ä</a>')
  })

  it('believes the charset parameter before the XML declaration (RFC 7303)', () => {
    expect(
      decodeXml(Buffer.from('<?xml version="1.0" encoding="UTF-8"?><a>\xe4</a>', 'latin1'), 'ISO-8859-1'),
    ).toContain('<a>ä</a>')
    expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a/>'), 'utf-8')).toContain('<a/>')
  })

  it('believes the XML declaration', () => {
    expect(
      decodeXml(Buffer.from("<?xml version='1.0'\n encoding = 'iso-8859-1'?><a>\xe4\x80</a>", 'latin1')),
    ).toContain('ä\u0080')
    expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="windows-1252"?><a>\x80</a>', 'latin1'))).toContain('€')
    expect(decodeXml(Buffer.from('<?xml version="1.0" encoding="Shift_JIS"?><a>\x82\xa0</a>', 'latin1'))).toContain(
      'あ',
    )
  })

  it('recognises UTF-16 without a mark', () => {
    expect(decodeXml(utf16be('<?xml version="1.0" encoding="UTF-16BE"?><a/>'))).toContain('<a/>')
    expect(decodeXml(Buffer.from('<a/>', 'utf16le'), 'UTF-16')).toBe('<a/>')
    expect(decodeXml(utf16be('<a/>'), 'utf-16')).toBe('<a/>')
    expect(decodeXml(Buffer.from('<a/>', 'utf16le'))).toBe('<a/>')
  })

  it('refuses bytes that are wrong in their encoding and never replaces them', () => {
    const wrong: [Buffer, string | undefined][] = [
      [Buffer.from([0x3c, 0xc0, 0x80]), undefined],
      [Buffer.from([0x3c, 0xed, 0xa0, 0x80]), 'utf-8'],
      [Buffer.from([0x3c, 0xe4]), 'UTF8'],
      [Buffer.from('<a>ä</a>'), 'us-ascii'],
      [Buffer.from([0xff, 0xfe, 0x3c]), undefined],
      [Buffer.from([0, 0xd8, 0x3c, 0]), 'utf-16le'],
      [Buffer.from([0x82, 0x20]), 'shift_jis'],
      [Buffer.from('<?xml version="1.0" encoding="UTF-16"?><a/>'), undefined],
    ]
    for (const [bytes, charset] of wrong) expect(() => decodeXml(bytes, charset)).toThrow(XmlError)
  })

  it('refuses encodings that it does not know', () => {
    for (const charset of ['utf-7', 'utf-32', 'x-nope', '../../etc/passwd', '']) {
      expect(() => decodeXml(Buffer.from('<a/>'), charset)).toThrow('is not supported')
    }
    expect(() => decodeXml(Buffer.from('<?xml version="1.0" encoding="UTF-7"?><a/>'))).toThrow('is not supported')
    expect(() => decodeXml(Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]))).toThrow('is not supported')
  })

  it('reads ISO-8859-1 as ISO-8859-1, not as windows-1252', () => {
    expect(decodeText(Buffer.from([0x80, 0xe4]), 'Latin1')).toBe('\u0080ä')
  })
})

describe('encodeXml', () => {
  it('writes references for characters that the charset lacks', () => {
    expect(encodeXml('<a>ä€😀</a>', 'iso-8859-1').toString('latin1')).toBe('<a>ä&#x20AC;&#x1F600;</a>')
    expect(encodeXml('<a>ä</a>', 'US-ASCII').toString('latin1')).toBe('<a>&#xE4;</a>')
    expect(encodeXml('<a>€ж</a>', 'windows-1252')).toEqual(Buffer.from('<a>\x80&#x436;</a>', 'latin1'))
  })

  it('writes what decodeXml reads', () => {
    for (const charset of [
      'utf-8',
      'UTF-16',
      'utf-16le',
      'utf-16be',
      'iso-8859-1',
      'us-ascii',
      'iso-8859-15',
      'windows-1252',
    ]) {
      expect(decodeXml(encodeXml('<a>ä</a>', charset), charset).replace('&#xE4;', 'ä'), charset).toBe('<a>ä</a>')
    }
  })
})

describe('encodeText', () => {
  it('writes question marks for characters that the charset lacks', () => {
    expect(encodeText('ä€', 'iso-8859-1').toString('latin1')).toBe('ä?')
  })

  it('refuses charsets that it cannot write', () => {
    for (const charset of ['utf-7', 'nope', 'iso-2022-jp']) expect(() => encodeText('a', charset)).toThrow(XmlError)
  })
})
