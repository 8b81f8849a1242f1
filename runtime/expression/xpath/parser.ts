import { XPathError } from './error.ts'
import { type Token, tokenize } from './lexer.ts'
import type { Axis, BinaryOperator, Expression, NodeTest, Step } from './syntax.ts'

/** How deep parentheses, predicates and arguments may nest. */
const DEEPEST = 64

/** Namespace of the functions of XPath; configurations bind a prefix to it, though XPath 1.0 has none. */
const FUNCTIONS = 'http://www.w3.org/2005/xpath-functions'

const AXES: ReadonlySet<string> = new Set<Axis>([
  'ancestor',
  'ancestor-or-self',
  'attribute',
  'child',
  'descendant',
  'descendant-or-self',
  'following',
  'following-sibling',
  'namespace',
  'parent',
  'preceding',
  'preceding-sibling',
  'self',
])
const NODE_TYPES: ReadonlySet<string> = new Set(['node', 'text', 'comment', 'processing-instruction'])

/** Binary operators from the loosest to the tightest; `|` binds tighter than the unary minus. */
const LEVELS: readonly (readonly BinaryOperator[])[] = [
  ['or'],
  ['and'],
  ['=', '!='],
  ['<', '<=', '>', '>='],
  ['+', '-'],
  ['*', 'div', 'mod'],
]

const ANY_NODE: NodeTest = { kind: 'node' }

/** Reads an XPath 1.0 expression. Throws {@link XPathError}. */
export function parseXPath(
  text: string,
  namespaces: (prefix: string) => string | undefined = () => undefined,
): Expression {
  const parser = new Parser(tokenize(text), namespaces)
  const expression = parser.expression()
  parser.end()
  return expression
}

class Parser {
  readonly #tokens: readonly Token[]
  readonly #namespaces: (prefix: string) => string | undefined
  #at = 0
  #depth = 0

  constructor(tokens: readonly Token[], namespaces: (prefix: string) => string | undefined) {
    this.#tokens = tokens
    this.#namespaces = namespaces
  }

  expression(): Expression {
    if (++this.#depth > DEEPEST) this.#fail(`nested deeper than ${DEEPEST}`)
    const expression = this.#binary(0)
    this.#depth--
    return expression
  }

  end(): void {
    if (this.#token.kind !== 'end') this.#unexpected()
  }

  get #token(): Token {
    return this.#tokens[this.#at] as Token
  }

  #fail(message: string): never {
    throw new XPathError(message, this.#token.at)
  }

  #unexpected(): never {
    const { kind, text } = this.#token
    return this.#fail(kind === 'end' ? 'the expression ends early' : `unexpected "${text}"`)
  }

