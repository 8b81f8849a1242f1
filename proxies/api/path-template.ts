/** Characters that end the value of a simple variable (RFC 3986 section 2.2). */
const RESERVED = new Set(":/?#[]@!$&'()*+,;=")

interface Variable {
  readonly name: string
  /** `{var:3}`: exactly so many characters. */
  readonly prefix: number | undefined
}

interface Literal {
  readonly kind: 'literal'
  readonly text: string
  /** Ends with `*`: takes the rest. */
  readonly open: boolean
}

interface Expression {
  readonly kind: 'expression'
  readonly operator: '' | '+' | '#' | '.' | '/'
  readonly variables: readonly Variable[]
}

type Part = Literal | Expression

/** The template of an API resource, `/orders/{id}?format={f}`, matched against what follows the context of the API. */
export interface PathTemplate {
  readonly text: string
  /** The variables, or undefined when the path does not match. */
  match(path: string): ReadonlyMap<string, string> | undefined
}

/**
 * Compiles a template as Synapse's own matcher reads it (language reference 3.6): simple variables end at reserved characters,
 * `*` at the end takes the rest, one slash too many at the end is forgiven, and a query is free unless the template has one.
 * Throws an Error that says what is wrong.
 */
export function compilePathTemplate(text: string): PathTemplate {
  const trimmed = text.length > 1 && text.endsWith('/') ? text.slice(0, -1) : text
  const parts = partsOf(trimmed)
  const freeQuery = !parts.some((part) => part.kind === 'literal' && part.text.includes('?'))
  return {
    text,
    match(path) {
      const variables = new Map<string, string>()
      const length = matchParts(parts, 0, path, variables)
      const whole = length === path.length || (freeQuery && length > 0 && path[length] === '?')
      return whole ? variables : undefined
    },
  }
}

function partsOf(text: string): Part[] {
  const parts: Part[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('{', at)
    const literal = text.slice(at, open < 0 ? text.length : open)
    if (literal.includes('}')) throw new Error('a } has no { before it')
    if (literal !== '') parts.push({ kind: 'literal', text: literal, open: literal.endsWith('*') })
    if (open < 0) break
    const close = text.indexOf('}', open)
    if (close < 0) throw new Error('a { has no } after it')
    parts.push(expressionOf(text.slice(open + 1, close)))
    at = close + 1
  }
  return parts
}

function expressionOf(text: string): Expression {
  const operator = /^[+#./]/.exec(text)?.[0] as Expression['operator'] | undefined
  const list = operator === undefined ? text : text.slice(1)
  const variables = list.split(',').map((each): Variable => {
    const match = /^([\w.-]+)(?::([1-9]\d{0,3}))?$/.exec(each)
    if (match?.[1] === undefined) throw new Error(`{${text}} is not an expression of a URI template`)
    return { name: match[1], prefix: match[2] === undefined ? undefined : Number(match[2]) }
  })
  return { kind: 'expression', operator: operator ?? '', variables }
}

/** How many characters the parts from `index` on take; -1 when they do not match. */
function matchParts(parts: readonly Part[], index: number, text: string, variables: Map<string, string>): number {
  const part = parts[index]
  if (part === undefined) return text === '/' ? 1 : 0
  const next = parts[index + 1]
  const length =
    part.kind === 'literal' ? matchLiteral(part, text) : matchExpression(part, firstCharacter(next), text, variables)
  if (length < 0) return -1
  if (length < text.length || next === undefined) {
    const rest = matchParts(parts, index + 1, text.slice(length), variables)
    return rest < 0 ? -1 : length + rest
  }
  return restMayBeEmpty(next, text, variables) && (next.kind === 'literal' || index + 2 >= parts.length) ? length : -1
}

/** The text is used up: only a wildcard, or the value of a query parameter, can be empty. */
function restMayBeEmpty(next: Part, text: string, variables: Map<string, string>): boolean {
  if (next.kind === 'literal') return next.text === '*' || next.text === '/*'
  if (!text.includes('=')) return false
  for (const { name } of next.variables) variables.set(name, '')
  return true
}

function matchLiteral({ text: literal, open }: Literal, text: string): number {
  if (open) return text.startsWith(literal.slice(0, -1)) ? text.length : -1
  return text.startsWith(literal) ? literal.length : -1
}

const firstCharacter = (part: Part | undefined): string | undefined =>
  part?.kind === 'literal' ? part.text[0] : (part?.operator ?? undefined)

function matchExpression(
  expression: Expression,
  stop: string | undefined,
  text: string,
  variables: Map<string, string>,
): number {
  const { operator, variables: names } = expression
  const skip = operator === '#' || operator === '.' || operator === '/' ? 1 : 0
  if (skip === 1 && !text.startsWith(operator)) return 0
  const end = endOfValue(expression, stop, text, skip)
  const values = valuesIn(expression, text.slice(skip, end))
  const assigned =
    values.length <= names.length && names.every((variable, i) => assign(variable, decode(values[i] ?? ''), variables))
  return assigned ? end : -1
}

/** A value ends where the next part begins; a simple one at any reserved character, too. */
function endOfValue(expression: Expression, stop: string | undefined, text: string, from: number): number {
  const several = expression.variables.length > 1
  for (let end = from; end < text.length; end++) {
    const character = text[end] ?? ''
    if (several && character === separatorOf(expression)) continue
    if (character === stop || (!isGreedy(expression) && RESERVED.has(character))) return end
  }
  return text.length
}

const valuesIn = (expression: Expression, value: string): readonly string[] =>
  isGreedy(expression) && expression.variables.length === 1 ? [value] : value.split(separatorOf(expression))

const isGreedy = ({ operator }: Expression): boolean => operator === '+' || operator === '#'

const separatorOf = ({ operator }: Expression): string => (operator === '.' || operator === '/' ? operator : ',')

/** A variable that occurs twice has to have one value. */
function assign({ name, prefix }: Variable, value: string, variables: Map<string, string>): boolean {
  const known = variables.get(name)
  if (known !== undefined && known !== value) return false
  if (prefix !== undefined && value.length !== prefix) return false
  variables.set(name, value)
  return true
}

function decode(text: string): string {
  if (!text.includes('%')) return text
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
