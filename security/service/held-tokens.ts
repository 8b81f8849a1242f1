import type { MessageContext } from 'viaduct'
import type { NeededToken } from '../policy/protect-draft.ts'
import type { HeldToken } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'

/** Gives the tokens of one kind that leaving messages carry. */
export interface TokenSource {
  readonly kinds: readonly NeededToken['token']['kind'][]
  give(needed: NeededToken, ctx: MessageContext, url: string): Promise<HeldToken>
  /** The service refused a message: it may have lost what the token stands for, so that the next message gets a new one. */
  forget?(needed: NeededToken, url: string): void
}

/** The tokens that a message to `url` needs, by the name of their step. */
export async function heldTokens(
  needed: readonly NeededToken[],
  sources: readonly TokenSource[],
  ctx: MessageContext,
  url: string,
): Promise<ReadonlyMap<string, HeldToken>> {
  const held = new Map<string, HeldToken>()
  for (const each of needed) {
    const source = sources.find(({ kinds }) => kinds.includes(each.token.kind))
    if (source === undefined)
      throw new SecurityFailure(
        'protection-impossible',
        `nothing gives ${each.token.kind} tokens to calls of this endpoint`,
      )
    held.set(each.name, await source.give(each, ctx, url))
  }
  return held
}

/** After a refusal. */
export function forgetTokens(needed: readonly NeededToken[], sources: readonly TokenSource[], url: string): void {
  for (const each of needed)
    for (const source of sources) if (source.kinds.includes(each.token.kind)) source.forget?.(each, url)
}
