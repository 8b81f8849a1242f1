import { afterReference } from './tape-format.ts'

// Loops here never read behind the end of the bytes and keep the length in a variable: either costs several times as much.

export const MARKUP = 0x3c
export const GREATER = 0x3e
export const SLASH = 0x2f
export const BANG = 0x21
export const QUESTION = 0x3f
export const EQUALS = 0x3d
export const DASH = 0x2d
export const COLON = 0x3a
const CR = 0x0d
const AMPERSAND = 0x26
const BRACKET = 0x5d

/** What a byte is in text: most are plain. */
const PLAIN = 0
const BLANK = 1
const FORBIDDEN = 2
const SPECIAL = 3

const CLASS = new Uint8Array(256)
for (let byte = 0; byte < 0x20; byte++) CLASS[byte] = FORBIDDEN
for (const byte of [0x09, 0x0a, CR]) CLASS[byte] = BLANK
// 0xEF begins U+FFFE and U+FFFF, which XML forbids.
for (const byte of [MARKUP, AMPERSAND, BRACKET, 0xef]) CLASS[byte] = SPECIAL

/** Bytes that no name contains and that may come after one; a name may turn out to be wrong all the same. */
export const ENDS_NAME = new Uint8Array(256)
for (const character of ' \t\r\n/>=<"\'&?') ENDS_NAME[character.charCodeAt(0)] = 1

export const WRONG = -1

export function afterSpace(bytes: Buffer, from: number): number {
  const { length } = bytes
  let at = from
  while (at < length) {
    const byte = bytes[at]
    if (byte !== 0x20 && byte !== 0x0a && byte !== CR && byte !== 0x09) break
    at++
  }
  return at
}

/**
 * The end of the character data from `from` on, doubled, plus one when it is not simply what is written; -1 when it is not
 * allowed.
 */
export function endOfText(bytes: Buffer, from: number): number {
  const { length } = bytes
  let at = from
  let cooked = 0
  while (at < length) {
    const byte = bytes[at] as number
    const kind = CLASS[byte]
    if (kind === PLAIN) at++
    else if (kind === BLANK) {
      if (byte === CR) cooked = 1
      at++
    } else if (byte === MARKUP) break
    else if (byte === AMPERSAND) {
      cooked = 1
      at = afterReference(bytes, at)
      if (at < 0) return WRONG
    } else if (kind === FORBIDDEN || isWrongAt(bytes, at)) return WRONG
    else at++
  }
  return at * 2 + cooked
}

/** The end of an attribute's value that starts at `from` and ends before `quote`, in the same form. */
export function endOfValue(bytes: Buffer, from: number, quote: number): number {
  const { length } = bytes
  let at = from
  let cooked = 0
  while (at < length) {
    const byte = bytes[at] as number
    if (byte === quote) return at * 2 + cooked
    const kind = CLASS[byte]
    if (kind === PLAIN || byte === BRACKET) at++
    else if (kind === BLANK) {
      cooked = 1
      at++
    } else if (byte === AMPERSAND) {
      cooked = 1
      at = afterReference(bytes, at)
      if (at < 0) return WRONG
    } else if (kind === FORBIDDEN || byte === MARKUP || isWrongAt(bytes, at)) return WRONG
    else at++
  }
  return WRONG
}

/** `]]>` and the last two characters of the basic plane. */
export function isWrongAt(bytes: Buffer, at: number): boolean {
  if (bytes[at] === BRACKET) return bytes[at + 1] === BRACKET && bytes[at + 2] === GREATER
  return bytes[at] === 0xef && bytes[at + 1] === 0xbf && (bytes[at + 2] as number) >= 0xbe
}

/** Whether XML allows all characters between two offsets, inside of a comment and the like. */
export function isClean(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (CLASS[byte] === FORBIDDEN || (byte === 0xef && isWrongAt(bytes, at))) return false
  }
  return true
}

const NAME_PART = 1
const NAME_START = 2
const NAME_BYTES = new Uint8Array(256)
for (const character of '-.0123456789') NAME_BYTES[character.charCodeAt(0)] = NAME_PART
for (const character of '_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz') {
  NAME_BYTES[character.charCodeAt(0)] = NAME_START
}

export const WRONG_NAME = -2
export const NOT_ASCII = -3

/** Where the colon of a qualified name in ASCII is, counted from its start; -1 when it has none. */
export function colonOfAscii(bytes: Buffer, start: number, end: number): number {
  const table = NAME_BYTES
  let colon = -1
  let first = true
  for (let at = start; at < end; at++) {
    const byte = bytes[at] as number
    if (byte >= 0x80) return NOT_ASCII
    if (byte === COLON) {
      if (first || colon >= 0) return WRONG_NAME
      colon = at - start
      first = true
    } else {
      const kind = table[byte] as number
      if (kind === 0 || (first && kind === NAME_PART)) return WRONG_NAME
      first = false
    }
  }
  return first ? WRONG_NAME : colon
}
