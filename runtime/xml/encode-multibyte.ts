/** Bytes of a character as one number, the first byte highest. */
type Table = ReadonlyMap<string, number>

const FIRST_LEAD = 0x81
const LAST_LEAD = 0xfe

/** Shift_JIS: rows 89 to 92 repeat characters of IBM, which encoders write by their other bytes (Encoding Standard, Shift_JIS encoder). */
const REPEATED: ReadonlySet<number> = new Set([0xed, 0xee])

/** First pointer of supplementary characters in the four bytes of GB18030. */
const SUPPLEMENTARY = 189_000

/** Tables are what the decoder of the platform makes of all bytes; each is made once, when somebody writes in its charset. */
const TABLES: ReadonlyMap<string, () => Table> = new Map([
  ['shift_jis', once(() => tableOf('shift_jis'))],
  ['euc-jp', once(() => tableOf('euc-jp'))],
  ['euc-kr', once(() => tableOf('euc-kr'))],
  ['big5', once(() => tableOf('big5'))],
  ['gbk', once(() => tableOf('gbk'))],
  ['gb18030', once(() => withFourBytes(tableOf('gb18030')))],
])

/**
 * Text in one of the multi-byte charsets of the Encoding Standard that keep no state: Shift_JIS, EUC-JP, EUC-KR, Big5, GBK, GB18030.
 * Characters that it lacks become `replacement`, in ASCII. Undefined for every other charset.
 */
export function encodeMultiByte(
  text: string,
  charset: string,
  replacement: (character: string) => string,
): Buffer | undefined {
  const name = nameOf(charset)
  const table = name === undefined ? undefined : TABLES.get(name)?.()
  if (table === undefined) return undefined
  const bytes: number[] = []
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const known = code < 0x80 ? code : (table.get(character) ?? (name === 'gb18030' ? fourBytes(code) : undefined))
    if (known !== undefined) push(bytes, known)
    else for (const written of replacement(character)) bytes.push(written.charCodeAt(0))
  }
  return Buffer.from(bytes)
}

function once(make: () => Table): () => Table {
  let made: Table | undefined
  return () => (made ??= make())
}

/** The name in the Encoding Standard, by which a charset has many. */
function nameOf(charset: string): string | undefined {
  try {
    return new TextDecoder(charset).encoding
  } catch {
    return undefined
  }
}

function tableOf(name: string): Table {
  const table = new Map<string, number>()
  const decoder = new TextDecoder(name)
  // GB18030 reads 0x80 as a euro sign, but writes that in two bytes.
  if (name !== 'gb18030') for (let byte = 0x80; byte <= 0xff; byte++) note(table, decoder, [byte])
  for (let lead = FIRST_LEAD; lead <= LAST_LEAD; lead++) {
    if (name === 'shift_jis' && REPEATED.has(lead)) continue
    for (let trail = 0x40; trail <= 0xfe; trail++) note(table, decoder, [lead, trail])
  }
  return table
}

function withFourBytes(table: Table): Table {
  const whole = new Map(table)
  const decoder = new TextDecoder('gb18030')
  for (let pointer = 0; pointer < 39_420; pointer++) note(whole, decoder, bytesOf(pointer))
  return whole
}

function note(table: Map<string, number>, decoder: InstanceType<typeof TextDecoder>, bytes: readonly number[]): void {
  const character = decoder.decode(Uint8Array.from(bytes))
  const single = character.length === 1 || (character.length === 2 && (character.codePointAt(0) ?? 0) > 0xffff)
  if (!single || character === '\ufffd' || character < '\x80' || table.has(character)) return
  table.set(
    character,
    bytes.reduce((number, byte) => number * 256 + byte, 0),
  )
}

const fourBytes = (code: number): number | undefined =>
  code < 0x1_0000
    ? undefined
    : bytesOf(code - 0x1_0000 + SUPPLEMENTARY).reduce((number, byte) => number * 256 + byte, 0)

/** The four bytes of a pointer (GB18030, and Encoding Standard, gb18030 encoder). */
const bytesOf = (pointer: number): number[] => [
  FIRST_LEAD + Math.floor(pointer / 12_600),
  0x30 + (Math.floor(pointer / 1_260) % 10),
  FIRST_LEAD + (Math.floor(pointer / 10) % 126),
  0x30 + (pointer % 10),
]

function push(bytes: number[], written: number): void {
  for (let unit = 256 ** 3; unit >= 1; unit /= 256)
    if (written >= unit || unit === 1) bytes.push(Math.floor(written / unit) % 256)
}
