import type { Allowance, CallerGroup, ThrottlePolicy } from './throttle-policy.ts'

/** Who calls: an address, and a host name where the policy asks for one. */
export interface Caller {
  readonly address: string
  readonly domain: string | undefined
}

interface Window {
  since: number
  count: number
  /** Refused until then. */
  until: number
}

/** More callers than are counted at a time; the one that came first is forgotten first. */
const MOST_CALLERS = 100_000

/** Counts callers, and requests under way. */
export class Admission {
  readonly #policy: ThrottlePolicy
  readonly #windows = new Map<string, Window>()
  #underWay = 0

  constructor(policy: ThrottlePolicy) {
    this.#policy = policy
  }

  /**
   * Whether the request may pass; `now` in monotonic milliseconds. `leaves` is called with what to do when the request is
   * over, if requests under way are counted.
   */
  admit(caller: Caller, now: number, leaves: (done: () => void) => void): boolean {
    const { concurrent, groups } = this.#policy
    if (concurrent > 0 && this.#underWay >= concurrent) return false
    const index = groups.findIndex((group) => covers(group, caller))
    const group = groups[index]
    if (group !== undefined && !this.#allows(group.allowance, `${index} ${nameOf(group, caller)}`, now)) return false
    if (concurrent > 0) {
      this.#underWay++
      leaves(() => this.#underWay--)
    }
    return true
  }

  #allows(allowance: Allowance, key: string, now: number): boolean {
    if (allowance.kind !== 'control') return allowance.kind === 'allow'
    const { most, unit, prohibit } = allowance
    const window = this.#window(key, now)
    if (now < window.until) return false
    if (now - window.since >= unit || window.until > 0) Object.assign(window, { since: now, count: 0, until: 0 })
    if (window.count >= most) {
      window.until = prohibit > 0 ? now + prohibit : window.since + unit
      return false
    }
    window.count++
    return true
  }

  #window(key: string, now: number): Window {
    let window = this.#windows.get(key)
    if (window === undefined) {
      const [oldest] = this.#windows.keys()
      if (this.#windows.size >= MOST_CALLERS && oldest !== undefined) this.#windows.delete(oldest)
      this.#windows.set(key, (window = { since: now, count: 0, until: 0 }))
    }
    return window
  }
}

const nameOf = ({ by }: CallerGroup, { address, domain }: Caller): string =>
  by === 'address' ? address : (domain ?? '')

const covers = (group: CallerGroup, caller: Caller): boolean =>
  group.by === 'address' ? group.covers(caller.address) : caller.domain !== undefined && group.covers(caller.domain)
