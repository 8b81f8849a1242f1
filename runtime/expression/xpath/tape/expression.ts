import type { Tape, TapeNode } from '../../../xml/tape.ts'
import type { Expression, NodeTest } from '../syntax.ts'
import { formatNumber, fromHost, parseNumber, toBoolean } from '../value.ts'
import { AnyNode, FirstNode, NodeCollector, type TapeSink } from './sink.ts'

/** The expression, or a value that came up in it, is beyond what a tape can answer: the tree is asked instead. */
export class NotOnTape extends Error {
  override readonly name = 'NotOnTape'

  constructor() {
    super('not on tape')
  }
}

/** A name test as the tape looks for it. `namespace` undefined: any. `local` undefined: any. */
export interface TapeNameTest {
  /** Its place among the tests of an expression. */
  readonly index: number
  readonly local: Buffer | undefined
  readonly namespace: string | undefined
}

/** One evaluation over one tape. Finds out once which names of the document pass each name test. */
export class TapeFrame<E> {
  readonly tape: Tape
  readonly env: E
  readonly #tables: (Uint8Array | undefined)[] = []

  constructor(tape: Tape, env: E) {
    this.tape = tape
    this.env = env
  }

  /** By number of a name: 1 when it passes. */
  table(test: TapeNameTest): Uint8Array {
    return (this.#tables[test.index] ??= this.#look(test))
  }

  #look({ local, namespace }: TapeNameTest): Uint8Array {
    const { names } = this.tape
    const table = new Uint8Array(names.count)
    for (let name = 0; name < table.length; name++) {
      const fits = namespace === undefined || names.namespace(name) === namespace
      if (fits && (local === undefined || names.isLocal(name, local))) table[name] = 1
    }
    return table
  }
}

export type TapeEvaluate<E, V> = (frame: TapeFrame<E>, node: TapeNode, position: number) => V

/** Gives nodes to a sink; true when the sink has had enough. */
export type TapeScan<E> = (frame: TapeFrame<E>, node: TapeNode, position: number, sink: TapeSink) => boolean

/** A compiled expression over a tape. `host`: a value of the host, which must turn out to be no node. */
export interface OnTape<E> {
  readonly type: 'nodes' | 'string' | 'number' | 'boolean' | 'host'
  /** It asks for the position of the context node. */
  readonly positional: boolean
  readonly value: TapeEvaluate<E, TapeNode[] | string | number | boolean>
  readonly string: TapeEvaluate<E, string>
  readonly number: TapeEvaluate<E, number>
  readonly boolean: TapeEvaluate<E, boolean>
  readonly nodes: TapeNodes<E> | undefined
}

/** An expression that gives nodes, each once: at most one (`single`), or perhaps out of order (`disorders`). */
export interface TapeNodes<E> {
  readonly scan: TapeScan<E>
  readonly single: boolean
  readonly disorders: boolean
}

/** How the parts of the compiler reach each other. Throws NotOnTape for what the tape cannot answer. */
export interface TapeCompilation<E> {
  compile(expression: Expression): OnTape<E>
  nameTest(test: NodeTest & { readonly kind: 'name' }): TapeNameTest
}

export function stringOnTape<E>(evaluate: TapeEvaluate<E, string>, positional: boolean): OnTape<E> {
  return {
    type: 'string',
    positional,
    value: evaluate,
    string: evaluate,
    number: (frame, node, position) => parseNumber(evaluate(frame, node, position)),
    boolean: (frame, node, position) => evaluate(frame, node, position) !== '',
    nodes: undefined,
  }
}

export function numberOnTape<E>(evaluate: TapeEvaluate<E, number>, positional: boolean): OnTape<E> {
  return {
    type: 'number',
    positional,
    value: evaluate,
    string: (frame, node, position) => formatNumber(evaluate(frame, node, position)),
    number: evaluate,
    boolean: (frame, node, position) => toBoolean(evaluate(frame, node, position)),
    nodes: undefined,
  }
}

export function booleanOnTape<E>(evaluate: TapeEvaluate<E, boolean>, positional: boolean): OnTape<E> {
  return {
    type: 'boolean',
    positional,
    value: evaluate,
    string: (frame, node, position) => String(evaluate(frame, node, position)),
    number: (frame, node, position) => Number(evaluate(frame, node, position)),
    boolean: evaluate,
    nodes: undefined,
  }
}

/** A value of the host. Nodes of a tree cannot meet those of a tape. */
export function hostOnTape<E>(read: TapeEvaluate<E, unknown>, positional: boolean): OnTape<E> {
  const value: TapeEvaluate<E, Scalar> = (frame, node, position) => {
    const found = fromHost(read(frame, node, position))
    if (Array.isArray(found)) throw new NotOnTape()
    return found
  }
  return {
    type: 'host',
    positional,
    value,
    string: (frame, node, position) => scalarText(value(frame, node, position)),
    number: (frame, node, position) => scalarNumber(value(frame, node, position)),
    boolean: (frame, node, position) => toBoolean(value(frame, node, position)),
    nodes: undefined,
  }
}

export function nodesOnTape<E>(source: TapeNodes<E>, positional: boolean): OnTape<E> {
  const { scan } = source
  const text: TapeEvaluate<E, string> = (frame, node, position) => {
    const found = firstOnTape(source, frame, node, position)
    return found === undefined ? '' : frame.tape.value(found)
  }
  return {
    type: 'nodes',
    positional,
    value: (frame, node, position) => allOnTape(source, frame, node, position),
    string: text,
    number: (frame, node, position) => parseNumber(text(frame, node, position)),
    boolean: (frame, node, position) => scan(frame, node, position, new AnyNode()),
    nodes: source,
  }
}

/** The nodes in document order. */
export function allOnTape<E>(
  { scan, disorders }: TapeNodes<E>,
  frame: TapeFrame<E>,
  node: TapeNode,
  position: number,
): TapeNode[] {
  const sink = new NodeCollector()
  scan(frame, node, position, sink)
  return disorders ? sink.nodes.sort((a, b) => a - b) : sink.nodes
}

function firstOnTape<E>(
  source: TapeNodes<E>,
  frame: TapeFrame<E>,
  node: TapeNode,
  position: number,
): TapeNode | undefined {
  if (source.disorders) return allOnTape(source, frame, node, position)[0]
  const sink = new FirstNode()
  source.scan(frame, node, position, sink)
  return sink.node
}

const scalarText = (value: Scalar): string => (typeof value === 'number' ? formatNumber(value) : String(value))

export const scalarNumber = (value: Scalar): number => (typeof value === 'string' ? parseNumber(value) : Number(value))

export type Scalar = string | number | boolean

/** Where nodes have been ruled out when the expression was compiled. */
export function scalar(value: TapeNode[] | Scalar): Scalar {
  if (typeof value === 'object') throw new NotOnTape()
  return value
}
