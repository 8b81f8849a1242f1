import type { Tape, TapeNode } from '../../xml/tape.ts'
import { XML_NAMESPACE } from '../../xml/tree.ts'
import { compileComparison } from './comparison.ts'
import {
  type Compilation,
  type Compiled,
  type Evaluate,
  nodesOf,
  ofBoolean,
  ofHost,
  ofNodes,
  ofNumber,
  ofString,
  selectedSource,
} from './compiled.ts'
import { compileCoreCall } from './core-functions.ts'
import { XPathError } from './error.ts'
import { isLaterFunction } from './later-functions.ts'
import { compileLocation } from './location.ts'
import type { XPathNode } from './node.ts'
import { CALCULATE } from './operators.ts'
import { inDocumentOrder } from './order.ts'
import { compilePredicates } from './predicate.ts'
import type { Binary, Call, Expression, Filter, QName } from './syntax.ts'
import type { XPathValue } from './value.ts'

/** What an expression takes from the place it stands in. `E` is what the host gives to every evaluation. */
export interface XPathHost<E> {
  /** The namespace of a prefix; undefined when it is not declared. */
  readonly namespaces: (prefix: string) => string | undefined
  /** How a variable is read; undefined when there is none of that name. Any value will do, see `fromHost`. */
  readonly variable?: (name: QName) => ((env: E) => unknown) | undefined
  /** How a variable that stands for a node of the message is found on a tape; undefined for all others. */
  readonly tapeNode?: (name: QName) => ((tape: Tape) => TapeNode | undefined) | undefined
  /** How a function that is not in the core library is called; undefined when there is none. */
  readonly function?: (
    name: QName,
    argCount: number,
  ) => ((args: XPathValue[], env: E, node: XPathNode) => unknown) | undefined
}

export function compileExpression<E>(expression: Expression, host: XPathHost<E>): Compiled<E> {
  return new Compiler(host).compile(expression)
}

class Compiler<E> implements Compilation<E> {
  readonly #host: XPathHost<E>

  constructor(host: XPathHost<E>) {
    this.#host = host
  }

  compile(expression: Expression): Compiled<E> {
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression
        return ofString(() => value)
      }
      case 'number': {
        const { value } = expression
        return ofNumber(() => value)
      }
      case 'variable':
        return this.#variable(expression.name, expression.at)
      case 'call':
        return this.#call(expression)
      case 'negate': {
        const { number, uses } = this.compile(expression.operand)
        return ofNumber((node, position, size, evaluation) => -number(node, position, size, evaluation), uses)
      }
      case 'binary':
        return this.#binary(expression)
      case 'filter':
        return this.#filter(expression)
      case 'path': {
        const { source, uses } = compileLocation(expression, this)
        return ofNodes(source, uses)
      }
    }
  }

  namespace(prefix: string, at: number): string {
    const namespace = prefix === 'xml' ? XML_NAMESPACE : this.#host.namespaces(prefix)
    if (namespace === undefined) throw new XPathError(`the prefix "${prefix}" is not declared`, at)
    return namespace
  }

  #variable(name: QName, at: number): Compiled<E> {
    const read = this.#host.variable?.(name)
    if (read === undefined) throw new XPathError(`there is no variable $${written(name)}`, at)
    return ofHost((_node, _position, _size, evaluation) => read(evaluation.env), at)
  }

  #call({ name, args, at }: Call): Compiled<E> {
    const compiled = args.map((arg) => this.compile(arg))
    const core = name.prefix === '' ? compileCoreCall(name.local, compiled, at) : undefined
    if (core !== undefined) return core
    const call = this.#host.function?.(name, args.length)
    if (call === undefined) throw new XPathError(noFunction(name, args.length), at)
    const values = compiled.map(({ value }) => value)
    const read: Evaluate<E, unknown> = (node, position, size, evaluation) =>
      call(
        values.map((value) => value(node, position, size, evaluation)),
        evaluation.env,
        node,
      )
    return ofHost(read, at, usesOf(compiled))
  }

  #binary({ operator, left, right, at }: Binary): Compiled<E> {
    const a = this.compile(left)
    const b = this.compile(right)
    const uses = a.uses | b.uses
    switch (operator) {
      case 'or':
        return ofBoolean(
          (node, position, size, evaluation) =>
            a.boolean(node, position, size, evaluation) || b.boolean(node, position, size, evaluation),
          uses,
        )
      case 'and':
        return ofBoolean(
          (node, position, size, evaluation) =>
            a.boolean(node, position, size, evaluation) && b.boolean(node, position, size, evaluation),
          uses,
        )
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compileComparison(operator, a, b)
      case '|':
        return this.#union(a, b, at)
      case '+':
      case '-':
      case '*':
      case 'div':
      case 'mod': {
        const compute = CALCULATE[operator]
        return ofNumber(
          (node, position, size, evaluation) =>
            compute(a.number(node, position, size, evaluation), b.number(node, position, size, evaluation)),
          uses,
        )
      }
    }
  }

  #union(left: Compiled<E>, right: Compiled<E>, at: number): Compiled<E> {
    const a = nodesOf(left, at)
    const b = nodesOf(right, at)
    const select: Evaluate<E, XPathNode[]> = (node, position, size, evaluation) => {
      const first = a.select(node, position, size, evaluation)
      const second = b.select(node, position, size, evaluation)
      if (first.length === 0) return second
      return second.length === 0 ? first : inDocumentOrder([...first, ...second])
    }
    const source = selectedSource(select)
    return ofNodes(
      { ...source, scan: (...context) => a.scan(...context) || b.scan(...context) },
      left.uses | right.uses,
    )
  }

  #filter({ primary, predicates: expressions, at }: Filter): Compiled<E> {
    const compiled = this.compile(primary)
    const { select, nth } = nodesOf(compiled, at)
    const predicates = compilePredicates(expressions, this)
    const [only] = expressions
    if (expressions.length === 1 && only?.kind === 'number' && Number.isInteger(only.value) && only.value > 0) {
      const find = nth(only.value)
      const one: Evaluate<E, XPathNode[]> = (node, position, size, evaluation) => {
        const found = find(node, position, size, evaluation)
        return found === undefined ? [] : [found]
      }
      return ofNodes(selectedSource(one), compiled.uses)
    }
    const filtered: Evaluate<E, XPathNode[]> = (node, position, size, evaluation) =>
      predicates.apply(select(node, position, size, evaluation), evaluation)
    return ofNodes(selectedSource(filtered), compiled.uses)
  }
}

function noFunction(name: QName, count: number): string {
  if (name.prefix === '' && isLaterFunction(name.local))
    return `${name.local}() is a function of XPath 2.0, which is not supported`
  return `there is no function ${written(name)}() with ${count} argument${count === 1 ? '' : 's'}`
}

const written = ({ prefix, local }: QName): string => (prefix === '' ? local : `${prefix}:${local}`)

const usesOf = <E>(parts: readonly Compiled<E>[]): number => parts.reduce((uses, part) => uses | part.uses, 0)
