import type { Tape, TapeNode } from '../xml/tape.ts'
import { ATTRIBUTE, ELEMENT, TEXT } from '../xml/tree.ts'

/**
 * Synapse's string value of nodes on a tape (language reference 4.1), as `stringValue` gives it for nodes of a tree. Undefined
 * when it is XML, for which a tree is needed.
 */
export function tapeStringValue(tape: Tape, nodes: readonly TapeNode[]): string | undefined {
  const [only] = nodes
  if (nodes.length === 1 && only !== undefined && tape.kind(only) === ELEMENT) return ownText(tape, only)
  let text = ''
  for (const node of nodes) {
    const kind = tape.kind(node)
    if (kind !== TEXT && kind !== ATTRIBUTE) return undefined
    text += tape.value(node)
  }
  return text
}

/** The text of an element without that of the elements inside; undefined when it is blank. */
function ownText(tape: Tape, element: TapeNode): string | undefined {
  const end = tape.after(element)
  let text = ''
  for (let node = tape.firstInside(element); node < end; node = tape.after(node)) {
    if (tape.kind(node) === TEXT) text += tape.text(node)
  }
  return text.replaceAll(/^[\s\u00A0]+|[\s\u00A0]+$/g, '') || undefined
}
