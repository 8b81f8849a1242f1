import type { MimePart } from 'viaduct'
import { type ArrivalFacts, checkPolicy } from '../policy/check-policy.ts'
import type { PolicyCheck } from '../policy/compile-check.ts'
import { PROTECTION } from '../policy/protect-draft.ts'
import type { HeldSecret, ProtectResult, ProtectState } from '../protect-state.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults, VerifiedSignature } from '../security-results.ts'
import { heldSecret } from './held-secret.ts'
import { signerOf } from './proved-identity.ts'

/** A message that satisfies an alternative of its policy. */
export interface Accepted {
  readonly results: SecurityResults
  /** Index of the alternative. */
  readonly alternative: number
  readonly main: VerifiedSignature | undefined
}

/** The first alternative that the message satisfies; when there is none, the failure is that of the first. */
export function acceptFirst(results: SecurityResults, checks: readonly PolicyCheck[], facts: ArrivalFacts): Accepted {
  let first: unknown
  for (const [alternative, check] of checks.entries()) {
    try {
      return { results, alternative, main: checkPolicy(results, check, facts) }
    } catch (failure) {
      if (!(failure instanceof SecurityFailure)) throw failure
      first ??= failure
    }
  }
  throw first ?? new SecurityFailure('header-missing', 'no alternative of the policy can be satisfied')
}

/** What the answer to an accepted request needs. */
export function answerState(accepted: Accepted, now: number, random: (size: number) => Buffer): ProtectState {
  const { results, main } = accepted
  const secret = heldSecret(results, main)
  return {
    now,
    random,
    peer: signerOf(accepted),
    confirm: results.signatures,
    secrets: secret === undefined ? new Map<string, HeldSecret>() : new Map([[PROTECTION, secret]]),
  }
}

/** Attachments as they leave, by Content-ID; undefined when there are none. */
export function attachmentsOf({ attachments }: ProtectResult): ReadonlyMap<string, MimePart> | undefined {
  if (attachments.length === 0) return undefined
  return new Map(attachments.map((part, index) => [part.contentId ?? `part-${index + 1}`, part]))
}
