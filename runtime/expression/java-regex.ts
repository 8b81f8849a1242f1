import { complement, everyCode, ignoringCase, printCode, printCodes } from './code-set.ts'
import { type Cursor, LINE_ENDS, readClass, readEscape, readQuoted } from './java-character-class.ts'

/**
 * A regular expression in Java's syntax (java.util.regex). `whole`: it must match all of the text, as `matches()`. Throws an
 * Error that says why when the pattern is wrong, or is one that this engine cannot run safely on text from clients.
 *
 * The result uses only what V8's linear engine can run, so that a pattern that backtracks without end is finished by it
 * (`cli/bin.ts` sets the flags): case is ignored by writing both, properties become sets of code units. What would need
 * look-around is left as ECMAScript has it: `\b` knows ASCII words, `$` does not match before a line end at the end.
 */
export function javaRegex(pattern: string, whole = false, flags = ''): RegExp {
  const translation = new Translation(pattern)
  const source = translation.run()
  if (translation.exponential) {
    throw new Error(
      'it repeats something that itself varies, together with look-around, back references or long counts; that can take exponential time',
    )
  }
  return new RegExp(whole ? `^(?:${source})$` : source, translation.multiline ? `${flags}m` : flags)
}

/** A replacement as `String.replaceAll` takes it: `$1`, `${name}`, and `\` before a literal character. */
export function javaReplacement(text: string): string {
  return text.replaceAll(
    /\\([\s\S])|\$(?:\{(\w+)\}|(\d))|\$/g,
    (_, literal?: string, name?: string, digit?: string) => {
      if (literal !== undefined) return literal === '$' ? '$$' : literal
      if (name !== undefined) return `$<${name}>`
      if (digit !== undefined) return `$${digit}`
      throw new Error('a $ in a replacement must name a group or be written \\$')
    },
  )
}

interface Flags {
  readonly ignoreCase: boolean
  readonly dotAll: boolean
  readonly comments: boolean
}

/** What one alternative or group has in it: whether it can match in different ways, and how often a counted part of it is copied out. */
interface Shape {
  readonly text: string
  readonly varies: boolean
  readonly copies: number
}

/** V8's linear engine copies counted repetitions out, up to this many times in all. */
const LONGEST_COUNT = 16

const UNSUPPORTED: ReadonlyMap<string, string> = new Map([
  ['G', 'the end of the last match'],
  ['X', 'grapheme clusters'],
  ['N', 'characters by name'],
])

class Translation {
  /** A repeated part can match the same text in several ways, and the linear engine cannot take over. */
  get exponential(): boolean {
    return this.#nested && !this.#linear
  }

  multiline = false
  readonly #cursor: Cursor
  #flags: Flags = { ignoreCase: false, dotAll: false, comments: false }
  #nested = false
  #linear = true
  #groups = 0

  constructor(text: string) {
    this.#cursor = { text, at: 0 }
  }

  run(): string {
    const { text } = this.#alternatives()
    if (this.#cursor.at < this.#cursor.text.length) throw new Error('there is a ) without its (')
    return text
  }

  /** Up to the `)` that ends the group, or the end. Flags set inside end with the group. */
  #alternatives(): Shape {
    const outer = this.#flags
    let text = ''
    let varies = false
    let copies = 1
    while (this.#cursor.at < this.#cursor.text.length && this.#cursor.text[this.#cursor.at] !== ')') {
      if (this.#cursor.text[this.#cursor.at] === '|') {
        this.#cursor.at++
        text += '|'
        varies = true
        continue
      }
      const piece = this.#quantified()
      text += piece.text
      varies ||= piece.varies
      copies = Math.max(copies, piece.copies)
    }
    this.#flags = outer
    return { text, varies, copies }
  }

