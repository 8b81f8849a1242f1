import { formatOf, parameterOf } from '../formats/media-type.ts'
import type { Message } from '../message.ts'
import { append, detach } from '../xml/edit.ts'
import { spliceHeader } from '../xml/peek.ts'
import { printXml } from '../xml/print.ts'
import { type Tape, TAPE_DOCUMENT, type TapeNode } from '../xml/tape.ts'
import { ELEMENT, type XmlElement } from '../xml/tree.ts'
import { headerBlocks, requireHeader } from './envelope.ts'

/**
 * Adds blocks to the SOAP header, behind the others; they are taken over. As long as nobody has needed the tree of the message
 * they are written into its bytes: the body is checked, but neither made a tree nor printed.
 */
export function appendBlocks(message: Message, blocks: readonly XmlElement[]): void {
  const bytes = withBlocks(message, blocks, 'last')
  if (bytes !== undefined) {
    message.setBytes(bytes, message.contentType ?? '')
    return
  }
  const header = requireHeader(message.editTree())
  for (const block of blocks) append(header, block)
}

/** Removes the SOAP header blocks of that name. A message without one is not touched, so that its bytes leave as they came. */
export function removeBlocks(message: Message, namespace: string, name: string): void {
  const { tape } = message
  if (tape !== undefined) {
    const found = blocksOnTape(tape, namespace, name)
    if (found.length > 0) message.setBytes(without(tape, found), message.contentType ?? '')
    return
  }
  if (headerBlocks(message.tree, namespace, name).length === 0) return
  for (const block of headerBlocks(message.editTree(), namespace, name)) detach(block)
}

/** The bytes of a message with these blocks in its header; undefined when it has none, or the tree has to do it. */
export function withBlocks(
  { tape, contentType }: Message,
  blocks: readonly XmlElement[],
  place: 'first' | 'last',
): Buffer | undefined {
  const format = formatOf(contentType)
  if (tape === undefined || (format !== 'soap11' && format !== 'soap12')) return undefined
  const { bytes } = tape
  const xml = blocks.map((block) => printXml(block)).join('')
  const charset = parameterOf(contentType, 'charset')
  // ASCII cannot hold everything; the tree is printed with references.
  if (/[^\x00-\x7f]/.test(xml) && /ascii/i.test(`${charset} ${bytes.toString('latin1', 0, 200)}`)) return undefined
  return spliceHeader(bytes, xml, place, charset)
}

function blocksOnTape(tape: Tape, namespace: string, local: string): TapeNode[] {
  const { root, names } = tape
  const header = childrenOf(tape, root).find((node) => names.local(tape.name(node)) === 'Header')
  if (header === undefined || names.namespace(tape.name(header)) !== names.namespace(tape.name(root))) return []
  return childrenOf(tape, header).filter(
    (node) => names.local(tape.name(node)) === local && names.namespace(tape.name(node)) === namespace,
  )
}

function childrenOf(tape: Tape, parent: TapeNode): TapeNode[] {
  const children: TapeNode[] = []
  if (parent === TAPE_DOCUMENT) return children
  for (let node = tape.firstInside(parent); node < tape.after(parent); node = tape.after(node))
    if (tape.kind(node) === ELEMENT) children.push(node)
  return children
}

/** The bytes without these elements, which are in document order. */
function without(tape: Tape, elements: readonly TapeNode[]): Buffer {
  const kept: Buffer[] = []
  let from = 0
  for (const element of elements) {
    const { start, end } = tape.span(element)
    kept.push(tape.bytes.subarray(from, start))
    from = end
  }
  kept.push(tape.bytes.subarray(from))
  return Buffer.concat(kept)
}
