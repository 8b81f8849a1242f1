import { SecurityFailure } from './security-failure.ts'
import type { SecurityLimits } from './verify-plan.ts'

type Counted = {
  [K in keyof SecurityLimits]: K extends
    | 'signatures'
    | 'encryptedKeys'
    | 'dataReferences'
    | 'binaryTokens'
    | 'derivedKeys'
    | 'canonicalOutput'
    | 'decryptedBytes'
    ? K
    : never
}[keyof SecurityLimits]

/** What one message has asked for so far. Counted before the work is done. */
export class WorkBudget {
  readonly limits: SecurityLimits
  readonly #done = new Map<Counted, number>()

  constructor(limits: SecurityLimits) {
    this.limits = limits
  }

  /** Throws a SecurityFailure when the limit is passed. */
  spend(what: Counted, amount = 1): void {
    const done = (this.#done.get(what) ?? 0) + amount
    if (done > this.limits[what]) throw new SecurityFailure('limit-exceeded', `${what}: more than ${this.limits[what]}`)
    this.#done.set(what, done)
  }
}
