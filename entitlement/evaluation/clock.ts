import { date, dateTime, time } from '../data-types/index.ts'
import { DAY, floorDay } from '../data-types/moments.ts'
import type { AttributeKey } from './context.ts'

const ENVIRONMENT = 'urn:oasis:names:tc:xacml:1.0:environment:'

/** Where the current time comes from: the clock when a request says none, the clock always, or requests alone. */
export type TimeRule = 'request-or-clock' | 'clock' | 'request'

/** The time of one decision, the same throughout (XACML 3.0 section 10.2.5). */
export class Clock {
  readonly rule: TimeRule
  readonly #milliseconds: number

  /** Milliseconds since 1970. */
  constructor(now: number, rule: TimeRule = 'request-or-clock') {
    this.rule = rule
    this.#milliseconds = now
  }

  /** The value of one of the three current-… attributes; undefined for all others. */
  value({ id, type }: AttributeKey): unknown {
    if (!id.startsWith(ENVIRONMENT)) return undefined
    const now = BigInt(Math.floor(this.#milliseconds)) * 1_000_000n
    const midnight = floorDay(now) * DAY
    switch (id.slice(ENVIRONMENT.length)) {
      case 'current-dateTime':
        return type === dateTime ? { local: now, zone: 0 } : undefined
      case 'current-date':
        return type === date ? { local: midnight, zone: 0 } : undefined
      case 'current-time':
        return type === time ? { local: now - midnight, zone: 0 } : undefined
      default:
        return undefined
    }
  }
}
