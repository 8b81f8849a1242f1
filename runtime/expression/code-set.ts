/**
 * A set of UTF-16 code units as sorted, disjoint, inclusive ranges: `[from, to, from, to …]`. Java's character classes are
 * computed in this form, since neither intersections nor properties can be written in a pattern that V8 runs in linear time.
 */
export type CodeSet = readonly number[]

const LAST = 0xffff

export const everyCode: CodeSet = [0, LAST]

/** The set of the characters and `a-z` ranges of a short text. */
export function codes(ranges: string): CodeSet {
  const set: number[] = []
  for (let i = 0; i < ranges.length; i++) {
    const from = ranges.charCodeAt(i)
    const isRange = ranges[i + 1] === '-' && i + 2 < ranges.length
    set.push(from, isRange ? ranges.charCodeAt(i + 2) : from)
    if (isRange) i += 2
  }
  return normal(set)
}

export function union(a: CodeSet, b: CodeSet): CodeSet {
  return normal([...a, ...b])
}

export function complement(set: CodeSet): CodeSet {
  const rest: number[] = []
  let next = 0
  for (let i = 0; i < set.length; i += 2) {
    const from = set[i] ?? 0
    if (from > next) rest.push(next, from - 1)
    next = (set[i + 1] ?? 0) + 1
  }
  if (next <= LAST) rest.push(next, LAST)
  return rest
}

export function intersection(a: CodeSet, b: CodeSet): CodeSet {
  return complement(union(complement(a), complement(b)))
}

/** The set with the other case of each ASCII letter: Java's CASE_INSENSITIVE knows no more without UNICODE_CASE. */
export function ignoringCase(set: CodeSet): CodeSet {
  const lower = intersection(set, codes('a-z')).map((code) => code - 32)
  const upper = intersection(set, codes('A-Z')).map((code) => code + 32)
  return normal([...set, ...lower, ...upper])
}

/** The members of the Basic Multilingual Plane that a Unicode property of ECMAScript has. Throws when there is none of that name. */
export function propertyCodes(property: string): CodeSet {
  const pattern = new RegExp(`^\\p{${property}}$`, 'u')
  const set: number[] = []
  for (let code = 0; code <= LAST; code++) {
    if (code === 0xd800) code = 0xe000
    if (!pattern.test(String.fromCharCode(code))) continue
    if (set.at(-1) === code - 1) set[set.length - 1] = code
    else set.push(code, code)
  }
  return set
}

/** The set as it is written in a pattern. */
export function printCodes(set: CodeSet): string {
  if (set.length === 0) return '[]'
  const [only = 0, last = 0] = set
  if (set.length === 2 && only === last) return printCode(only)
  const outside = complement(set)
  const [shorter, sign] = outside.length < set.length ? [outside, '^'] : [set, '']
  let text = ''
  for (let i = 0; i < shorter.length; i += 2) {
    const from = shorter[i] ?? 0
    const to = shorter[i + 1] ?? 0
    text += from === to ? printCode(from) : `${printCode(from)}-${printCode(to)}`
  }
  return `[${sign}${text}]`
}

/** One code unit as a literal, inside and outside of a class. */
export function printCode(code: number): string {
  const character = String.fromCharCode(code)
  if (/[\w ]/.test(character)) return character
  return code >= 0x20 && code < 0x7f ? `\\${character}` : `\\u${code.toString(16).padStart(4, '0')}`
}

function normal(ranges: readonly number[]): CodeSet {
  const pairs: [number, number][] = []
  for (let i = 0; i < ranges.length; i += 2) pairs.push([ranges[i] ?? 0, ranges[i + 1] ?? 0])
  pairs.sort(([a], [b]) => a - b)
  const set: number[] = []
  for (const [from, to] of pairs) {
    const end = set.at(-1)
    if (end !== undefined && from <= end + 1) set[set.length - 1] = Math.max(end, to)
    else set.push(from, to)
  }
  return set
}
