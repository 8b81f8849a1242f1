import type { FaultCode, Platform } from 'viaduct'

/** What `markForSuspension` and `suspendOnFailure` say (language reference 3.2). Milliseconds. */
export interface SuspensionPolicy {
  /** Empty: 101504 and 101505. */
  readonly timeoutCodes: ReadonlySet<number>
  readonly retries: number
  readonly retryDelay: number
  /** Empty: every code. */
  readonly suspendCodes: ReadonlySet<number>
  /** Negative: 30 seconds. */
  readonly initialDuration: number
  readonly progressionFactor: number
  readonly maximumDuration: number
}

export const DEFAULT_POLICY: SuspensionPolicy = {
  timeoutCodes: new Set(),
  retries: 0,
  retryDelay: 0,
  suspendCodes: new Set(),
  initialDuration: -1,
  progressionFactor: 1,
  maximumDuration: Number.MAX_SAFE_INTEGER,
}

type State = 'active' | 'timeout' | 'suspended'

const DEFAULT_DURATION = 30_000
const DEFAULT_TIMEOUT_CODES: ReadonlySet<number> = new Set([101504, 101505])

/** Faults of the client, of its payload or of the bus: they say nothing about the back end. */
const NOT_ITS_FAULT: ReadonlySet<number> = new Set([101000, 101001, 601000])

/**
 * Whether an endpoint may be used, decided by how the calls to it ended (language reference 3.3). The state changes only
 * with an outcome: a suspended endpoint whose time is over is tried, and stays suspended until that call has succeeded.
 */
export class Suspension {
  #state: State = 'active'
  #nextRetry = 0
  #lastDuration = -1
  #retriesLeft: number
  readonly #policy: SuspensionPolicy

  constructor(policy: SuspensionPolicy) {
    this.#policy = policy
    this.#retriesLeft = policy.retries
  }

  get state(): State {
    return this.#state
  }

  ready(platform: Platform): boolean {
    if (this.#state === 'active') return true
    return platform.monotonic() >= this.#nextRetry
  }

  succeeded(): void {
    if (this.#state === 'active') return
    this.#state = 'active'
    this.#retriesLeft = this.#policy.retries
    this.#lastDuration = -1
  }

  failed(code: FaultCode, platform: Platform): void {
    if (typeof code !== 'number' || NOT_ITS_FAULT.has(code)) return
    const { timeoutCodes, suspendCodes } = this.#policy
    if ((timeoutCodes.size === 0 ? DEFAULT_TIMEOUT_CODES : timeoutCodes).has(code)) this.#timedOut(platform)
    else if (suspendCodes.size === 0 || suspendCodes.has(code)) this.#suspend(platform)
  }

  #timedOut(platform: Platform): void {
    if (this.#retriesLeft <= 0) {
      this.#suspend(platform)
      return
    }
    this.#retriesLeft--
    this.#state = 'timeout'
    this.#nextRetry = platform.monotonic() + this.#policy.retryDelay
  }

  #suspend(platform: Platform): void {
    const { initialDuration, progressionFactor, maximumDuration } = this.#policy
    const wanted = this.#lastDuration < 0 ? initialDuration : Math.trunc(this.#lastDuration * progressionFactor)
    this.#lastDuration = Math.min(wanted < 0 ? DEFAULT_DURATION : wanted, maximumDuration)
    this.#state = 'suspended'
    this.#nextRetry = platform.monotonic() + this.#lastDuration
  }
}
