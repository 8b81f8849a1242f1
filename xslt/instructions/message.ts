import { attributeValue } from 'viaduct'
import type { CompileInstruction } from '../body-compiler.ts'
import { StylesheetError } from '../stylesheet-error.ts'

/** More messages than one transformation is listened to. */
const MOST_MESSAGES = 1000

/** Chapter 13: a line in the log, and the end of the transformation when it says so. */
export const message: CompileInstruction = ({ element, names, compiler }) => {
  const body = compiler.content(element, names)
  const terminate = attributeValue(element, 'terminate') === 'yes'
  return (run, node, position, size) => {
    const text = run.text(body, node, position, size)
    if (run.messages.length < MOST_MESSAGES) run.messages.push(text)
    if (terminate) throw new StylesheetError(text, element)
  }
}
