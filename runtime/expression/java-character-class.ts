import {
  type CodeSet,
  codes,
  complement,
  everyCode,
  ignoringCase,
  intersection,
  propertyCodes,
  union,
} from './code-set.ts'

/** A place in a pattern; the functions below move it past what they read. */
export interface Cursor {
  readonly text: string
  at: number
}

/** `\d`, `\w` … as Java defines them: ASCII only; `\s` knows fewer blanks than that of ECMAScript. */
const SHORTHANDS: ReadonlyMap<string, CodeSet> = new Map([
  ['d', codes('0-9')],
  ['w', codes('0-9A-Za-z_')],
  ['s', codes(' \t\n\u000B\f\r')],
  ['h', codes(' \t\u00A0\u1680\u180E\u2000-\u200A\u202F\u205F\u3000')],
  ['v', codes('\n\u000B\f\r\u0085\u2028\u2029')],
])

const PUNCTUATION = codes('!-/:-@[-`{-~')

const POSIX: ReadonlyMap<string, CodeSet> = new Map([
  ['Lower', codes('a-z')],
  ['Upper', codes('A-Z')],
  ['ASCII', [0, 0x7f]],
  ['Alpha', codes('A-Za-z')],
  ['Digit', codes('0-9')],
  ['Alnum', codes('0-9A-Za-z')],
  ['Punct', PUNCTUATION],
  ['Graph', codes('!-~')],
  ['Print', codes(' -~')],
  ['Blank', codes(' \t')],
  ['Cntrl', [0, 0x1f, 0x7f, 0x7f]],
  ['XDigit', codes('0-9A-Fa-f')],
  ['Space', codes(' \t\n\u000B\f\r')],
])

/** `\p{javaLowerCase}` … by the Unicode property that comes nearest. */
const JAVA: ReadonlyMap<string, string> = new Map([
  ['javaLowerCase', 'Lowercase'],
  ['javaUpperCase', 'Uppercase'],
  ['javaAlphabetic', 'Alphabetic'],
  ['javaLetter', 'L'],
  ['javaDigit', 'Nd'],
  ['javaWhitespace', 'White_Space'],
])

/** Properties that Java widens to letters of every case when case is ignored. */
const CASED: ReadonlySet<string> = new Set(['Lu', 'Ll', 'Lt', 'IsLu', 'IsLl', 'IsLt', 'IsUppercase', 'IsLowercase'])

/** The characters `.` does not match without DOTALL. */
export const LINE_ENDS = codes('\n\r\u0085\u2028\u2029')

const NAMED = /^\\([pP])(?:\{([^}]*)\}|([A-Z]))/
const NUMBERED = /^\\(?:x([0-9A-Fa-f]{2})|u([0-9A-Fa-f]{4})|x\{([0-9A-Fa-f]+)\}|0([0-3]?[0-7]{1,2})|c([\s\S]))/

function numberOf([, short, unicode, braced, octal, control = '']: RegExpExecArray): number {
  const hex = short ?? unicode ?? braced
  if (hex !== undefined) return Number.parseInt(hex, 16)
  return octal === undefined ? control.charCodeAt(0) ^ 64 : Number.parseInt(octal, 8)
}

/** What an escape that stands for characters means, inside and outside of a class; the cursor stands at its `\`. */
export function readEscape(cursor: Cursor, ignoreCase: boolean): CodeSet {
  const rest = cursor.text.slice(cursor.at, cursor.at + 64)
  const named = NAMED.exec(rest)
  if (named !== null) {
    cursor.at += named[0].length
    const set = namedClass(ignoreCase && CASED.has(named[2] ?? named[3] ?? '') ? 'LC' : (named[2] ?? named[3] ?? ''))
    return named[1] === 'P' ? complement(set) : set
  }
  const numbered = NUMBERED.exec(rest)
  if (numbered !== null) {
    cursor.at += numbered[0].length
    return single(numberOf(numbered))
  }
  const letter = rest[1]
  if (letter === undefined) throw new Error('it ends with a \\')
  cursor.at += 2
  const set = shorthand(letter)
  if (set !== undefined) return set
  const control = CONTROLS.get(letter)
  if (control === undefined && /[A-Za-z0-9]/.test(letter)) throw new Error(`\\${letter} means nothing`)
  return single(control ?? letter.charCodeAt(0))
}