  #quantified(): Shape {
    const atom = this.#atom()
    if (atom.text === '') return atom
    this.#skipComments()
    const [written, least, most] = this.#quantifier()
    if (written === '') return atom
    const follow = this.#cursor.text[this.#cursor.at]
    if (follow === '+') throw new Error('possessive quantifiers are not supported')
    if (follow === '?') this.#cursor.at++
    const copies = atom.copies * Math.max(most === Infinity ? least : most, 1)
    if (copies > LONGEST_COUNT) this.#linear = false
    if (atom.varies && (most === Infinity || most > LONGEST_COUNT)) this.#nested = true
    return { text: `${atom.text}${written}${follow === '?' ? '?' : ''}`, varies: atom.varies || least !== most, copies }
  }

  #quantifier(): readonly [written: string, least: number, most: number] {
    const counted = /^(?:[*+?]|\{(\d+)(,?)(\d*)\})/.exec(this.#cursor.text.slice(this.#cursor.at, this.#cursor.at + 32))
    if (counted === null) {
      if (this.#cursor.text[this.#cursor.at] === '{') throw new Error('a { that begins no count must be written \\{')
      return ['', 1, 1]
    }
    const [written, least = '0', comma, most] = counted
    this.#cursor.at += written.length
    if (written === '*') return [written, 0, Infinity]
    if (written === '+') return [written, 1, Infinity]
    if (written === '?') return [written, 0, 1]
    return [written, Number(least), comma === '' ? Number(least) : most === '' ? Infinity : Number(most)]
  }

  #atom(): Shape {
    const character = this.#cursor.text[this.#cursor.at] ?? ''
    if (this.#flags.comments && /[\s#]/.test(character)) {
      this.#skipComments()
      return nothing
    }
    switch (character) {
      case '(':
        return this.#group()
      case '[':
        return one(printCodes(readClass(this.#cursor, this.#flags.ignoreCase)))
      case '\\':
        return this.#escape()
      case '.':
        this.#cursor.at++
        return one(printCodes(this.#flags.dotAll ? everyCode : complement(LINE_ENDS)))
      case '^':
      case '$':
        this.#cursor.at++
        return one(character)
      case '*':
      case '+':
      case '?':
        throw new Error(`there is nothing before the ${character}`)
      default: {
        const literal = String.fromCodePoint(this.#cursor.text.codePointAt(this.#cursor.at) ?? 0)
        this.#cursor.at += literal.length
        return this.#literal(literal)
      }
    }
  }

  #literal(text: string): Shape {
    let units = ''
    for (let i = 0; i < text.length; i++) units += this.#unit(text.charCodeAt(i))
    return one(text.length === 1 ? units : `(?:${units})`)
  }

  #unit(code: number): string {
    return this.#flags.ignoreCase ? printCodes(ignoringCase([code, code])) : printCode(code)
  }

  #group(): Shape {
    const opening =
      /^\((?:\?(?:<[=!]|[=!:>]|<(?<name>[A-Za-z]\w*)>|(?<on>[a-zA-Z]*)(?:-(?<off>[a-zA-Z]*))?(?<end>[:)])))?/.exec(
        this.#cursor.text.slice(this.#cursor.at),
      )
    if (opening === null) throw new Error('a ( is not closed')
    const [written] = opening
    const { name, on, off, end } = opening.groups ?? {}
    if (this.#cursor.text[this.#cursor.at + 1] === '?' && written === '(')
      throw new Error('a group that begins with (? is not known')
    if (written === '(?>') throw new Error('atomic groups are not supported')
    this.#cursor.at += written.length
    if (end === ')') {
      this.#switchFlags(on, off)
      return nothing
    }
    const outer = this.#flags
    if (end === ':') this.#switchFlags(on, off)
    if (/^\(\?<?[=!]/.test(written)) this.#linear = false
    if (written === '(' || name !== undefined) this.#groups++
    const { text, varies, copies } = this.#alternatives()
    this.#flags = outer
    if (this.#cursor.text[this.#cursor.at] !== ')') throw new Error('a ( is not closed')
    this.#cursor.at++
    return { text: `${end === ':' ? '(?:' : written}${text})`, varies, copies }
  }

  #switchFlags(on = '', off = ''): void {
    let { ignoreCase, dotAll, comments } = this.#flags
    for (const flag of on + off) {
      const value = on.includes(flag)
      if (flag === 'i') ignoreCase = value
      else if (flag === 's') dotAll = value
      else if (flag === 'x') comments = value
      else if (flag === 'm' && value) this.multiline = true
      else if (!'mud'.includes(flag)) throw new Error(`the flag (?${flag}) is not supported`)
    }
    this.#flags = { ignoreCase, dotAll, comments }
  }

  #escape(): Shape {
    const letter = this.#cursor.text[this.#cursor.at + 1] ?? ''
    if (letter === 'Q') return this.#quoted()
    if (letter === 'R') return this.#after(2, '(?:\\r\\n|[\\n\\u000b\\f\\r\\u0085\\u2028\\u2029])')
    if (letter === 'A') return this.#after(2, '^')
    if (letter === 'z' || letter === 'Z') return this.#after(2, '$')
    if (letter === 'b' || letter === 'B') return this.#after(2, `\\${letter}`)
    const reason = UNSUPPORTED.get(letter)
    if (reason !== undefined) throw new Error(`\\${letter} (${reason}) is not supported`)
    const reference = /^\\(?:([1-9]\d?)|k<\w+>)/.exec(this.#cursor.text.slice(this.#cursor.at))
    if (reference !== null) {
      const [written, number = '0'] = reference
      if (Number(number) > this.#groups) throw new Error(`${written} refers to a group that does not exist`)
      this.#linear = false
      return this.#after(written.length, written)
    }
    const { ignoreCase } = this.#flags
    const set = readEscape(this.#cursor, ignoreCase)
    return one(printCodes(ignoreCase ? ignoringCase(set) : set))
  }

  #after(length: number, text: string): Shape {
    this.#cursor.at += length
    return one(text)
  }

  /** A quantifier behind `\E` repeats the last character only. */
  #quoted(): Shape {
    let text = ''
    for (const character of readQuoted(this.#cursor)) text += this.#literal(character).text
    return text === '' ? nothing : one(text)
  }

  #skipComments(): void {
    if (!this.#flags.comments) return
    const skipped = /^(?:\s|#[^\n]*)+/.exec(this.#cursor.text.slice(this.#cursor.at))
    this.#cursor.at += skipped?.[0].length ?? 0
  }
}

const nothing: Shape = { text: '', varies: false, copies: 1 }

const one = (text: string): Shape => ({ text, varies: false, copies: 1 })
