type Encode = (text: string) => Buffer

/** Java's names of the charsets that every Java knows, without regard to case. */
const ENCODERS: ReadonlyMap<string, Encode> = new Map<string, Encode>([
  ['UTF-8', (text) => Buffer.from(text, 'utf8')],
  ['UTF8', (text) => Buffer.from(text, 'utf8')],
  ['US-ASCII', (text) => Buffer.from(text.replaceAll(/[^\0-\x7F]/gu, '?'), 'latin1')],
  ['ASCII', (text) => Buffer.from(text.replaceAll(/[^\0-\x7F]/gu, '?'), 'latin1')],
  ['ISO-8859-1', (text) => Buffer.from(text.replaceAll(/[^\0-\xFF]/gu, '?'), 'latin1')],
  ['LATIN1', (text) => Buffer.from(text.replaceAll(/[^\0-\xFF]/gu, '?'), 'latin1')],
  ['UTF-16LE', (text) => Buffer.from(text, 'utf16le')],
  ['UTF-16BE', (text) => Buffer.from(text, 'utf16le').swap16()],
  ['UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').swap16()],
])

/** The bytes of a text as Java's `getBytes(charset)` gives them; undefined when there is no such charset. */
export const encodeText = (text: string, charset: string): Buffer | undefined =>
  ENCODERS.get(charset.toUpperCase())?.(text)
