import type { MessageContext } from '../context.ts'
import type { Path } from './path.ts'

/** The string value of an expression; undefined where Synapse's is null: a property, header or variable that does not exist. */
export function definedString(path: Path, ctx: MessageContext): string | undefined {
  const text = path.string(ctx)
  if (text !== '' || path.kind === 'synapse') return text
  const value = path.evaluate(ctx)
  return value === undefined || value === null ? undefined : ''
}
