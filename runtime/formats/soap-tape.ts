import { isSoapNamespace, SOAP12 } from '../soap/envelope.ts'
import { createTape, type Tape, type TapeNode } from '../xml/tape.ts'
import { ELEMENT, TEXT } from '../xml/tree.ts'
import { formatOf, parameterOf } from './media-type.ts'
import { HEADER_BLOCKS } from './xml-builder.ts'

/**
 * The tape of a SOAP message. Undefined for every message that the builder of the tree would refuse or see otherwise, so
 * that an answer from the tape is always the one that the tree would give.
 */
export function soapTape(bytes: Buffer, contentType: string | undefined): Tape | undefined {
  const format = formatOf(contentType)
  if (format !== 'soap11' && format !== 'soap12' && format !== 'xml') return undefined
  const tape = createTape(bytes, parameterOf(contentType, 'charset'))
  if (tape === undefined || tape.hasInstructions) return undefined
  const name = tape.name(tape.root)
  const namespace = tape.names.namespace(name)
  if (!isSoapNamespace(namespace) || tape.names.local(name) !== 'Envelope') return undefined
  if (format !== 'xml' && (namespace === SOAP12) !== (format === 'soap12')) return undefined
  return hasParts(tape, namespace) ? tape : undefined
}

/** One Body, at most one Header before it, no text between, and not too many header blocks. */
function hasParts(tape: Tape, namespace: string): boolean {
  const parts: TapeNode[] = []
  const end = tape.after(tape.root)
  for (let node = tape.firstInside(tape.root); node < end; node = tape.after(node)) {
    const kind = tape.kind(node)
    if (kind === ELEMENT) parts.push(node)
    else if (kind === TEXT && tape.text(node).trim() !== '') return false
  }
  const namespaceOf = (node: TapeNode): string => tape.names.namespace(tape.name(node))
  const isPart = (node: TapeNode | undefined, local: string): boolean =>
    node !== undefined && namespaceOf(node) === namespace && tape.names.local(tape.name(node)) === local
  const header = isPart(parts[0], 'Header') ? parts.shift() : undefined
  if (!isPart(parts.shift(), 'Body')) return false
  if (parts.some((part) => namespace === SOAP12 || isSoapNamespace(namespaceOf(part)))) return false
  return header === undefined || countElements(tape, header) <= HEADER_BLOCKS
}

function countElements(tape: Tape, parent: TapeNode): number {
  let count = 0
  for (let node = tape.firstInside(parent); node < tape.after(parent); node = tape.after(node)) {
    if (tape.kind(node) === ELEMENT) count++
  }
  return count
}
