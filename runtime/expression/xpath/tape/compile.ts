import { TAPE_DOCUMENT, type Tape, type TapeNode } from '../../../xml/tape.ts'
import { XmlDocument, XML_NAMESPACE } from '../../../xml/tree.ts'
import type { XPathHost } from '../compile.ts'
import { isCoreFunction } from '../core-functions.ts'
import { CALCULATE } from '../operators.ts'
import type { Binary, Call, Expression, Filter, NodeTest, Path, QName } from '../syntax.ts'
import { compareOnTape } from './comparison.ts'
import {
  allOnTape,
  booleanOnTape,
  hostOnTape,
  nodesOnTape,
  NotOnTape,
  numberOnTape,
  type OnTape,
  scalar,
  stringOnTape,
  type TapeCompilation,
  TapeFrame,
  type TapeNameTest,
  type TapeScan,
} from './expression.ts'
import { callOnTape } from './functions.ts'
import { compileSteps } from './steps.ts'

/** The context node of functions that are called on a tape: it has none to give. */
const NOWHERE = new XmlDocument()

/** An expression that a tape can answer. */
export class TapeXPath<E> {
  readonly #compiled: OnTape<E>

  constructor(compiled: OnTape<E>) {
    this.#compiled = compiled
  }

  /** A node-set in document order, or a value. Undefined when a value of the host turned out to hold nodes. */
  evaluate(tape: Tape, env: E): TapeNode[] | string | number | boolean | undefined {
    return answered(() => this.#compiled.value(new TapeFrame(tape, env), tape.root, 1))
  }

  boolean(tape: Tape, env: E): boolean | undefined {
    return answered(() => this.#compiled.boolean(new TapeFrame(tape, env), tape.root, 1))
  }
}

function answered<V>(evaluate: () => V): V | undefined {
  try {
    return evaluate()
  } catch (error) {
    if (error instanceof NotOnTape) return undefined
    throw error
  }
}

/** Compiles an expression that has been compiled for trees already. Undefined when it is beyond what a tape can answer. */
export function compileForTape<E>(syntax: Expression, host: XPathHost<E>): TapeXPath<E> | undefined {
  return answered(() => new TapeXPath(new TapeCompiler(host).compile(syntax)))
}

class TapeCompiler<E> implements TapeCompilation<E> {
  readonly #host: XPathHost<E>
  #tests = 0

  constructor(host: XPathHost<E>) {
    this.#host = host
  }

  compile(expression: Expression): OnTape<E> {
    switch (expression.kind) {
      case 'literal': {
        const { value } = expression
        return stringOnTape(() => value, false)
      }
      case 'number': {
        const { value } = expression
        return numberOnTape(() => value, false)
      }
      case 'variable':
        return this.#variable(expression.name)
      case 'call':
        return this.#call(expression)
      case 'negate': {
        const { number, positional } = this.compile(expression.operand)
        return numberOnTape((frame, node, position) => -number(frame, node, position), positional)
      }
      case 'binary':
        return this.#binary(expression)
      case 'filter':
        return this.#filter(expression)
      case 'path':
        return this.#path(expression)
    }
  }

  nameTest({ prefix, local }: NodeTest & { readonly kind: 'name' }): TapeNameTest {
    const namespace = local === '*' && prefix === '' ? undefined : this.#namespace(prefix)
    return local === '*'
      ? { index: this.#tests++, local: undefined, namespace }
      : { index: this.#tests++, local: Buffer.from(local), namespace }
  }

  #namespace(prefix: string): string {
    if (prefix === '') return ''
    return prefix === 'xml' ? XML_NAMESPACE : (this.#host.namespaces(prefix) ?? '')
  }

  #variable(name: QName): OnTape<E> {
    const find = this.#host.tapeNode?.(name)
    if (find !== undefined) {
      const scan: TapeScan<E> = ({ tape }, _node, _position, sink) => {
        const found = find(tape)
        return found !== undefined && sink.accept(found)
      }
      return nodesOnTape({ scan, single: true, disorders: false }, false)
    }
    const read = this.#host.variable?.(name)
    if (read === undefined) throw new NotOnTape()
    return hostOnTape(({ env }) => read(env), false)
  }

  #call({ name, args }: Call): OnTape<E> {
    const compiled = args.map((arg) => this.compile(arg))
    if (name.prefix === '' && isCoreFunction(name.local)) return callOnTape(name.local, compiled)
    const call = this.#host.function?.(name, args.length)
    // The host cannot be given nodes of a tape.
    if (call === undefined || compiled.some(({ type }) => type === 'nodes')) throw new NotOnTape()
    return hostOnTape(
      (frame, node, position) =>
        call(
          compiled.map(({ value }) => scalar(value(frame, node, position))),
          frame.env,
          NOWHERE,
        ),
      compiled.some(({ positional }) => positional),
    )
  }

  #binary({ operator, left, right }: Binary): OnTape<E> {
    const a = this.compile(left)
    const b = this.compile(right)
    const positional = a.positional || b.positional
    switch (operator) {
      case 'or':
        return booleanOnTape(
          (frame, node, position) => a.boolean(frame, node, position) || b.boolean(frame, node, position),
          positional,
        )
      case 'and':
        return booleanOnTape(
          (frame, node, position) => a.boolean(frame, node, position) && b.boolean(frame, node, position),
          positional,
        )
      case '=':
      case '!=':
      case '<':
      case '<=':
      case '>':
      case '>=':
        return compareOnTape(operator, [left, a], [right, b])
      case '+':
      case '-':
      case '*':
      case 'div':
      case 'mod': {
        const calculate = CALCULATE[operator]
        return numberOnTape(
          (frame, node, position) => calculate(a.number(frame, node, position), b.number(frame, node, position)),
          positional,
        )
      }
      case '|':
        throw new NotOnTape()
    }
  }

  /** `(path)[n]` */
  #filter({ primary, predicates }: Filter): OnTape<E> {
    const { nodes, positional } = this.compile(primary)
    const [only] = predicates
    if (nodes === undefined || predicates.length !== 1 || only?.kind !== 'number') throw new NotOnTape()
    const { value } = only
    const scan: TapeScan<E> = (frame, node, position, sink) => {
      const found = allOnTape(nodes, frame, node, position)[value - 1]
      return found !== undefined && sink.accept(found)
    }
    return nodesOnTape({ scan, single: true, disorders: false }, positional)
  }

  #path({ start, steps }: Path): OnTape<E> {
    const { scan, disorders } = compileSteps(steps, this)
    if (start === 'context') return nodesOnTape({ scan, single: false, disorders }, false)
    if (start === 'root') {
      const fromRoot: TapeScan<E> = (frame, _node, position, sink) => scan(frame, TAPE_DOCUMENT, position, sink)
      return nodesOnTape({ scan: fromRoot, single: false, disorders }, false)
    }
    const { nodes, positional } = this.compile(start)
    // From several nodes the steps would have to be taken together.
    if (nodes?.single !== true) throw new NotOnTape()
    const fromStart: TapeScan<E> = (frame, node, position, sink) => {
      const [first] = allOnTape(nodes, frame, node, position)
      return first !== undefined && scan(frame, first, position, sink)
    }
    return nodesOnTape({ scan: fromStart, single: false, disorders }, positional)
  }
}
