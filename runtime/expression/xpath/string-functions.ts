/** The core string functions (XPath 1.0 section 4.2) on plain strings. Characters are code points. */

const SURROGATE = /[\uD800-\uDFFF]/

export function substringBefore(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? '' : text.slice(0, at)
}

export function substringAfter(text: string, mark: string): string {
  const at = text.indexOf(mark)
  return at < 0 ? '' : text.slice(at + mark.length)
}

/** Keeps the characters whose position p satisfies `p >= round(start)` and `p < round(start) + round(length)`. */
export function substring(text: string, start: number, length = Number.POSITIVE_INFINITY): string {
  const from = Math.round(start)
  const end = from + Math.round(length)
  if (Number.isNaN(from) || Number.isNaN(end)) return ''
  const first = Math.max(0, from - 1)
  const last = Math.max(first, end - 1)
  if (!SURROGATE.test(text)) return text.slice(first, last)
  return Array.from(text).slice(first, last).join('')
}

export const stringLength = (text: string): number => (SURROGATE.test(text) ? Array.from(text).length : text.length)

/** Only XML white space counts; a no-break space stays. */
export const normalizeSpace = (text: string): string =>
  text
    .split(/[ \t\r\n]+/)
    .filter((word) => word !== '')
    .join(' ')

export function translate(text: string, from: string, to: string): string {
  const targets = Array.from(to)
  const map = new Map<string, string>()
  for (const [i, character] of Array.from(from).entries()) {
    if (!map.has(character)) map.set(character, targets[i] ?? '')
  }
  let result = ''
  for (const character of text) result += map.get(character) ?? character
  return result
}
