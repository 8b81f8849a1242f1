import { isJsonNumber, type JsonValue } from '../../json/value.ts'
import { SynapseSyntaxError } from './error.ts'
import { Lexer, type Token, unexpected } from './lexer.ts'
import { numberOf } from './number.ts'
import { readSuffix } from './suffix.ts'
import type { LookupRoot, Node, Operator, Suffix } from './syntax.ts'
import { isFunctionName, PARAMETERS, PROPERTIES, ROOTS } from './vocabulary.ts'

/** How deep parentheses, brackets and arguments may nest. */
const DEEPEST = 64
/** Longer expressions are refused: they would make trees too deep to walk. */
const MOST_TOKENS = 2000

const COMPARISONS: ReadonlyMap<string, Operator> = operators('==', '!=', '<', '>', '<=', '>=')
const LOGIC: ReadonlyMap<string, Operator> = new Map([
  ...operators('and', 'or'),
  ['&&', 'and' as const],
  ['||', 'or' as const],
])
const SUMS: ReadonlyMap<string, Operator> = operators('+', '-')
const PRODUCTS: ReadonlyMap<string, Operator> = operators('*', '/', '%')

function operators<O extends Operator>(...names: readonly O[]): Map<string, O> {
  return new Map(names.map((name) => [name, name]))
}

const LITERALS: ReadonlyMap<string, JsonValue> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
])

