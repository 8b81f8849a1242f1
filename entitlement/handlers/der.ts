/** One value of a DER encoding (X.690 section 10): its tag, its content, and where it ends. */
export interface DerValue {
  readonly tag: number
  readonly content: Buffer
  /** The whole value, with tag and length. */
  readonly bytes: Buffer
}

/** Reads the values that lie side by side in `bytes`. Throws an Error when they are cut short. */
export function readDer(bytes: Buffer): DerValue[] {
  const values: DerValue[] = []
  for (let at = 0; at < bytes.length;) {
    const value = readValue(bytes, at)
    values.push(value)
    at += value.bytes.length
  }
  return values
}

function readValue(bytes: Buffer, at: number): DerValue {
  const tag = bytes[at] ?? 0
  const first = bytes[at + 1] ?? 0
  let start = at + 2
  let length = first
  if (first > 0x80) {
    const octets = first & 0x7f
    if (octets > 4) throw new Error('a length is too long')
    length = bytes.readUIntBE(start, octets)
    start += octets
  }
  const end = start + length
  if (first === 0x80 || end > bytes.length) throw new Error('the encoding is cut short')
  return { tag, content: bytes.subarray(start, end), bytes: bytes.subarray(at, end) }
}

/** An object identifier in dotted form. */
export function objectIdentifier(content: Buffer): string {
  const arcs: number[] = []
  let arc = 0
  for (const octet of content) {
    arc = arc * 128 + (octet & 0x7f)
    if (octet < 0x80) {
      arcs.push(arc)
      arc = 0
    }
  }
  const [both = 0, ...rest] = arcs
  const first = Math.min(Math.floor(both / 40), 2)
  return [first, both - first * 40, ...rest].join('.')
}
