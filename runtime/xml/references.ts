import { isXmlCharacter } from './names.ts'

/**
 * Replaces the references in `text` from `start` to `end`, where the first one is at `ampersand`. Only character references and
 * the five predefined entities exist without a DTD. Calls `fail` with the place of a wrong one.
 */
export function expand(
  text: string,
  start: number,
  end: number,
  ampersand: number,
  fail: (at: number, reason: string) => never,
): string {
  let result = ''
  let from = start
  let at = ampersand
  while (at >= 0 && at < end) {
    const semicolon = text.indexOf(';', at)
    if (semicolon < 0 || semicolon >= end) fail(at, 'an ampersand does not start a reference: write &amp;')
    result += text.slice(from, at) + character(text, at, semicolon, fail)
    from = semicolon + 1
    at = text.indexOf('&', from)
  }
  return result + text.slice(from, end)
}

function character(text: string, at: number, semicolon: number, fail: (at: number, reason: string) => never): string {
  const name = text.slice(at + 1, semicolon)
  switch (name) {
    case 'amp':
      return '&'
    case 'lt':
      return '<'
    case 'gt':
      return '>'
    case 'quot':
      return '"'
    case 'apos':
      return "'"
  }
  const code = codePoint(name)
  if (code === undefined) return fail(at, 'an ampersand does not start a reference, or the entity is not defined')
  if (!isXmlCharacter(code)) return fail(at, 'a character reference names a character that XML does not allow')
  return String.fromCodePoint(code)
}

/** The code point of `#…` or `#x…`, undefined when it is none; Infinity is possible. */
function codePoint(name: string): number | undefined {
  if (name.charCodeAt(0) !== 0x23) return undefined
  if (/^#[0-9]+$/.test(name)) return Number(name.slice(1))
  return /^#x[0-9a-fA-F]+$/.test(name) ? Number(`0${name.slice(1)}`) : undefined
}
