import type { BusServices } from './bus.ts'
import { callerNetwork } from './caller-network.ts'
import { FailedAttempts } from './failed-attempts.ts'
import type { Settings } from './settings.ts'

/** Of all callers together, so many times what one caller may: keeps a botnet from guessing, and one caller from locking others out. */
const ALL_CALLERS = 10

/** Counts wrong passwords for a name: of each caller, and of all of them together. */
export class FailedLogins {
  readonly #callers: FailedAttempts
  readonly #names: FailedAttempts
  readonly #log: BusServices['log']

  constructor(
    { platform, log }: Pick<BusServices, 'platform' | 'log'>,
    { attempts, lockout }: Pick<Settings['identity'], 'attempts' | 'lockout'>,
  ) {
    this.#callers = new FailedAttempts(platform, attempts, lockout)
    this.#names = new FailedAttempts(platform, attempts * ALL_CALLERS, lockout)
    this.#log = log
  }

  /** Whether no password is tried now, right or not. `from` is the address of the caller. */
  refuses(name: string, from = ''): boolean {
    return this.#callers.refusedFor(callerOf(name, from)) > 0 || this.#names.refusedFor(name.toLowerCase()) > 0
  }

  /** Counts a wrong password. */
  failed(name: string, from = ''): void {
    const who = name.toLowerCase()
    const [callerOut, nameOut] = [this.#callers.failed(callerOf(name, from)), this.#names.failed(who)]
    if (!callerOut && !nameOut) return
    const whom = nameOut ? 'all callers' : from === '' ? 'this caller' : from
    this.#log.log('WARN', 'identity', `too many wrong passwords for "${who}": ${whom} must wait`)
  }

  /** Forgives the caller those before a right one. Not for proofs that can be sent a second time by others. */
  succeeded(name: string, from = ''): void {
    this.#callers.succeeded(callerOf(name, from))
  }

  /** Whether a proof may be tried and fits; counts when it does not. Calls `fits` in any case, so that it takes as long. */
  check(name: string, from: string | undefined, fits: () => boolean): boolean {
    const fit = fits()
    if (this.refuses(name, from)) return false
    if (!fit) this.failed(name, from)
    return fit
  }
}

const callerOf = (name: string, from: string): string => `${name.toLowerCase()}\n${callerNetwork(from)}`
