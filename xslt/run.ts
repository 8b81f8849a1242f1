import { ELEMENT, xpath, XmlDocument, type XmlElement } from 'viaduct'
import type { Documents } from './documents.ts'
import type { KeyIndexes } from './keys.ts'
import type { DecimalFormat } from './number-format.ts'
import { ResultBuilder } from './result-builder.ts'
import { StylesheetError } from './stylesheet-error.ts'

export type Node = xpath.XPathNode
export type Value = xpath.XPathValue

/** An instruction or a sequence of them: writes to the result of the run. */
export type Instruction = (run: Run, node: Node, position: number, size: number) => void

/** Bounds of one transformation: stylesheets can loop for ever. */
export interface RunLimits {
  /** Milliseconds. */
  readonly time: number
  /** How deep templates may call each other. */
  readonly depth: number
  /** Characters and nodes of the result. */
  readonly output: number
}

export const DEFAULT_RUN_LIMITS: RunLimits = { time: 5_000, depth: 1_500, output: 64 * 1024 * 1024 }

const NO_VALUES: Value[] = []

/** One transformation: what changes while a compiled stylesheet runs. */
export class Run {
  readonly evaluation: xpath.Evaluation<Run>
  readonly documents: Documents
  readonly keys: KeyIndexes
  readonly decimalFormats: ReadonlyMap<string, DecimalFormat>
  readonly parameters: ReadonlyMap<string, Value>
  readonly messages: string[] = []
  readonly source: Node
  /** Where instructions write. */
  out: ResultBuilder
  /** Local variables of the template that runs, by slot. */
  frame: Value[] = NO_VALUES
  /** Values passed to the template that runs. */
  passed: ReadonlyMap<string, Value> | undefined
  /** `current()`. */
  current: Node
  /** Where `xsl:apply-imports` goes on. */
  rule: { readonly mode: string; readonly precedence: number } | undefined
  readonly #globals: (Value | undefined)[]
  readonly #compute: readonly ((run: Run) => Value)[]
  readonly #computing = new Set<number>()
  readonly #limits: RunLimits
  readonly #until: number
  readonly #ids = new Map<Node, string>()
  #depth = 0
  #steps = 0

  constructor(options: {
    readonly source: Node
    readonly parameters: ReadonlyMap<string, Value>
    readonly globals: readonly ((run: Run) => Value)[]
    readonly keys: KeyIndexes
    readonly decimalFormats: ReadonlyMap<string, DecimalFormat>
    readonly documents: Documents
    readonly limits: RunLimits
  }) {
    const { source, parameters, globals, keys, decimalFormats, documents, limits } = options
    this.evaluation = new xpath.Evaluation<Run>(this)
    this.source = source
    this.current = source
    this.parameters = parameters
    this.decimalFormats = decimalFormats
    this.documents = documents
    this.keys = keys
    this.#compute = globals
    this.#globals = Array.from({ length: globals.length })
    this.#limits = limits
    this.#until = performance.now() + limits.time
    this.out = new ResultBuilder(limits.output)
  }

  global(index: number): Value {
    const known = this.#globals[index]
    if (known !== undefined) return known
    if (this.#computing.has(index)) throw new StylesheetError('a global variable needs its own value')
    this.#computing.add(index)
    const { frame, passed, current } = this
    this.current = this.source
    const value = this.#compute[index]?.(this) ?? ''
    this.frame = frame
    this.passed = passed
    this.current = current
    this.#computing.delete(index)
    return (this.#globals[index] = value)
  }

  /** A name for a node: the same for the same node, another one for every other. */
  idOf(node: Node): string {
    let id = this.#ids.get(node)
    if (id === undefined) this.#ids.set(node, (id = `id${this.#ids.size + 1}`))
    return id
  }

  /** Called by every loop and template. Throws when the transformation runs for too long. */
  step(): void {
    if ((++this.#steps & 255) === 0 && performance.now() > this.#until)
      throw new StylesheetError(`the transformation takes longer than ${this.#limits.time} ms`)
  }

  /** Runs a template body with a frame of its own. */
  enter(
    body: Instruction,
    slots: number,
    node: Node,
    position: number,
    size: number,
    passed: ReadonlyMap<string, Value> | undefined,
  ): void {
    this.step()
    if (++this.#depth > this.#limits.depth) throw new StylesheetError('templates call each other too deep')
    const { frame, passed: before, current } = this
    this.frame = slots === 0 ? NO_VALUES : Array.from({ length: slots })
    this.passed = passed
    this.current = node
    body(this, node, position, size)
    this.frame = frame
    this.passed = before
    this.current = current
    this.#depth--
  }

  /** What instructions write, as a tree of its own (result tree fragment). */
  fragment(body: Instruction, node: Node, position: number, size: number): XmlDocument {
    const { out } = this
    this.out = out.nested()
    body(this, node, position, size)
    const fragment = this.out.finish()
    this.out = out
    return fragment
  }

  /** What instructions write as text; other nodes are left out (XSLT 1.0, sections 7.1.3, 7.3, 7.4). */
  text(body: Instruction, node: Node, position: number, size: number): string {
    return this.evaluation.stringValue(this.fragment(body, node, position, size))
  }
}

/** The element a result fragment holds, when it holds just one. */
export function onlyElement({ children }: XmlDocument): XmlElement | undefined {
  const elements = children.filter((child) => child.type === ELEMENT)
  return elements.length === 1 ? elements[0] : undefined
}
