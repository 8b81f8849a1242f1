import { randomBytes } from 'node:crypto'
import type { Platform, User, UserStore } from 'viaduct'

/** Logins at the same time; beyond, the one that has not been used for longest ends. */
const MOST_SESSIONS = 10_000

/** So long a user counts as he was read last; milliseconds. */
const TRUSTED = 5_000

interface Session {
  user: Pick<User, 'name' | 'roles'>
  until: number
  /** When the user was read last. */
  read: number
}

/**
 * Logins of those who ask for decisions. Each use of one makes it last longer; none survives a restart, nor that its user may
 * not log in any more.
 */
export class Sessions {
  readonly #platform: Platform
  readonly #lasting: number
  readonly #open = new Map<string, Session>()

  /** `lasting`: milliseconds without a use. */
  constructor(platform: Platform, lasting: number) {
    this.#platform = platform
    this.#lasting = lasting
  }

  /** Opens one and gives its identifier, which cannot be guessed. */
  open({ name, roles }: Pick<User, 'name' | 'roles'>): string {
    const id = randomBytes(24).toString('base64url')
    const now = this.#platform.monotonic()
    this.#open.set(id, { user: { name, roles }, until: now + this.#lasting, read: now })
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_SESSIONS) break
      this.#open.delete(oldest)
    }
    return id
  }

  /** The user as `users` knows him now, give or take five seconds. Rejects when they cannot be asked. */
  async find(id: string, users: Pick<UserStore, 'find'>): Promise<Pick<User, 'name' | 'roles'> | undefined> {
    const session = this.#open.get(id)
    if (session === undefined) return undefined
    this.#open.delete(id)
    const now = this.#platform.monotonic()
    if (session.until <= now) return undefined
    session.until = now + this.#lasting
    this.#open.set(id, session)
    if (now - session.read < TRUSTED) return session.user
    const user = await users.find(session.user.name)
    if (user === undefined) {
      this.close(id)
      return undefined
    }
    session.read = now
    session.user = { name: user.name, roles: user.roles }
    return session.user
  }

  close(id: string): void {
    this.#open.delete(id)
  }
}