/** The text of `\Q…\E`; the cursor stands at its `\`. */
export function readQuoted(cursor: Cursor): string {
  const { text, at } = cursor
  const end = text.indexOf('\\E', at)
  cursor.at = end < 0 ? text.length : end + 2
  return text.slice(at + 2, end < 0 ? undefined : end)
}

/** A class with unions, intersections and nested classes; the cursor stands at its `[`. */
export function readClass(cursor: Cursor, ignoreCase: boolean): CodeSet {
  const negated = cursor.text[cursor.at + 1] === '^'
  cursor.at += negated ? 2 : 1
  // A ] that comes first is a member (java.util.regex.Pattern).
  const set = readMembers(cursor, ignoreCase, cursor.text[cursor.at] === ']')
  cursor.at++
  const folded = ignoreCase ? ignoringCase(set) : set
  return negated ? complement(folded) : folded
}

function readMembers(cursor: Cursor, ignoreCase: boolean, bracket: boolean): CodeSet {
  let set: CodeSet = []
  for (let first = bracket; first || cursor.text[cursor.at] !== ']'; first = false) {
    if (cursor.at >= cursor.text.length) throw new Error('a [ is not closed')
    if (cursor.text.startsWith('&&', cursor.at)) {
      cursor.at += 2
      return intersection(set, readMembers(cursor, ignoreCase, false))
    }
    set = union(set, readMember(cursor, ignoreCase))
  }
  return set
}

function readMember(cursor: Cursor, ignoreCase: boolean): CodeSet {
  if (cursor.text[cursor.at] === '[') return readClass(cursor, ignoreCase)
  if (cursor.text.startsWith('\\Q', cursor.at)) {
    return Array.from(readQuoted(cursor)).reduce<CodeSet>(
      (set, each) => union(set, single(each.codePointAt(0) ?? 0)),
      [],
    )
  }
  const first = readCharacter(cursor, ignoreCase)
  const next = cursor.text[cursor.at + 1]
  if (cursor.text[cursor.at] !== '-' || next === undefined || '[]'.includes(next)) return first
  const [low = 0, high] = first
  if (first.length !== 2 || low !== high) return first
  cursor.at++
  const [to = 0, last] = readCharacter(cursor, ignoreCase)
  if (last !== to || to < low) throw new Error('a range in a [ ] ends before it begins')
  return [low, to]
}

function readCharacter(cursor: Cursor, ignoreCase: boolean): CodeSet {
  if (cursor.text[cursor.at] === '\\') return readEscape(cursor, ignoreCase)
  const code = cursor.text.codePointAt(cursor.at) ?? 0
  cursor.at += code > 0xffff ? 2 : 1
  return single(code)
}

const CONTROLS: ReadonlyMap<string, number> = new Map([
  ['t', 9],
  ['n', 10],
  ['r', 13],
  ['f', 12],
  ['a', 7],
  ['e', 27],
])

function single(code: number): CodeSet {
  if (code > 0xffff) throw new Error('characters beyond U+FFFF cannot stand in a [ ]')
  return [code, code]
}

/** The set of `\d`, `\S` …; undefined when the letter names none. */
function shorthand(letter: string): CodeSet | undefined {
  const set = SHORTHANDS.get(letter.toLowerCase())
  return set === undefined || letter === letter.toLowerCase() ? set : complement(set)
}

/** The set of `\p{name}`. Throws when Java or this engine has no such property. */
function namedClass(name: string): CodeSet {
  const posix = POSIX.get(name)
  if (posix !== undefined) return posix
  if (name === 'L1') return [0, 0xff]
  if (name === 'all') return everyCode
  if (name === 'LC') return union(propertyCodes('Lu'), union(propertyCodes('Ll'), propertyCodes('Lt')))
  for (const property of spellings(name)) {
    try {
      return propertyCodes(property)
    } catch {
      // The next spelling may be the one.
    }
  }
  throw new Error(`the character class \\p{${name}} is not supported`)
}

/** How ECMAScript may call what Java calls `name`: `IsLatin`, `script=Latin`, `general_category=Lu`, `IsAlphabetic`, `Lu`. */
function spellings(name: string): string[] {
  const java = JAVA.get(name)
  if (java !== undefined) return [java]
  const [key = '', value] = name.split('=', 2)
  if (value !== undefined) return [/^sc|^script/i.test(key) ? `Script=${value}` : `General_Category=${value}`]
  const bare = name.replace(/^Is/, '')
  return [`General_Category=${bare}`, `Script=${bare}`, bare]
}
