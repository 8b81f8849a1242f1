import { randomBytes } from 'node:crypto'
import type { Platform, User } from 'viaduct'

/** Logins at the same time; beyond, the one that has not been used for longest ends. */
const MOST_SESSIONS = 10_000

interface Session {
  readonly user: Pick<User, 'name' | 'roles'>
  until: number
}

/** Logins of those who ask for decisions. Each use of one makes it last longer; none survives a restart. */
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
    this.#open.set(id, { user: { name, roles }, until: this.#platform.monotonic() + this.#lasting })
    for (const oldest of this.#open.keys()) {
      if (this.#open.size <= MOST_SESSIONS) break
      this.#open.delete(oldest)
    }
    return id
  }

  find(id: string): Pick<User, 'name' | 'roles'> | undefined {
    const session = this.#open.get(id)
    if (session === undefined) return undefined
    this.#open.delete(id)
    const now = this.#platform.monotonic()
    if (session.until <= now) return undefined
    session.until = now + this.#lasting
    this.#open.set(id, session)
    return session.user
  }

  close(id: string): void {
    this.#open.delete(id)
  }
}
