import { createHmac, randomBytes } from 'node:crypto'
import {
  type Account,
  type AccountStore,
  type BusServices,
  FailedLogins,
  type Settings,
  type User,
  type UserStore,
} from 'viaduct'
import { NarrowGate } from './narrow-gate.ts'
import { LONGEST_PASSWORD } from './password-hash.ts'
import type { UserSource } from './user-source.ts'

/** Right passwords that are remembered. */
const MOST = 10_000
const LONGEST_NAME = 256

/** A transaction has ended so long after a change in it, milliseconds. */
const SETTLED = 2_000

/** So many hashes at once: one fewer than the threads that files and names need as well. */
const ABREAST = 2

type Services = Pick<BusServices, 'platform' | 'log' | 'deadlines'>

interface Verified {
  readonly account: Account
  readonly until: number
}

/**
 * The guard before every kind of store: counts wrong passwords, checks few at a time, and remembers for a while which were
 * right, so that a message costs no hash. Remembered is only a keyed digest.
 */
export class GuardedStore implements UserStore {
  readonly accounts: AccountStore | undefined
  readonly #source: UserSource
  readonly #services: Services
  readonly #remember: number
  readonly #logins: FailedLogins
  readonly #gate: NarrowGate
  readonly #key = randomBytes(32)
  readonly #verified = new Map<string, Verified>()
  #doubtful = 0

  constructor(source: UserSource, settings: Settings['identity'], services: Services) {
    this.#source = source
    this.#services = services
    this.#remember = settings.remember
    this.#gate = new NarrowGate(services.deadlines, source.abreast ?? ABREAST)
    this.#logins = new FailedLogins(services, settings)
    this.accounts = source.accounts && this.#guarded(source.accounts)
  }

  async authenticate(name: string, password: string, from = ''): Promise<User | undefined> {
    const account = await this.#verify(name, password, from)
    return account?.state === 'active' ? account : undefined
  }

  find(name: string): Promise<User | undefined> {
    return this.#source.find(name)
  }

  async prove(name: string, fits: (password: string | undefined) => boolean, from = ''): Promise<User | undefined> {
    if (name.length > LONGEST_NAME || name === '') return undefined
    const password = await this.#source.password(name)
    return this.#logins.check(name, from, () => fits(password)) ? this.#source.find(name) : undefined
  }

  password(name: string): Promise<string | undefined> {
    return this.#source.password(name)
  }

  async #verify(name: string, password: string, from: string): Promise<Account | undefined> {
    if (name.length > LONGEST_NAME || password.length > LONGEST_PASSWORD || name === '' || password === '')
      return undefined
    const digest = createHmac('sha256', this.#key).update(`${name.length} ${name}${password}`).digest('base64')
    const known = this.#verified.get(digest)
    if (known !== undefined && known.until > this.#services.platform.monotonic()) return known.account
    if (this.#logins.refuses(name, from)) return undefined
    const account = await this.#gate.pass(() => this.#source.verify(name, password))
    if (account === undefined) this.#logins.failed(name, from)
    else {
      this.#logins.succeeded(name, from)
      this.#keep(digest, account)
    }
    return account
  }

  #keep(digest: string, account: Account): void {
    const now = this.#services.platform.monotonic()
    if (this.#remember === 0 || account.state !== 'active' || now < this.#doubtful) return
    this.#verified.delete(digest)
    this.#verified.set(digest, { account, until: now + this.#remember })
    const [oldest] = this.#verified.keys()
    if (this.#verified.size > MOST && oldest !== undefined) this.#verified.delete(oldest)
  }

  /** A change makes everything remembered doubtful, and what is read until its transaction has ended; changes are rare. */
  #guarded(accounts: Omit<AccountStore, 'stateFor'>): AccountStore {
    const forget = async <T>(result: Promise<T>): Promise<T> => {
      try {
        return await result
      } finally {
        this.#doubtful = this.#services.platform.monotonic() + SETTLED
        this.#verified.clear()
      }
    }
    return {
      list: () => accounts.list(),
      get: (name) => accounts.get(name),
      stateFor: async (name, password, from = '') => (await this.#verify(name, password, from))?.state,
      prepare: (account) => this.#gate.pass(() => accounts.prepare(account)),
      add: (account) => this.#gate.pass(() => accounts.add(account)),
      change: (...given) => forget(accounts.change(...given)),
      setPassword: (name, password) => forget(this.#gate.pass(() => accounts.setPassword(name, password))),
      remove: (...given) => forget(accounts.remove(...given)),
    }
  }
}