  #is(text: string): boolean {
    const { kind } = this.#token
    return (kind === 'symbol' || kind === 'operator') && this.#token.text === text
  }

  #take(text: string): boolean {
    if (!this.#is(text)) return false
    this.#at++
    return true
  }

  #expect(text: string): void {
    if (!this.#take(text)) this.#fail(`"${text}" is expected`)
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const { kind, text, at } = this.#token
      const operator = kind === 'operator' ? operators.find((candidate) => candidate === text) : undefined
      if (operator === undefined) return left
      this.#at++
      left = { kind: 'binary', operator, left, right: this.#binary(level + 1), at }
    }
  }

  #unary(): Expression {
    const { at } = this.#token
    let minuses = 0
    while (this.#take('-')) minuses++
    const operand = this.#union()
    if (minuses === 0) return operand
    const negated: Expression = { kind: 'negate', operand, at }
    return minuses % 2 === 1 ? negated : { kind: 'negate', operand: negated, at }
  }

  #union(): Expression {
    let left = this.#path()
    for (;;) {
      const { at } = this.#token
      if (!this.#take('|')) return left
      left = { kind: 'binary', operator: '|', left, right: this.#path(), at }
    }
  }

  #path(): Expression {
    const { at } = this.#token
    const start = this.#primary()
    if (start === undefined) return this.#locationPath(at)
    const predicates = this.#predicates()
    const filtered: Expression = predicates.length === 0 ? start : { kind: 'filter', primary: start, predicates, at }
    if (!this.#is('/') && !this.#is('//')) return filtered
    const steps: Step[] = []
    this.#slashes(steps)
    return { kind: 'path', start: filtered, steps, at }
  }

  #locationPath(at: number): Expression {
    const steps: Step[] = []
    if (this.#is('//')) {
      this.#slashes(steps)
      return { kind: 'path', start: 'root', steps, at }
    }
    if (this.#take('/')) {
      if (!this.#startsStep()) return { kind: 'path', start: 'root', steps, at }
      steps.push(this.#step())
      this.#slashes(steps)
      return { kind: 'path', start: 'root', steps, at }
    }
    if (!this.#startsStep()) this.#unexpected()
    steps.push(this.#step())
    this.#slashes(steps)
    return { kind: 'path', start: 'context', steps, at }
  }

  /** `/step` and `//step` as often as they come. */
  #slashes(steps: Step[]): void {
    for (;;) {
      const { at } = this.#token
      if (this.#take('//')) steps.push({ axis: 'descendant-or-self', test: ANY_NODE, predicates: [], at })
      else if (!this.#take('/')) return
      steps.push(this.#step())
    }
  }

  #startsStep(): boolean {
    const { kind, text } = this.#token
    if (kind === 'name' || kind === 'axis') return true
    if (kind === 'function') return NODE_TYPES.has(text)
    return kind === 'symbol' && (text === '.' || text === '..' || text === '@' || text === '*')
  }

  #step(): Step {
    const { at } = this.#token
    if (this.#take('.')) return { axis: 'self', test: ANY_NODE, predicates: [], at }
    if (this.#take('..')) return { axis: 'parent', test: ANY_NODE, predicates: [], at }
    const axis = this.#axis()
    const test = this.#nodeTest()
    return { axis, test, predicates: this.#predicates(), at }
  }

  #axis(): Axis {
    if (this.#take('@')) return 'attribute'
    const { kind, text } = this.#token
    if (kind !== 'axis') return 'child'
    if (!AXES.has(text)) this.#fail(`"${text}" is no axis`)
    this.#at++
    this.#expect('::')
    return text as Axis
  }

  #nodeTest(): NodeTest {
    const token = this.#token
    if (this.#take('*')) return { kind: 'name', prefix: '', local: '*' }
    if (token.kind === 'name') {
      this.#at++
      return { kind: 'name', prefix: token.prefix, local: token.local }
    }
    if (token.kind !== 'function' || !NODE_TYPES.has(token.text)) return this.#unexpected()
    this.#at++
    this.#expect('(')
    const target = this.#token.kind === 'literal' ? this.#token.text.slice(1, -1) : undefined
    if (target !== undefined) {
      if (token.text !== 'processing-instruction') this.#unexpected()
      this.#at++
    }
    this.#expect(')')
    if (token.text === 'processing-instruction') return { kind: 'instruction', target }
    return { kind: token.text as 'node' | 'text' | 'comment' }
  }

  #predicates(): Expression[] {
    const predicates: Expression[] = []
    while (this.#take('[')) {
      predicates.push(this.expression())
      this.#expect(']')
    }
    return predicates
  }

  /** What can stand before a predicate or a slash without being a step; undefined when a location path starts here. */
  #primary(): Expression | undefined {
    const token = this.#token
    const { at } = token
    if (token.kind === 'function') return NODE_TYPES.has(token.text) ? undefined : this.#call(token, at)
    if (token.kind === 'variable') {
      this.#at++
      return { kind: 'variable', name: { prefix: token.prefix, local: token.local }, at }
    }
    if (token.kind !== 'literal' && token.kind !== 'number') return this.#parenthesised()
    this.#at++
    if (token.kind === 'number') return { kind: 'number', value: token.value, at }
    return { kind: 'literal', value: token.text.slice(1, -1), at }
  }

  #parenthesised(): Expression | undefined {
    if (!this.#take('(')) return undefined
    const inner = this.expression()
    this.#expect(')')
    return inner
  }

  #call({ prefix, local }: { readonly prefix: string; readonly local: string }, at: number): Expression {
    this.#at++
    this.#expect('(')
    const args: Expression[] = []
    if (!this.#is(')')) {
      do args.push(this.expression())
      while (this.#take(','))
    }
    this.#expect(')')
    // COMPAT function-prefix-fn: Synapse finds fn:concat() and the like, whether or not the prefix is declared.
    const core = prefix === 'fn' || this.#namespaces(prefix) === FUNCTIONS
    return { kind: 'call', name: { prefix: core ? '' : prefix, local }, args, at }
  }
}
