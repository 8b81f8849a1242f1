import { callerNetwork, FailedAttempts, type Platform, type User, type UserStore } from 'viaduct'
import { sameText } from '../../identity/index.ts'

export interface LoginSettings {
  readonly user: string
  readonly password: string
  /** Roles of users who may look but change nothing. */
  readonly viewers: readonly string[]
  /** Roles of users who may decide. */
  readonly roles: readonly string[]
}

/** Who may use the console, and whether for more than looking. */
export interface Admitted {
  readonly user: User
  readonly mayChange: boolean
}

export type LoggedIn =
  | ({ readonly outcome: 'in' } & Admitted)
  | { readonly outcome: 'wrong' | 'no-role' }
  | { readonly outcome: 'wait'; readonly seconds: number }

const ATTEMPTS = 5
const WINDOW = 60_000

/** Lets in the administrator of the settings, and users of the home with one of the roles. */
export class Login {
  readonly #settings: LoginSettings
  readonly #attempts: FailedAttempts

  constructor(settings: LoginSettings, platform: Platform) {
    this.#settings = settings
    this.#attempts = new FailedAttempts(platform, ATTEMPTS, WINDOW)
  }

  async attempt(name: string, password: string, from: string, users: UserStore | undefined): Promise<LoggedIn> {
    const who = `${name.toLowerCase()}\n${callerNetwork(from)}`
    const wait = this.#attempts.refusedFor(who)
    if (wait > 0) return { outcome: 'wait', seconds: Math.ceil(wait / 1000) }
    const { user: admin, password: secret, roles } = this.#settings
    if (name === admin && sameText(password, secret)) {
      this.#attempts.succeeded(who)
      return { outcome: 'in', user: { name, roles, claims: new Map() }, mayChange: true }
    }
    const user = name === admin ? undefined : await users?.authenticate(name, password, from)
    if (user === undefined) {
      this.#attempts.failed(who)
      return { outcome: 'wrong' }
    }
    this.#attempts.succeeded(who)
    const admitted = this.#admitted(user)
    return admitted === undefined ? { outcome: 'no-role' } : { outcome: 'in', ...admitted }
  }

  /** What somebody who has logged in may do by now; undefined when he may not log in any more. */
  async again({ user, mayChange }: Admitted, users: UserStore | undefined): Promise<Admitted | undefined> {
    if (user.name === this.#settings.user) return { user, mayChange }
    const found = await users?.find(user.name)
    return found && this.#admitted(found)
  }

  #admitted(user: User): Admitted | undefined {
    const { roles, viewers } = this.#settings
    const mayChange = user.roles.some((role) => roles.includes(role))
    return mayChange || user.roles.some((role) => viewers.includes(role)) ? { user, mayChange } : undefined
  }
}
