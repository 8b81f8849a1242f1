import type { Decision, Workflows } from 'viaduct'

/** What an external service is told about its decision. */
export type Resumed =
  { readonly kind: 'resumed' } | { readonly kind: 'unknown' } | { readonly kind: 'refused'; readonly reason: string }

const LONGEST_COMMENT = 2_000

/** Decides as an external service says. Saying the same again changes nothing and is right; saying something else is not. */
export async function resume(
  workflows: Workflows,
  { reference, status, description }: { reference: string; status: string; description: string },
  actor: string,
): Promise<Resumed> {
  const wanted = status.trim().toUpperCase()
  if (wanted !== 'APPROVED' && wanted !== 'REJECTED')
    return { kind: 'refused', reason: 'status: expected APPROVED or REJECTED' }
  const decision = await workflows.decide(reference.trim(), wanted, actor, description.slice(0, LONGEST_COMMENT))
  return outcomeOf(decision, wanted)
}

function outcomeOf(decision: Decision, wanted: string): Resumed {
  if (decision.outcome === 'unknown') return { kind: 'unknown' }
  const { status } = decision.workflow
  const same = status === wanted || (status === 'REGISTERED' && wanted === 'APPROVED')
  return same ? { kind: 'resumed' } : { kind: 'refused', reason: `the workflow is ${status} already` }
}
