import { elements, type XmlElement } from 'viaduct'
import { isNamed } from '../message/read-element.ts'
import { WSU } from '../names.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { VerifiedTimestamp } from '../security-results.ts'
import type { ClockRules } from '../verify-plan.ts'
import { readTime } from './utc-time.ts'

/** Reads a wsu:Timestamp (SOAP Message Security 1.1 section 10): Created, then perhaps Expires, nothing else. */
export function readTimestamp(element: XmlElement, rules: ClockRules, now: number): VerifiedTimestamp {
  const [createdElement, expiresElement, ...others] = elements(element)
  if (createdElement === undefined || !isNamed(createdElement, WSU, 'Created') || others.length > 0)
    throw new SecurityFailure('malformed', 'a Timestamp holds something else than Created and Expires')
  if (expiresElement !== undefined && !isNamed(expiresElement, WSU, 'Expires'))
    throw new SecurityFailure('malformed', `a Timestamp with ${expiresElement.name}`)
  const created = readTime(createdElement)
  const expires = expiresElement === undefined ? undefined : readTime(expiresElement)
  if (expires !== undefined && expires <= created)
    throw new SecurityFailure('malformed', 'a Timestamp expires before it was created')
  checkAge(created, rules, now)
  if (expires !== undefined && now > expires + (rules.strict ? 0 : rules.skew * 1000))
    throw new SecurityFailure('message-expired', `it expired ${seconds(now - expires)} ago`)
  return { element, created, expires }
}

/** Whether something was made neither too long ago nor in the future. */
export function checkAge(
  created: number,
  { ttl, skew, future }: Pick<ClockRules, 'ttl' | 'skew' | 'future'>,
  now: number,
): void {
  if (created > now + future * 1000)
    throw new SecurityFailure('message-from-future', `it was created ${seconds(created - now)} from now`)
  if (created + (ttl + skew) * 1000 < now)
    throw new SecurityFailure('message-expired', `it was created ${seconds(now - created)} ago`)
}

const seconds = (milliseconds: number): string => `${Math.round(milliseconds / 1000)} s`
