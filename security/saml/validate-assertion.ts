import { SecurityFailure } from '../security-failure.ts'
import type { SamlAssertion, SamlConfirmation } from './assertion.ts'
import type { SamlRules } from './saml-rules.ts'

/** When an assertion is looked at, milliseconds. */
export interface Moment {
  readonly now: number
  /** Tolerated difference of clocks. */
  readonly skew: number
}

const DEFAULT_LIFETIME = 1800

/**
 * Checks what an assertion says about itself: version, times, audiences, single use. Its signature was verified before, its
 * confirmation is judged after. Throws a SecurityFailure.
 */
export function validateAssertion(assertion: SamlAssertion, rules: SamlRules, moment: Moment): void {
  if (rules.versions?.has(assertion.version) === false) invalid(`version ${assertion.version} is not accepted`)
  checkTimes(assertion, rules, moment)
  for (const restriction of assertion.conditions.audiences) {
    if (rules.audiences !== undefined && !restriction.some((audience) => rules.audiences?.has(audience)))
      invalid(`it is meant for ${restriction.map((audience) => `"${audience}"`).join(', ')}`)
  }
  if (assertion.conditions.once) rememberOnce(assertion, rules, moment)
}

function checkTimes(
  { issued, conditions, authentication }: SamlAssertion,
  rules: SamlRules,
  { now, skew }: Moment,
): void {
  const { notBefore, notOnOrAfter } = conditions
  if (issued > now + skew) expired('it was issued in the future')
  if (notBefore !== undefined && now + skew < notBefore) expired('it is not valid yet')
  if (notOnOrAfter !== undefined && now - skew >= notOnOrAfter) expired('it is not valid any more')
  if (notBefore !== undefined && notOnOrAfter !== undefined && notOnOrAfter <= notBefore)
    invalid('it ends before it begins')
  const lifetime = (rules.lifetime ?? DEFAULT_LIFETIME) * 1000
  if (notOnOrAfter === undefined && now - skew > issued + lifetime) expired('it has no end and is too old')
  checkSessions(authentication, { now, skew })
}

function checkSessions(authentication: SamlAssertion['authentication'], { now, skew }: Moment): void {
  for (const { at, sessionEnds } of authentication) {
    if (at !== undefined && at > now + skew) expired('its subject will be authenticated in the future')
    if (sessionEnds !== undefined && now - skew >= sessionEnds) expired('the session of its subject has ended')
  }
}

function rememberOnce(
  { id, issuer, conditions, issued }: SamlAssertion,
  rules: SamlRules,
  { now, skew }: Moment,
): void {
  const end = conditions.notOnOrAfter ?? issued + (rules.lifetime ?? DEFAULT_LIFETIME) * 1000
  if (!rules.replays.remember(`saml ${JSON.stringify([issuer, id])}`, end + skew, now)) {
    throw new SecurityFailure('replayed', 'SAML assertion: it may be used once, and was')
  }
}

/** Whether a confirmation is of an accepted method, at its time and for us. The reason why not is for the log. */
export function confirmationRefusal(
  confirmation: SamlConfirmation,
  rules: SamlRules,
  { now, skew }: Moment,
): string | undefined {
  const { method, uri, notBefore, notOnOrAfter, recipient } = confirmation
  if (method === undefined) return `the confirmation ${uri} is not supported`
  if (rules.methods?.has(method) === false) return `the confirmation ${method} is not accepted`
  if (notBefore !== undefined && now + skew < notBefore) return `${method}: not valid yet`
  if (notOnOrAfter !== undefined && now - skew >= notOnOrAfter) return `${method}: not valid any more`
  if (recipient !== undefined && rules.recipients?.has(recipient) === false) return `${method}: meant for ${recipient}`
  return undefined
}

function invalid(detail: string): never {
  throw new SecurityFailure('token-invalid', `SAML assertion: ${detail}`)
}

function expired(detail: string): never {
  throw new SecurityFailure('token-expired', `SAML assertion: ${detail}`)
}
