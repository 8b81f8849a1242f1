import {
  type DecisionRequest,
  type DecisionSource,
  type EntitlementDecision,
  Fault,
  type MessageContext,
  type Site,
} from 'viaduct'
import { type DecisionCaches, questionKey } from './decision-cache.ts'
import type { SourceOf } from './decision-source.ts'

type Asking = (ctx: MessageContext) => EntitlementDecision | Promise<EntitlementDecision>

/**
 * Makes the question of a message and has it answered, by the cache if it can. Without an answer to rely on there is a Fault,
 * whose cause is in the log; the client learns no more than that.
 */
export function compileAsking(
  callbackClass: string | undefined,
  sourceOf: SourceOf | undefined,
  cacheOf: DecisionCaches,
  { linker, at, node }: Site,
): Asking {
  const name = callbackClass?.trim()
  const where = node.attributes.find((attribute) => attribute.name === 'callbackClass')?.valueAt ?? at
  const question = linker.facility('entitlement')?.questioner(name === '' ? undefined : name, where)
  if (sourceOf === undefined || question === undefined) return (ctx) => refuse(ctx, undefined, 'it was not compiled')
  const answer = (ctx: MessageContext, source: DecisionSource, request: DecisionRequest): ReturnType<Asking> => {
    const cache = cacheOf(source)
    const key = cache === undefined ? undefined : questionKey(request)
    if (cache === undefined || key === undefined) return source.ask(request, ctx)
    const known = cache.get(key)
    if (known !== undefined) return known
    const decision = source.ask(request, ctx)
    if (!(decision instanceof Promise)) return kept(decision)
    return decision.then(kept)
    function kept(fresh: EntitlementDecision): EntitlementDecision {
      cache?.set(key ?? '', fresh)
      return fresh
    }
  }
  return (ctx) => {
    let source: DecisionSource | undefined
    try {
      source = sourceOf(ctx)
      const request = question(ctx)
      const asked = source
      const decision =
        request instanceof Promise ? request.then((late) => answer(ctx, asked, late)) : answer(ctx, asked, request)
      if (!(decision instanceof Promise)) return decision
      return decision.catch((thrown: unknown) => refuse(ctx, asked, thrown))
    } catch (thrown) {
      return refuse(ctx, source, thrown)
    }
  }
}

/** What a mediator itself says (fault 0) stays; everything else becomes one sentence, as upstream. */
function refuse(ctx: MessageContext, source: DecisionSource | undefined, thrown: unknown): never {
  const fault = Fault.from(thrown)
  const cause = fault.cause instanceof Error ? `: ${fault.cause.message}` : ''
  ctx.log('ERROR', 'entitlement', `${source?.name ?? 'entitlement'}: ${fault.message}${cause}`)
  if (thrown instanceof Fault && fault.code === 0) throw fault
  throw new Fault(0, 'Error occurred while evaluating the policy', { cause: fault, detail: fault.message })
}
