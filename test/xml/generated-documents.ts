import * as fc from 'fast-check'

/** Text of well-formed documents in all the ways of writing XML that matter: prefixes, defaults, references, line ends, order. */
export const documents: fc.Arbitrary<string> = fc
  .tuple(fc.infiniteStream(fc.nat()), fc.integer({ min: 0, max: 14 }))
  .map(([stream, size]) => new Writer(stream[Symbol.iterator](), size).document())

/** Documents with one or two small accidents, most of which make them malformed. */
export const damagedDocuments: fc.Arbitrary<string> = fc
  .tuple(documents, fc.array(fc.tuple(fc.nat(), fc.nat(4), fc.nat()), { minLength: 1, maxLength: 2 }))
  .map(([text, accidents]) =>
    accidents.reduce((damaged, [where, kind, what]) => damage(damaged, where, kind, what), text),
  )

const LETTERS = ['a', 'b', 'item', 'x.y', 'e-1', '_u', 'ä', 'name', '𐐀z', 'Body']
const PREFIXES = ['p', 'q', 'soap', 'p1']
const NAMESPACES = ['urn:1', 'urn:2', 'http://example.org/ns', 'urn:a:b', 'http://example.org/?x=1']
const TEXTS = [
  'x',
  ' ',
  '\n',
  '\t',
  '\r\n',
  '\r',
  'ö',
  '😀',
  '&amp;',
  '&lt;',
  '&#10;',
  '&#13;',
  '&#x9;',
  '>',
  "'",
  '"',
  ']]',
  'p:a',
  '&#xe4;',
  '\u00a0',
  '',
]
const FRAGMENTS = [
  '<',
  '>',
  '&',
  '"',
  "'",
  '/',
  ' ',
  ':',
  '=',
  ']]>',
  '<!--',
  '-->',
  '--',
  '<?',
  '?>',
  '<![CDATA[',
  'xmlns',
  'xmlns:p="urn:9"',
  'xml:',
  '&#x0;',
  '&x;',
  '\u0001',
  '\uffff',
  '<a',
  '</a>',
  '<!DOCTYPE a>',
  '\t',
  '\n',
  'p:',
  '\ud800',
  '1',
  '-',
  '.',
  ';',
  '#',
]

function damage(text: string, where: number, kind: number, what: number): string {
  const at = where % (text.length + 1)
  const fragment = FRAGMENTS[what % FRAGMENTS.length] ?? ''
  switch (kind) {
    case 0:
      return text.slice(0, at) + text.slice(at + 1)
    case 1:
      return text.slice(0, at)
    case 2:
      return text.slice(0, at) + fragment + text.slice(at + 1)
    case 3:
      return text.slice(0, at) + text.slice(at, at + 1 + (what % 9)) + text.slice(at)
    default:
      return text.slice(0, at) + fragment + text.slice(at)
  }
}

/** Namespaces by prefix. */
type Scope = ReadonlyMap<string, string>

class Writer {
  readonly #numbers: Iterator<number>
  #elements: number

  constructor(numbers: Iterator<number>, elements: number) {
    this.#numbers = numbers
    this.#elements = elements
  }

  document(): string {
    const declaration = this.#pick(['', '', '<?xml version="1.0"?>', "<?xml version='1.0' standalone='yes' ?>\n"])
    return declaration + this.#misc() + this.#element(new Map([['', '']]), 0) + this.#misc()
  }

  #next(limit: number): number {
    return (this.#numbers.next().value ?? 0) % limit
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#next(choices.length)] as T
  }

  #misc(): string {
    return this.#pick(['', '', '\n', '<!-- m -->', '<?p d?>', ' \r\n<?p?><!---->\n'])
  }

  #element(outer: Scope, depth: number): string {
    const scope = new Map(outer)
    let attributes = ''
    const declared = new Set<string>()
    for (let i = this.#next(3); i > 0; i--) {
      const prefix = this.#pick(['', ...PREFIXES])
      if (declared.has(prefix)) continue
      declared.add(prefix)
      const namespace = prefix === '' ? this.#pick([...NAMESPACES, '']) : this.#pick(NAMESPACES)
      scope.set(prefix, namespace)
      attributes += `${this.#space()}xmlns${prefix === '' ? '' : `:${prefix}`}${this.#quoted(namespace)}`
    }
    attributes += this.#attributes(scope)
    const prefix = this.#pick([...scope.keys()])
    const local = this.#pick(LETTERS)
    const name = prefix === '' ? local : `${prefix}:${local}`
    const content = this.#content(scope, depth)
    const space = this.#pick(['', '', ' ', '\n'])
    if (content === '' && this.#next(2) === 0) return `<${name}${attributes}${space}/>`
    return `<${name}${attributes}${space}>${content}</${name}${this.#pick(['', '', ' ', '\r\n'])}>`
  }

  #attributes(scope: Scope): string {
    let text = ''
    const seen = new Set<string>()
    for (let i = this.#next(4); i > 0; i--) {
      const prefix = this.#pick(['', 'xml', ...scope.keys()])
      const local = prefix === 'xml' ? this.#pick(['lang', 'space', 'foo']) : this.#pick(LETTERS)
      const key = `${prefix === '' ? '' : (scope.get(prefix) ?? prefix)} ${local}`
      if (seen.has(key)) continue
      seen.add(key)
      const value = prefix === 'xml' ? this.#pick(['de', 'preserve', 'default']) : this.#text(3).replaceAll('>', '&gt;')
      text += `${this.#space()}${prefix === '' ? '' : `${prefix}:`}${local}${this.#quoted(value)}`
    }
    return text
  }

  #space(): string {
    return this.#pick([' ', ' ', '  ', '\n ', '\t', '\r\n'])
  }

  #quoted(value: string): string {
    const equals = this.#pick(['=', '=', ' = ', '=\n'])
    return this.#next(2) === 0
      ? `${equals}"${value.replaceAll('"', '&quot;')}"`
      : `${equals}'${value.replaceAll("'", '&apos;')}'`
  }

  #text(length: number): string {
    let text = ''
    for (let i = this.#next(length + 1); i > 0; i--) text += this.#pick(TEXTS)
    return text.replaceAll(']]>', ']]&gt;')
  }

  #content(scope: Scope, depth: number): string {
    let text = ''
    for (let i = this.#next(5); i > 0; i--) {
      const kind = this.#next(8)
      if (kind < 4 && depth < 8 && this.#elements > 0) {
        this.#elements--
        text += this.#element(scope, depth + 1)
      } else if (kind < 6) text += this.#text(4)
      else if (kind === 6) text += this.#pick(['<![CDATA[<x>&amp;]]]]>', '<![CDATA[]]>', '<![CDATA[ \r\n ]]>'])
      else text += this.#pick(['<!-- c -->', '<!--&x;<>-->', '<?pi some data ?>', '<?t?>', '<!--\r\n-->'])
    }
    return text.replace(/\]\](?=>)/g, (found, at: number) => (isSectionEnd(text, at) ? found : ']]&#x20;'))
  }
}

/** Whether `]]` at a place ends a CDATA section. */
function isSectionEnd(text: string, at: number): boolean {
  const start = text.lastIndexOf('<![CDATA[', at)
  return start >= 0 && text.indexOf(']]>', start) === at
}
