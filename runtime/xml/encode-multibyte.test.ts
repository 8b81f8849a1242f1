import { describe, expect, test } from 'vitest'
import { encodeMultiByte } from './encode-multibyte.ts'
import { encodeText, encodeXml } from './encode.ts'

const question = (): string => '?'

describe('text in a multi-byte charset', () => {
  // Bytes as Python's codecs give them.
  test.each([
    ['Shift_JIS', '日本語 ｱ\\~', '93fa967b8cea20b15c7e'],
    ['EUC-JP', '日本語 ｱ', 'c6fccbdcb8ec208eb1'],
    ['EUC-KR', '한국어', 'c7d1b1b9beee'],
    ['Big5', '中文', 'a4a4a4e5'],
    ['GBK', '中文', 'd6d0cec4'],
    ['gb2312', '中文', 'd6d0cec4'],
    ['GB18030', '中€ß😀', 'd6d0a2e3813089389439fc36'],
  ])('%s: %s', (charset, text, hex) => {
    expect(encodeMultiByte(text, charset, question)?.toString('hex')).toBe(hex)
  })

  test.each(['shift_jis', 'euc-jp', 'euc-kr', 'big5', 'gbk', 'gb18030'])(
    'every character of %s comes back as it was',
    (charset) => {
      const decoder = new TextDecoder(charset)
      let text = ''
      for (let code = 0x20; code < 0x1_0000; code++)
        if (code !== 0x7f && (code < 0xd800 || code > 0xf8ff)) text += String.fromCharCode(code)
      const there = text.split('').filter((character) => encodeMultiByte(character, charset, () => '')?.length !== 0)
      expect(there.length).toBeGreaterThan(6_000)
      expect(decoder.decode(encodeMultiByte(there.join(''), charset, question))).toBe(there.join(''))
    },
  )

  test('characters that are not in it are replaced, in XML by references', () => {
    expect(encodeText('a😀', 'Shift_JIS').toString('latin1')).toBe('a?')
    expect(encodeXml('a😀', 'Shift_JIS').toString('latin1')).toBe('a&#x1F600;')
  })

  test('charsets that keep state, or that nobody knows, are refused', () => {
    expect(encodeMultiByte('a', 'ISO-2022-JP', question)).toBeUndefined()
    expect(() => encodeText('a', 'ISO-2022-JP')).toThrow('messages cannot be written in the charset ISO-2022-JP')
    expect(() => encodeText('a', 'no\nsuch')).toThrow('messages cannot be written in the charset no?such')
  })
})
