import { encodeMultiByte } from './encode-multibyte.ts'
import { XmlError } from './xml-error.ts'

/**
 * Text as bytes. Characters that the charset lacks become `?`. Throws {@link XmlError} for a charset that cannot be written:
 * known are UTF-8, UTF-16 (big-endian with a mark), UTF-16LE, UTF-16BE, US-ASCII, ISO-8859-1 and every charset of the Encoding
 * Standard but ISO-2022-JP, which keeps state.
 */
export function encodeText(text: string, charset: string): Buffer {
  return encode(text, charset, () => '?')
}

/**
 * A document as bytes. Characters that the charset lacks become character references, which is right in text and attribute
 * values, all that printXml leaves outside of ASCII beside names and comments. Throws as {@link encodeText}.
 */
export function encodeXml(text: string, charset: string): Buffer {
  return encode(text, charset, (char) => `&#x${(char.codePointAt(0) ?? 0).toString(16).toUpperCase()};`)
}

function encode(text: string, charset: string, replacement: (char: string) => string): Buffer {
  switch (charset.toLowerCase()) {
    case 'utf-8':
    case 'utf8':
      return Buffer.from(text, 'utf8')
    case 'utf-16':
      return Buffer.from(`\ufeff${text}`, 'utf16le').swap16()
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'us-ascii':
    case 'ascii':
      return Buffer.from(text.replace(/[^\x00-\x7f]/gu, replacement), 'latin1')
    case 'iso-8859-1':
    case 'iso_8859-1':
    case 'latin1':
      return Buffer.from(text.replace(/[^\x00-\xff]/gu, replacement), 'latin1')
    default:
      return encodeMultiByte(text, charset, replacement) ?? encodeSingleByte(text, charset, replacement)
  }
}

function encodeSingleByte(text: string, charset: string, replacement: (char: string) => string): Buffer {
  const upper = upperHalf(charset)
  const bytes = text.replace(/[^\x00-\x7f]/gu, (char) => {
    const at = upper.indexOf(char)
    return at < 0 ? replacement(char) : String.fromCharCode(128 + at)
  })
  return Buffer.from(bytes, 'latin1')
}

/** The characters of the bytes 128 to 255. */
function upperHalf(charset: string): string {
  let characters = ''
  try {
    const decoder = new TextDecoder(charset)
    characters = decoder.decode(Buffer.from(Array.from({ length: 128 }, (_, i) => 128 + i)))
  } catch {
    // An unknown name.
  }
  if (characters.length !== 128 || !/[^\ufffd]/.test(characters)) {
    const shown = charset.slice(0, 40).replaceAll(/[^\x20-\x7e]/g, '?')
    throw new XmlError(`messages cannot be written in the charset ${shown}`)
  }
  // U+FFFD stands for bytes that mean nothing.
  return characters.replaceAll('\ufffd', '\0')
}
