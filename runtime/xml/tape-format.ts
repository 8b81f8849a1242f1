import { isXmlCharacter } from './names.ts'
import { expand } from './references.ts'

/**
 * A tape is one array of integers, five for each node in document order: kind, flags and name; the parent (-1: the
 * document); the node after the last one inside; and where the node stands in the bytes. A node is the offset of its record.
 */
export const RECORD = 5
export const PARENT = 1
export const AFTER = 2
export const START = 3
export const END = 4

/** Kinds are the DOM's node types, in the bits above the flags. */
export const KIND_SHIFT = 24
/** The text is not simply what is written: it holds references, or white space that is to be made something else. */
export const COOKED = 1 << 23
/** Text of a CDATA section, which holds no references. */
export const SECTION = 1 << 22
/** Numbers of names stay below. */
export const NAME_MASK = SECTION - 1

/** Text as an application sees it: line ends made LF, references replaced. */
export function cookText(raw: string, section: boolean): string {
  const text = raw.includes('\r') ? raw.replace(/\r\n?/g, '\n') : raw
  return section ? text : cookReferences(text)
}

/** The value of an attribute as an application sees it (XML 1.0 section 3.3.3). */
export function cookAttribute(raw: string): string {
  return cookReferences(raw.replace(/\r\n?|[\t\n]/g, ' '))
}

/** The references have been checked. */
function cookReferences(text: string): string {
  const at = text.indexOf('&')
  return at < 0 ? text : expand(text, 0, text.length, at, unchecked)
}

const unchecked = (): never => {
  throw new Error('a reference on the tape has not been checked')
}

const AMPERSAND = 0x26
const SEMICOLON = 0x3b
const HASH = 0x23
/** The predefined entities as bytes behind the `&`. */
const ENTITIES = ['amp;', 'lt;', 'gt;', 'quot;', 'apos;'].map((name) => Buffer.from(name))

/** The offset after the reference whose `&` is at `at`; -1 when it is none that exists without a DTD. */
export function afterReference(bytes: Buffer, at: number): number {
  if (bytes[at] !== AMPERSAND) return -1
  if (bytes[at + 1] === HASH) return afterCharacterReference(bytes, at + 2)
  for (const entity of ENTITIES) if (startsWith(bytes, at + 1, entity)) return at + 1 + entity.length
  return -1
}

function startsWith(bytes: Buffer, at: number, expected: Buffer): boolean {
  for (let i = 0; i < expected.length; i++) if (bytes[at + i] !== expected[i]) return false
  return true
}

function afterCharacterReference(bytes: Buffer, start: number): number {
  const hexadecimal = bytes[start] === 0x78
  const base = hexadecimal ? 16 : 10
  const digits = hexadecimal ? start + 1 : start
  let code = 0
  for (let at = digits; ; at++) {
    const byte = bytes[at]
    if (byte === SEMICOLON) return at > digits && isXmlCharacter(code) ? at + 1 : -1
    const digit = digitOf(byte ?? 0)
    if (digit >= base) return -1
    // Kept small however many digits there are.
    code = Math.min(code * base + digit, 0x11_0000)
  }
}

function digitOf(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : 16
}
