import type { MessageContext } from '../context.ts'
import type { Reading } from '../schema.ts'
import { compilePath, type Path } from './path.ts'
import { SynapsePath } from './synapse/synapse-path.ts'

/** One `${…}` in a text, or the text between two. */
export type TemplatePart = string | TemplateExpression

export interface TemplateExpression {
  readonly path: Path
  /** It stands alone between double quotes, which belong to the text around it. */
  readonly quoted: boolean
  /** A text that it yields was found in JSON; such texts are written in another way than others. */
  readonly fromJson: boolean
}

/** A text with `${…}` expressions in it (language reference 2.1, `log`, and 2.4). */
export interface Template {
  readonly parts: readonly TemplatePart[]
  readonly contentAware: boolean
  string(ctx: MessageContext): string
}

/** Splits a text at its expressions and compiles them. Throws InvalidValue when one is wrong. */
export function compileTemplate(text: string, reading: Reading): Template {
  const parts: TemplatePart[] = []
  let from = 0
  for (let start = text.indexOf('${'); start >= 0; start = text.indexOf('${', from)) {
    const end = endOfExpression(text, start + 2)
    if (end < 0) break
    if (start > from) parts.push(text.slice(from, start))
    const path = compilePath(text.slice(start, end), reading)
    const quoted = text[start - 1] === '"' && text[end] === '"'
    parts.push({ path, quoted, fromJson: path instanceof SynapsePath && path.fromJson })
    from = end
  }
  if (from < text.length) parts.push(text.slice(from))
  return new CompiledTemplate(parts)
}

class CompiledTemplate implements Template {
  readonly parts: readonly TemplatePart[]
  readonly contentAware: boolean

  constructor(parts: readonly TemplatePart[]) {
    this.parts = parts
    this.contentAware = parts.some((part) => typeof part !== 'string' && part.path.contentAware)
  }

  string(ctx: MessageContext): string {
    let text = ''
    for (const part of this.parts) text += typeof part === 'string' ? part : part.path.string(ctx)
    return text
  }
}

/** The place after the `}` that ends the expression begun before `from`; braces and quotes inside it nest. -1: it has no end. */
function endOfExpression(text: string, from: number): number {
  let depth = 1
  let quote = ''
  for (let at = from; at < text.length; at++) {
    const character = text[at] ?? ''
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '{') depth++
    else if (character === '}' && --depth === 0) return at + 1
  }
  return -1
}
