/**
 * Old scripts contain XML (E4X, ECMA-357), which Rhino understood. XML literals and the operators of E4X become calls that
 * `XmlValue` answers: `<a>{b}</a>` is `$xml("<a>", $content(b), "</a>")`, `x..*::Code` is `x.$descendants("Code")`, `x.@id`
 * is `x.$attribute("id")`. Everything else stays as it is, on its line.
 */
export function translateE4x(source: string): string {
  return /<[\w>]|\.\.|\.@|::/.test(source) ? new Translator(source).run() : source
}

const IDENTIFIER = /[\w$]/
/** Words after which an expression begins. */
const BEFORE_EXPRESSION = new Set([
  'return',
  'typeof',
  'case',
  'in',
  'of',
  'delete',
  'void',
  'throw',
  'new',
  'else',
  'do',
])

const QUOTES = new Set(['"', "'", '`'])
const CLOSING = new Set([')', ']', '}'])

class Translator {
  readonly #source: string
  #at = 0
  #out = ''
  /** What was written last says whether `<` and `/` begin a literal or are operators. */
  #operand = false

  constructor(source: string) {
    this.#source = source
  }

  run(): string {
    return this.#script(false)
  }

  /** Translates up to the end, or to the brace that closes a hole of a literal. */
  #script(inHole: boolean): string {
    const outer = this.#out
    this.#out = ''
    this.#operand = false
    let depth = 0
    while (this.#at < this.#source.length) {
      const character = this.#source[this.#at] ?? ''
      if (inHole && character === '}' && depth === 0) break
      if (character === '{') depth++
      if (character === '}') depth--
      this.#token(character)
    }
    const translated = this.#out
    this.#out = outer
    return translated
  }

  #token(character: string): void {
    const next = this.#source[this.#at + 1] ?? ''
    if (QUOTES.has(character)) this.#copy(this.#quoted(character), true)
    else if (character === '/') this.#slash(next)
    else if (character === '<' && !this.#operand && /[A-Za-z_>!]/.test(next)) this.#literal()
    else if (IDENTIFIER.test(character)) this.#word()
    else if (character !== '.' || !this.#operand || !this.#member(next)) this.#other(character)
  }

  #slash(next: string): void {
    if (next === '/' || next === '*') this.#copyComment(next)
    else if (this.#operand) this.#other('/')
    else this.#copy(this.#regularExpression(), true)
  }

  /** Behind a closing bracket an operator follows, behind any other sign an expression. */
  #other(character: string): void {
    this.#out += character
    this.#at++
    if (!/\s/.test(character)) this.#operand = CLOSING.has(character)
  }

  #copy(text: string, operand: boolean): void {
    this.#out += text
    this.#at += text.length
    this.#operand = operand
  }

  #copyComment(kind: string): void {
    const end = this.#source.indexOf(kind === '/' ? '\n' : '*/', this.#at + 2)
    const to = end < 0 ? this.#source.length : end + (kind === '/' ? 0 : 2)
    this.#out += this.#source.slice(this.#at, to)
    this.#at = to
  }

  #quoted(quote: string): string {
    let end = this.#at + 1
    while (end < this.#source.length && this.#source[end] !== quote) end += this.#source[end] === '\\' ? 2 : 1
    return this.#source.slice(this.#at, end + 1)
  }

  #regularExpression(): string {
    let end = this.#at + 1
    let inClass = false
    for (; end < this.#source.length; end++) {
      const character = this.#source[end]
      if (character === '\\') end++
      else if (character === '[') inClass = true
      else if (character === ']') inClass = false
      else if (character === '\n' || (character === '/' && !inClass)) break
    }
    return this.#source.slice(this.#at, end + 1)
  }

  #word(): void {
    let end = this.#at
    while (IDENTIFIER.test(this.#source[end] ?? '')) end++
    const word = this.#source.slice(this.#at, end)
    this.#copy(word, !BEFORE_EXPRESSION.has(word))
  }

  /** `..name`, `..*::name`, `.*::name`, `.@name`, `..@name`; false for an ordinary member. */
  #member(next: string): boolean {
    const [whole = '', dots, at, name = ''] =
      /^(\.\.?)(@)?(?:\*::|\w+::)?(\*|[A-Za-z_][\w-]*)/.exec(this.#source.slice(this.#at, this.#at + 200)) ?? []
    const isE4x = dots === '..' || at !== undefined || whole.includes('::') || next === '*'
    if (whole === '' || !isE4x) return false
    const call =
      at === undefined
        ? dots === '..'
          ? '$descendants'
          : '$children'
        : dots === '..'
          ? '$allAttributes'
          : '$attribute'
    this.#out += `.${call}(${JSON.stringify(name)})`
    this.#at += whole.length
    this.#operand = true
    return true
  }

  /** An XML literal, to the end tag of its first element. */
  #literal(): void {
    const parts: string[] = []
    const from = this.#at
    let text = ''
    let depth = 0
    const hole = (wrap: string): void => {
      this.#at++
      parts.push(JSON.stringify(text), `${wrap}(${this.#script(true)})`)
      text = ''
      this.#at++
    }
    do {
      const special = /^(?:<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>)/.exec(
        this.#source.slice(this.#at),
      )?.[0]
      const character = this.#source[this.#at]
      if (character === undefined) throw new SyntaxError('the XML literal has no end')
      if (special !== undefined) {
        text += special
        this.#at += special.length
      } else if (character === '{') hole('$content')
      else if (character !== '<') {
        text += character
        this.#at++
      } else {
        const tag = this.#tag(
          (value) => (text += value),
          () => hole('$value'),
        )
        depth += tag
      }
    } while (depth > 0)
    parts.push(JSON.stringify(text))
    // The lines of the literal are kept, so that messages name the right one.
    const lines = this.#source.slice(from, this.#at).split('\n').length - parts.join('').split('\n').length
    this.#out += `$xml(${parts.join(', ')})${'\n'.repeat(Math.max(0, lines))}`
    this.#operand = true
  }

  /** Copies one tag; 1 for a start tag, -1 for an end tag, 0 for an empty element. */
  #tag(write: (text: string) => void, hole: () => void): number {
    const closing = this.#source[this.#at + 1] === '/'
    let quote = ''
    for (; this.#at < this.#source.length;) {
      const character = this.#source[this.#at] ?? ''
      if (quote === '' && character === '{') {
        write('"')
        hole()
        write('"')
        continue
      }
      write(character)
      this.#at++
      if (quote !== '') quote = character === quote ? '' : quote
      else if (character === '"' || character === "'") quote = character
      else if (character === '>') return closing ? -1 : this.#source[this.#at - 2] === '/' ? 0 : 1
    }
    throw new SyntaxError('a tag of the XML literal has no end')
  }
}
