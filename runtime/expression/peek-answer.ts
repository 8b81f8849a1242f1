import { SOAP11, SOAP12 } from '../soap/envelope.ts'
import type { Peek, PeekedName } from '../xml/peek.ts'
import type { Call, Expression, NodeTest, Step } from './xpath/syntax.ts'

/** Answers from the first bytes of a SOAP message; undefined: they do not tell, and the message has to be read. */
export interface PeekAnswer {
  string(peek: Peek): string | undefined
  boolean(peek: Peek): boolean | undefined
}

type Namespaces = (prefix: string) => string | undefined
type NameTest = NodeTest & { readonly kind: 'name' }

/**
 * The part of an expression's meaning that needs no more than the name of the first child of the Body: `local-name($body/*[1])`,
 * `$body/m:order`, comparisons of such names with literals. Undefined for any other expression.
 */
export function compilePeekAnswer(expression: Expression, namespaces: Namespaces): PeekAnswer | undefined {
  if (expression.kind === 'call') return expression.name.prefix === '' ? ofCall(expression, namespaces) : undefined
  if (expression.kind === 'binary') return ofComparison(expression, namespaces)
  return expression.kind === 'path' ? ofExistence(expression, namespaces) : undefined
}

const NAMES: ReadonlyMap<string, (child: PeekedName) => string> = new Map<string, (child: PeekedName) => string>([
  ['local-name', ({ name }) => name],
  ['namespace-uri', ({ namespace }) => namespace],
  ['name', ({ prefix, name }) => (prefix === '' ? name : `${prefix}:${name}`)],
])

function ofCall({ name: { local }, args }: Call, namespaces: Namespaces): PeekAnswer | undefined {
  const [argument] = args
  const read = NAMES.get(local)
  const child = argument && compileBodyChild(argument, namespaces)
  if (read === undefined || child === undefined || !isAnyName(child.test)) return undefined
  const string = (peek: Peek): string | undefined => {
    const found = child.find(peek)
    return found === undefined ? '' : read(found)
  }
  return { string, boolean: (peek) => string(peek) !== '' }
}

/** `local-name($body/*) = 'order'`, in either order. */
function ofComparison(
  { operator, left, right }: Expression & { readonly kind: 'binary' },
  namespaces: Namespaces,
): PeekAnswer | undefined {
  if (operator !== '=' && operator !== '!=') return undefined
  const [call, literal] = left.kind === 'call' ? [left, right] : [right, left]
  const answer = call.kind === 'call' ? compilePeekAnswer(call, namespaces) : undefined
  if (answer === undefined || literal.kind !== 'literal') return undefined
  const boolean = (peek: Peek): boolean => (answer.string(peek) === literal.value) === (operator === '=')
  return { string: (peek) => String(boolean(peek)), boolean }
}

/** Whether there is such a child: for certain when the first one is it, or when there is none at all. */
function ofExistence(expression: Expression, namespaces: Namespaces): PeekAnswer | undefined {
  const child = compileBodyChild(expression, namespaces)
  if (child === undefined) return undefined
  const { prefix, local } = child.test
  const namespace = isAnyName(child.test) ? undefined : namespaceOf(prefix, namespaces)
  return {
    string: () => undefined,
    boolean(peek) {
      const found = child.find(peek)
      if (found === undefined) return false
      const fits = namespace === undefined || found.namespace === namespace
      return fits && (local === '*' || found.name === local) ? true : undefined
    },
  }
}

interface BodyChild {
  /** What the path asks of the name of the child. */
  readonly test: NameTest
  /** The first child of the Body, when the envelope is the one that the path speaks of. */
  find(peek: Peek): PeekedName | undefined
}

/** A path to children of the Body: `$body/x`, `/s:Envelope/s:Body/x`, or `s:Body/x` from the envelope. */
function compileBodyChild(expression: Expression, namespaces: Namespaces): BodyChild | undefined {
  if (expression.kind !== 'path') return undefined
  const { start, steps } = expression
  const last = steps.at(-1)
  const test = last && nameTestOf(last)
  if (last === undefined || test === undefined || !isFirst(last)) return undefined
  const outer = steps.slice(0, -1)
  if (typeof start === 'object') {
    const isBody = start.kind === 'variable' && start.name.prefix === '' && start.name.local === 'body'
    return isBody && outer.length === 0 ? { test, find: (peek) => peek.operation } : undefined
  }
  const names = start === 'root' ? ['Envelope', 'Body'] : ['Body']
  if (outer.length !== names.length || !outer.every((step, at) => nameTestOf(step)?.local === names[at]))
    return undefined
  if (outer.some(({ predicates }) => predicates.length > 0)) return undefined
  const wanted = outer.map((step) => namespaceOf(nameTestOf(step)?.prefix ?? '', namespaces))
  return {
    test,
    find(peek) {
      const envelope = peek.soap === '1.2' ? SOAP12 : SOAP11
      return wanted.every((namespace) => namespace === envelope) ? peek.operation : undefined
    },
  }
}

const nameTestOf = ({ axis, test }: Step): NameTest | undefined =>
  axis === 'child' && test.kind === 'name' ? test : undefined

const isAnyName = ({ prefix, local }: NameTest): boolean => prefix === '' && local === '*'

const namespaceOf = (prefix: string, namespaces: Namespaces): string =>
  prefix === '' ? '' : (namespaces(prefix) ?? '')

/** Without a predicate, or with `[1]`: of any name the first child, of a name the first that has it. */
function isFirst({ predicates }: Step): boolean {
  const [only, second] = predicates
  return only === undefined || (second === undefined && only.kind === 'number' && only.value === 1)
}
