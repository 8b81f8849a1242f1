import { callerNetwork, FailedAttempts, type Platform } from 'viaduct'
import { SecurityFailure } from '../security-failure.ts'

/** So many checks may fail for one caller of one service … */
export const MOST_FAILED_CHECKS = 20
/** … within so many milliseconds. */
export const FAILED_CHECKS_WINDOW = 60_000

/**
 * Stops those who learn from refusals (padding oracles need thousands of them): a caller with too many failed decryptions and
 * signatures is refused unread for the rest of the window, as if one more had failed. Counted by address, of IPv6 by network,
 * so that nobody can close a service for others.
 */
export class FailedChecks {
  readonly #attempts: FailedAttempts

  constructor(platform: Platform) {
    this.#attempts = new FailedAttempts(platform, MOST_FAILED_CHECKS, FAILED_CHECKS_WINDOW)
  }

  /** Throws a SecurityFailure when the caller has to wait. */
  admit(address: string): void {
    if (this.#attempts.refusedFor(callerNetwork(address)) > 0)
      throw new SecurityFailure('too-many-failures', `${MOST_FAILED_CHECKS} within ${FAILED_CHECKS_WINDOW / 1000} s`)
  }

  /** Counts what was thrown while a message was verified, if it tells about keys or plaintext. */
  count(address: string, thrown: unknown): void {
    if (thrown instanceof SecurityFailure && thrown.fault === 'FailedCheck' && thrown.reason !== 'too-many-failures')
      this.#attempts.failed(callerNetwork(address))
  }
}
