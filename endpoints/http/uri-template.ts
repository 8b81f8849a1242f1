/** How an operator writes its variables (RFC 6570, appendix A). */
interface Operator {
  readonly first: string
  readonly separator: string
  readonly named: boolean
  /** What stands after the name of an empty value. */
  readonly empty: string
  /** Reserved characters and percent-encoded triplets stay as they are. */
  readonly reserved: boolean
}

const SIMPLE: Operator = { first: '', separator: ',', named: false, empty: '', reserved: false }
const OPERATORS: ReadonlyMap<string, Operator> = new Map([
  ['+', { ...SIMPLE, reserved: true }],
  ['#', { ...SIMPLE, first: '#', reserved: true }],
  ['.', { ...SIMPLE, first: '.', separator: '.' }],
  ['/', { ...SIMPLE, first: '/', separator: '/' }],
  [';', { ...SIMPLE, first: ';', separator: ';', named: true }],
  ['?', { ...SIMPLE, first: '?', separator: '&', named: true, empty: '=' }],
  ['&', { ...SIMPLE, first: '&', separator: '&', named: true, empty: '=' }],
])

interface Variable {
  readonly name: string
  /** `{var:3}`: only so many characters. */
  readonly prefix: number | undefined
}

interface Expression {
  readonly operator: Operator
  readonly variables: readonly Variable[]
}

/** A URI template (RFC 6570) whose variables are texts. */
export interface UriTemplate {
  readonly variables: ReadonlySet<string>
  /** Variables for which `value` gives undefined are left out. */
  expand(value: (name: string) => string | undefined): string
}

/** Throws an Error that says what is wrong with the template. */
export function compileUriTemplate(text: string): UriTemplate {
  const parts: (string | Expression)[] = []
  let at = 0
  while (at < text.length) {
    const open = text.indexOf('{', at)
    const literal = text.slice(at, open < 0 ? text.length : open)
    if (literal.includes('}')) throw new Error('a } has no { before it')
    if (literal !== '') parts.push(literal)
    if (open < 0) break
    const close = text.indexOf('}', open)
    if (close < 0) throw new Error('a { has no } after it')
    parts.push(compileExpression(text.slice(open + 1, close)))
    at = close + 1
  }
  const names = parts.flatMap((part) => (typeof part === 'string' ? [] : part.variables.map(({ name }) => name)))
  return {
    variables: new Set(names),
    expand: (value) => parts.map((part) => (typeof part === 'string' ? part : expand(part, value))).join(''),
  }
}

function compileExpression(text: string): Expression {
  const operator = OPERATORS.get(text.charAt(0))
  const list = operator === undefined ? text : text.slice(1)
  const variables = list.split(',').map((each): Variable => {
    const match = /^((?:[\w.-]|%[0-9A-Fa-f]{2})+)(?::(\d{1,4})|\*)?$/.exec(each.trim())
    if (match?.[1] === undefined) throw new Error(`{${text}} is not an expression of a URI template`)
    return { name: match[1], prefix: match[2] === undefined ? undefined : Number(match[2]) }
  })
  return { operator: operator ?? SIMPLE, variables }
}

function expand({ operator, variables }: Expression, value: (name: string) => string | undefined): string {
  const { first, separator, named, empty, reserved } = operator
  const written: string[] = []
  for (const { name, prefix } of variables) {
    const text = value(name)
    if (text === undefined) continue
    const encoded = encode(prefix === undefined ? text : Array.from(text).slice(0, prefix).join(''), reserved)
    written.push(named ? name + (encoded === '' ? empty : `=${encoded}`) : encoded)
  }
  return written.length === 0 ? '' : first + written.join(separator)
}

function encode(text: string, reserved: boolean): string {
  const whole = text.toWellFormed()
  if (!reserved)
    return encodeURIComponent(whole).replaceAll(
      /[!'()*]/g,
      (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
    )
  // encodeURI leaves reserved characters but [ and ], and would encode the % of what is encoded already.
  return encodeURI(whole)
    .replaceAll('%5B', '[')
    .replaceAll('%5D', ']')
    .replaceAll(/%25(?=[0-9A-Fa-f]{2})/g, '%')
}
