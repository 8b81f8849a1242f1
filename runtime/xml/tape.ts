import { isUtf8 } from 'node:buffer'
import {
  AFTER,
  COOKED,
  cookAttribute,
  cookText,
  END,
  KIND_SHIFT,
  NAME_MASK,
  PARENT,
  RECORD,
  SECTION,
  START,
} from './tape-format.ts'
import type { TapeNames } from './tape-names.ts'
import { TapeWriter } from './tape-writer.ts'
import { ATTRIBUTE, ELEMENT, TEXT } from './tree.ts'

/** The document itself, as parent of its nodes. */
export const TAPE_DOCUMENT = -1

/** A node on a tape. */
export type TapeNode = number

/**
 * A read-only view of a document, made in one pass over its bytes: about a third of the price of a tree. Nodes are numbers
 * in document order; strings are made when somebody asks for them. Namespace declarations are no nodes.
 */
export class Tape {
  readonly bytes: Buffer
  /** The records of all nodes, see tape-format.ts. Do not change them. */
  readonly records: Int32Array
  /** How much of `records` is used; the node after the last one. */
  readonly end: TapeNode
  readonly names: TapeNames
  /** There are processing instructions, which SOAP messages must not have. */
  readonly hasInstructions: boolean

  constructor(bytes: Buffer, { records, length, names, hasInstructions }: TapeWriter) {
    this.bytes = bytes
    this.records = records
    this.end = length
    this.names = names
    this.hasInstructions = hasInstructions
  }

  /** The root element. */
  get root(): TapeNode {
    for (let node = 0; node < this.end; node = this.after(node)) if (this.kind(node) === ELEMENT) return node
    return TAPE_DOCUMENT
  }

  /** The type of a node, numbered as in the tree. */
  kind(node: TapeNode): number {
    return (this.records[node] ?? 0) >> KIND_SHIFT
  }

  /** The first attribute, or else the first child; `after(node)` when there is nothing inside. */
  firstInside(node: TapeNode): TapeNode {
    return node < 0 ? 0 : node + RECORD
  }

  /** The next node in document order. */
  next(node: TapeNode): TapeNode {
    return node + RECORD
  }

  parent(node: TapeNode): TapeNode {
    return this.records[node + PARENT] ?? TAPE_DOCUMENT
  }

  /** The first node behind a node and all that is inside it. */
  after(node: TapeNode): TapeNode {
    return node < 0 ? this.end : (this.records[node + AFTER] ?? this.end)
  }

  /** The number of the name of an element or attribute. */
  name(node: TapeNode): number {
    return (this.records[node] as number) & NAME_MASK
  }

  /** The string-value of an element or attribute, or the text of one text node. */
  text(node: TapeNode): string {
    if (node >= 0 && this.kind(node) !== ELEMENT) return this.#own(node)
    let text = ''
    const end = this.after(node)
    for (let at = node < 0 ? 0 : node + RECORD; at < end; at += RECORD)
      if (this.kind(at) === TEXT) text += this.#own(at)
    return text
  }

  /** Neighbouring texts, such as CDATA sections, are one node of the data model, which the first stands for. */
  startsText(node: TapeNode): boolean {
    return !this.#areNeighbours(node - RECORD, node)
  }

  /** The string-value of a node, for a text that of its neighbours behind it too. */
  value(node: TapeNode): string {
    let text = this.text(node)
    if (node < 0 || this.kind(node) !== TEXT) return text
    for (let at = node; this.#areNeighbours(at, at + RECORD); at += RECORD) text += this.#own(at + RECORD)
    return text
  }

  #areNeighbours(node: TapeNode, next: TapeNode): boolean {
    if (node < 0 || next >= this.end) return false
    return this.kind(node) === TEXT && this.kind(next) === TEXT && this.parent(node) === this.parent(next)
  }

  /** Whether the string-value of a node is `text`, whose UTF-8 bytes the caller has at hand. Mostly makes no string. */
  equals(node: TapeNode, text: string, bytes: Buffer): boolean {
    let leaf = node
    if (node < 0 || this.kind(node) === ELEMENT) {
      leaf = node + RECORD
      if (node < 0 || this.after(node) !== leaf + RECORD) return this.text(node) === text
    }
    const { records } = this
    const record = records[leaf] ?? 0
    if (record >> KIND_SHIFT !== TEXT && leaf !== node) return text === ''
    if ((record & COOKED) !== 0 || this.#areNeighbours(leaf, leaf + RECORD)) return this.value(node) === text
    const start = records[leaf + START] ?? 0
    if ((records[leaf + END] ?? 0) - start !== bytes.length) return false
    for (let i = 0; i < bytes.length; i++) if (this.bytes[start + i] !== bytes[i]) return false
    return true
  }

  /** Where an element stands in the bytes, tags included. */
  span(element: TapeNode): { readonly start: number; readonly end: number } {
    return { start: this.records[element + START] ?? 0, end: this.records[element + END] ?? 0 }
  }

  /** The element as it is written, tags included. It may use prefixes declared outside of it. */
  source(element: TapeNode): string {
    const { start, end } = this.span(element)
    return this.bytes.toString('utf8', start, end)
  }

  #own(node: TapeNode): string {
    const { records } = this
    const record = records[node] ?? 0
    const raw = this.bytes.toString('utf8', records[node + START], records[node + END])
    if ((record & COOKED) === 0) return raw
    return record >> KIND_SHIFT === ATTRIBUTE ? cookAttribute(raw) : cookText(raw, (record & SECTION) !== 0)
  }
}

/**
 * Reads a document in UTF-8 (or ASCII) onto a tape. Refuses all that the parser of the tree refuses, by the same rules and
 * limits, so that what has been routed by a tape can be sent on as it is. Undefined when the document is wrong or beyond
 * what a tape does; the parser then tells which. `charset` is the parameter of the media type.
 */
export function createTape(bytes: Buffer, charset?: string): Tape | undefined {
  if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) return undefined
  if (!isUtf8(bytes)) return undefined
  const writer = new TapeWriter(bytes)
  if (!writer.run()) return undefined
  return new Tape(bytes, writer)
}
