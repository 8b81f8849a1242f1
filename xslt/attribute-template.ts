import type { Names } from './names-in-scope.ts'
import type { Node, Run } from './run.ts'
import { StylesheetError } from './stylesheet-error.ts'

/** The value of an attribute that may hold expressions in braces (XSLT 1.0, section 7.6.2). */
export type AttributeTemplate = (run: Run, node: Node, position: number, size: number) => string

export interface CompiledTemplate {
  readonly evaluate: AttributeTemplate
  /** The value when it is always the same. */
  readonly literal: string | undefined
}

export function compileAttributeTemplate(text: string, names: Names): CompiledTemplate {
  const parts: (string | AttributeTemplate)[] = []
  let literal = ''
  for (let at = 0; at < text.length;) {
    const character = text[at] ?? ''
    if ((character === '{' || character === '}') && text[at + 1] === character) {
      literal += character
      at += 2
    } else if (character === '{') {
      const end = endOfExpression(text, at + 1)
      if (end < 0) throw new StylesheetError(`"${text}": a brace has no end`, names.element)
      if (literal !== '') parts.push(literal)
      literal = ''
      const { string } = names.compile(text.slice(at + 1, end))
      parts.push((run, node, position, size) => string(node, position, size, run.evaluation))
      at = end + 1
    } else if (character === '}') throw new StylesheetError(`"${text}": a brace that closes nothing`, names.element)
    else {
      literal += character
      at++
    }
  }
  if (parts.length === 0) return { evaluate: () => literal, literal }
  if (literal !== '') parts.push(literal)
  const [only] = parts
  if (parts.length === 1 && typeof only === 'function') return { evaluate: only, literal: undefined }
  return {
    evaluate(run, node, position, size) {
      let value = ''
      for (const part of parts) value += typeof part === 'string' ? part : part(run, node, position, size)
      return value
    },
    literal: undefined,
  }
}

/** The brace behind an expression; braces in its literals do not count. */
function endOfExpression(text: string, from: number): number {
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') quote = character === quote ? '' : quote
    else if (character === '"' || character === "'") quote = character
    else if (character === '}') return at
  }
  return -1
}
