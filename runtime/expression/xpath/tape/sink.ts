import type { Tape, TapeNode } from '../../../xml/tape.ts'
import type { CompareNumbers } from '../operators.ts'
import { parseNumber } from '../value.ts'

/** Takes the nodes of a path over a tape one by one; true ends the walk. */
export interface TapeSink {
  accept(node: TapeNode): boolean
}

export class NodeCollector implements TapeSink {
  readonly nodes: TapeNode[] = []

  accept(node: TapeNode): boolean {
    this.nodes.push(node)
    return false
  }
}

export class FirstNode implements TapeSink {
  node: TapeNode | undefined = undefined

  accept(node: TapeNode): boolean {
    this.node = node
    return true
  }
}

export class AnyNode implements TapeSink {
  accept(): boolean {
    return true
  }
}

export class NodeCounter implements TapeSink {
  count = 0

  accept(): boolean {
    this.count++
    return false
  }
}

/** Stops at a node whose string-value equals a text, or with `equal` false differs from it. */
export class TextMatch implements TapeSink {
  readonly #tape: Tape
  readonly #text: string
  readonly #bytes: Buffer
  readonly #equal: boolean

  constructor(tape: Tape, text: string, bytes: Buffer, equal: boolean) {
    this.#tape = tape
    this.#text = text
    this.#bytes = bytes
    this.#equal = equal
  }

  accept(node: TapeNode): boolean {
    return this.#tape.equals(node, this.#text, this.#bytes) === this.#equal
  }
}

/** Stops at a node whose number compares with another as asked. */
export class NumberMatch implements TapeSink {
  readonly #tape: Tape
  readonly #number: number
  readonly #compare: CompareNumbers

  constructor(tape: Tape, number: number, compare: CompareNumbers) {
    this.#tape = tape
    this.#number = number
    this.#compare = compare
  }

  accept(node: TapeNode): boolean {
    return this.#compare(parseNumber(this.#tape.value(node)), this.#number)
  }
}
