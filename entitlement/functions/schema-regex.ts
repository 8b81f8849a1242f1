import { javaRegex } from 'viaduct'
import { blockRange } from './unicode-blocks.ts'

const LONGEST = 4000

/**
 * A regular expression as XPath's `matches` has it (XQuery 1.0 and XPath 2.0 functions, section 7.6.1): the syntax of XML Schema
 * with `^`, `$` and reluctant quantifiers. It is rewritten in Java's syntax, which the engine runs safely. Throws an Error.
 */
export function schemaRegex(pattern: string): RegExp {
  if (pattern.length > LONGEST) throw new Error('it is too long')
  return javaRegex(new Rewriting(pattern).run())
}

/** What a letter behind a `\` stands for, as members of a class. */
const SHORTHANDS: ReadonlyMap<string, string> = new Map([
  ['d', String.raw`\p{Nd}`],
  ['w', String.raw`[^\p{P}\p{Z}\p{C}]`],
  ['s', String.raw`[\x20\t\n\r]`],
  ['i', String.raw`[\p{L}\p{Nl}:_]`],
  ['c', String.raw`[\p{L}\p{M}\p{Nd}\p{Nl}\-.:_\xB7]`],
])

class Rewriting {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  run(): string {
    let java = ''
    for (let character = this.#text[0]; character !== undefined; character = this.#text[this.#at]) {
      const quantifier = this.#quantifier()
      if (quantifier !== '') java += quantifier
      else if (character === '[') java += this.#class()
      else if (character === '\\') java += this.#escape()
      else if (character === '(' && this.#text[this.#at + 1] === '?') throw new Error('(? is not known')
      else java += this.#plain(character)
    }
    return java
  }

  /** What repeats the part before, with the `?` of a reluctant one; a further quantifier would be Java's. */
  #quantifier(): string {
    const written = /^(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??/.exec(this.#text.slice(this.#at, this.#at + 32))?.[0] ?? ''
    this.#at += written.length
    if (written !== '' && /^[*+?{]/.test(this.#text.slice(this.#at, this.#at + 1)))
      throw new Error(`there is nothing before the ${this.#text[this.#at] ?? ''}`)
    return written
  }

  #plain(character: string): string {
    if (character === '{' || character === '}')
      throw new Error(`a ${character} that is no count must be written \\${character}`)
    this.#at++
    return character === '.' ? String.raw`[^\n\r]` : character
  }

  #escape(): string {
    const letter = this.#text[this.#at + 1]
    if (letter === undefined) throw new Error('it ends with a \\')
    this.#at += 2
    const shorthand = SHORTHANDS.get(letter.toLowerCase())
    if (shorthand !== undefined) return letter === letter.toLowerCase() ? shorthand : `[^${shorthand}]`
    if (letter === 'p' || letter === 'P') return this.#property(letter)
    if (/[nrt\\|.?*+(){}\-[\]^$]/.test(letter)) return `\\${letter}`
    if (/[1-9]/.test(letter)) return `\\${letter}`
    throw new Error(`\\${letter} means nothing`)
  }

  #property(letter: string): string {
    const [written, name = ''] = /^\{([A-Za-z0-9-]+)\}/.exec(this.#text.slice(this.#at, this.#at + 80)) ?? ['']
    if (written === '') throw new Error(`\\${letter} needs a property in braces`)
    this.#at += written.length
    if (!name.startsWith('Is')) return `\\${letter}{${name}}`
    const block = blockRange(name.slice(2))
    if (block === undefined) throw new Error(`there is no Unicode block ${name.slice(2)}`)
    return letter === 'p' ? `[${block}]` : `[^${block}]`
  }

  /** `[a-z-[aeiou]]` takes away; Java writes `[a-z&&[^aeiou]]`. */
  #class(): string {
    const negated = this.#text[this.#at + 1] === '^'
    this.#at += negated ? 2 : 1
    let members = ''
    let taken = ''
    for (let first = true; this.#text[this.#at] !== ']' || first; first = false) {
      const character = this.#text[this.#at]
      if (character === undefined) throw new Error('a [ is not closed')
      if (character === '-' && this.#text[this.#at + 1] === '[') {
        this.#at++
        taken = this.#class()
        break
      }
      members += this.#member(character)
    }
    if (this.#text[this.#at] !== ']') throw new Error('a [ is not closed')
    this.#at++
    const set = negated ? `[^${members}]` : `[${members}]`
    return taken === '' ? set : `[${set}&&[^${taken}]]`
  }

  #member(character: string): string {
    if (character === '\\') return this.#escape()
    if (character === '[') throw new Error('a [ inside of [ ] must be written \\[')
    this.#at++
    return character === '&' || character === '^' ? `\\${character}` : character
  }
}
