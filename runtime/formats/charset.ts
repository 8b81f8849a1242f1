import { Fault } from '../fault.ts'
import { decodeXml } from '../xml/decode.ts'
import { XmlError } from '../xml/xml-error.ts'

/** Text of a body. The byte order mark counts first, then the charset given, then UTF-8. Throws Fault 601000. */
export function bodyText(bytes: Buffer, charset: string | undefined): string {
  try {
    return decodeXml(bytes, charset ?? 'utf-8')
  } catch (cause) {
    if (!(cause instanceof XmlError)) throw cause
    throw new Fault(601000, `the text of the body cannot be read: ${cause.message}`, { cause })
  }
}

/** How characters that the charset does not have are written. */
export type Unwritable = (character: string) => string

/** Bytes of a text in a charset. Throws a Fault when the bus cannot write that charset. */
export function encodeText(text: string, charset: string, unwritable: Unwritable = () => '?'): Buffer {
  switch (charset.trim().toLowerCase()) {
    case 'utf-8':
    case 'utf8':
      return Buffer.from(text, 'utf8')
    case 'utf-16':
      return Buffer.from(`\uFEFF${text}`, 'utf16le')
    case 'utf-16le':
      return Buffer.from(text, 'utf16le')
    case 'utf-16be':
      return Buffer.from(text, 'utf16le').swap16()
    case 'us-ascii':
    case 'ascii':
      return encodeBytes(text, (code) => (code < 0x80 ? code : undefined), unwritable)
    case 'iso-8859-1':
    case 'latin1':
      return encodeBytes(text, (code) => (code < 0x100 ? code : undefined), unwritable)
    default:
      return encodeBytes(text, table(charset), unwritable)
  }
}

function encodeBytes(text: string, byteOf: (code: number) => number | undefined, unwritable: Unwritable): Buffer {
  const bytes: number[] = []
  for (const character of text) {
    const byte = byteOf(character.codePointAt(0) ?? 0)
    if (byte !== undefined) bytes.push(byte)
    else for (const substitute of unwritable(character)) bytes.push(substitute.charCodeAt(0))
  }
  return Buffer.from(bytes)
}

/** Turns a decoder round: works for every charset of one byte per character, which are those that old systems ask for. */
function table(charset: string): (code: number) => number | undefined {
  const codes = new Map<number, number>()
  try {
    const decoder = new TextDecoder(charset.trim(), { fatal: false })
    for (let byte = 0; byte < 256; byte++) {
      const character = decoder.decode(Buffer.of(byte))
      if (character !== '' && character !== '\uFFFD') codes.set(character.codePointAt(0) ?? 0, byte)
    }
  } catch (cause) {
    throw new Fault(0, `the charset "${charset.slice(0, 40)}" is not supported`, { cause })
  }
  if (codes.size < 200) throw new Fault(0, `the bus cannot write the charset "${charset.slice(0, 40)}"`)
  return (code) => codes.get(code)
}