/** Secret stores are products of their own; their functions are known by name only to say so. */
const VAULT = /(?:wso2|hashicorp)-vault(?=\s*\()/y

/** Reads an expression: what stands between `${` and `}`. Throws {@link SynapseSyntaxError}. */
export function parseSynapseExpression(text: string): Node {
  const parser = new Parser(new Lexer(text))
  const node = parser.expression()
  parser.end()
  return node
}

/** A parser that looks ahead one token. What reads JSONPaths uses it too. */
export class Parser {
  readonly lexer: Lexer
  token: Token
  /** Where the last token that was taken ends. */
  taken = 0
  #depth = 0
  #count = 0

  constructor(lexer: Lexer) {
    this.lexer = lexer
    this.token = lexer.next()
  }

  expression(): Node {
    if (++this.#depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST}`)
    const condition = this.#binary(COMPARISONS, () => this.#logical())
    const node = this.is('?') ? this.#conditional(condition) : condition
    this.#depth--
    return node
  }

  end(): void {
    if (this.token.kind !== 'end') unexpected(this.token)
  }

  fail(message: string, at = this.token.at): never {
    throw new SynapseSyntaxError(message, at)
  }

  is(symbol: string): boolean {
    return this.token.kind === 'symbol' && this.token.text === symbol
  }

  advance(): Token {
    const { token } = this
    if (++this.#count > MOST_TOKENS) this.fail(`longer than ${MOST_TOKENS} tokens`)
    this.taken = token.end
    this.token = this.lexer.next()
    return token
  }

  take(symbol: string): boolean {
    if (!this.is(symbol)) return false
    this.advance()
    return true
  }

  expect(symbol: string): void {
    if (this.take(symbol)) return
    if (this.token.kind === 'wrong') unexpected(this.token)
    this.fail(`"${symbol}" is expected`)
  }

  /** Goes on reading at a place of the text. */
  moveTo(at: number): void {
    this.lexer.at = at
    this.token = this.lexer.next()
  }

  /** An access or a literal: what arithmetic is done with. */
  primary(): Node {
    const { kind, text, at } = this.token
    if (this.take('(')) {
      const inner = this.expression()
      this.expect(')')
      return inner
    }
    if (this.take('[')) return { kind: 'array', items: this.#list(']'), at }
    if (this.is('$')) return this.#access('$', at)
    if (kind === 'name') return this.#named(text, at)
    if (kind !== 'string' && kind !== 'number') return unexpected(this.token)
    this.advance()
    return { kind: 'literal', value: kind === 'string' ? text : numberOf(text), at }
  }

  #conditional(condition: Node): Node {
    const { at } = this.advance()
    const yes = this.expression()
    this.expect(':')
    return { kind: 'conditional', condition, yes, no: this.expression(), at }
  }

  #binary(operatorsHere: ReadonlyMap<string, Operator>, operand: () => Node): Node {
    let left = operand()
    for (;;) {
      const operator = this.#operator(operatorsHere)
      if (operator === undefined) return left
      const { at } = this.advance()
      left = { kind: 'binary', operator, left, right: operand(), at }
    }
  }

  #operator(operatorsHere: ReadonlyMap<string, Operator>): Operator | undefined {
    const { kind, text } = this.token
    return kind === 'symbol' || kind === 'name' ? operatorsHere.get(text) : undefined
  }

  /** COMPAT expression-precedence: `and` and `or` are on one level, group to the right, and bind tighter than comparisons. */
  #logical(): Node {
    const left = this.#binary(SUMS, () => this.#binary(PRODUCTS, () => this.#signed()))
    const operator = this.#operator(LOGIC)
    if (operator === undefined) return left
    if (++this.#depth > DEEPEST) this.fail(`nested deeper than ${DEEPEST}`)
    const { at } = this.advance()
    const node: Node = { kind: 'binary', operator, left, right: this.#logical(), at }
    this.#depth--
    return node
  }

  #signed(): Node {
    const { at } = this.token
    if (!this.take('-')) return this.primary()
    const operand = this.primary()
    if (operand.kind !== 'literal' || !isJsonNumber(operand.value)) return { kind: 'negate', operand, at }
    return { kind: 'literal', value: numberOf(`-${String(operand.value)}`), at }
  }

  /** Expressions up to the bracket that closes them. */
  #list(close: string): Node[] {
    const items: Node[] = []
    if (this.take(close)) return items
    do items.push(this.expression())
    while (this.take(','))
    this.expect(close)
    return items
  }

  #named(word: string, at: number): Node {
    const literal = LITERALS.get(word)
    if (literal !== undefined) {
      this.advance()
      return { kind: 'literal', value: literal, at }
    }
    if (ROOTS.has(word)) return this.#access(word, at)
    VAULT.lastIndex = at
    const vault = VAULT.exec(this.lexer.text)?.[0]
    if (vault !== undefined) this.fail(`${vault}() is not supported; give secrets as configs.NAME (environment)`)
    if (!isFunctionName(word)) this.fail(`there is no root or function "${word}"${hint(this.lexer.text, at)}`)
    return this.#call(word, at)
  }

  #call(name: string, at: number): Node {
    this.advance()
    this.expect('(')
    const args = this.#list(')')
    // `registry('path').property('name')` is another way to write `registry('path', 'name')`.
    if (name === 'registry' && args.length === 1 && this.is('.') && /^\s*property\s*\(/.test(this.#rest)) {
      this.advance()
      this.advance()
      this.expect('(')
      const property = this.expression()
      this.expect(')')
      return { kind: 'call', name, args: [...args, property], path: undefined, at }
    }
    return { kind: 'call', name, args, path: this.#suffix(), at }
  }

  get #rest(): string {
    return this.lexer.text.slice(this.lexer.at)
  }

  #access(word: string, at: number): Node {
    this.advance()
    const root = ROOTS.get(word) ?? this.fail(`there is no root "${word}"`, at)
    switch (root) {
      case 'payload':
        return { kind: 'payload', path: this.#suffix(), at }
      case 'vars':
        return { kind: 'variable', name: this.#key(), path: this.#suffix(), at }
      case 'params':
        return { kind: 'lookup', root: this.#scope(PARAMETERS), name: this.#key(), at }
      case 'props':
        return { kind: 'lookup', root: this.#scope(PROPERTIES), name: this.#key(), at }
      case 'headers':
      case 'configs':
        return { kind: 'lookup', root, name: this.#key(), at }
    }
  }

  #scope(scopes: ReadonlyMap<string, LookupRoot>): LookupRoot {
    this.expect('.')
    const scope = this.token.kind === 'name' ? scopes.get(this.token.text) : undefined
    if (scope === undefined) return this.fail(`one of ${[...scopes.keys()].join(', ')} is expected`)
    this.advance()
    return scope
  }

  /** `.name`, `["name"]`, `.["name"]` or `."name"`. */
  #key(): string {
    const dotted = this.take('.')
    if (this.take('[')) {
      const { kind, text } = this.token
      if (kind !== 'string') return this.fail('a name in quotes is expected')
      this.advance()
      this.expect(']')
      return text
    }
    const { kind, text } = this.token
    if (!dotted || (kind !== 'name' && kind !== 'string')) return this.fail('a name is expected, as .name or ["name"]')
    this.advance()
    return text
  }

  #suffix(): Suffix | undefined {
    return this.is('.') || this.is('..') || this.is('[') ? readSuffix(this) : undefined
  }
}

/** `payload.first-name` is a difference; what was meant is probably a name. */
const hint = (text: string, at: number): string =>
  text[at - 1] === '-' ? '; names with other characters are written as ["…"]' : ''
