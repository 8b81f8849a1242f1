import { randomBytes, timingSafeEqual } from 'node:crypto'
import type { User } from 'viaduct'

/** Without a request for so long, or altogether so long, one logs in again; milliseconds. */
const IDLE = 30 * 60_000
const LONGEST = 12 * 3_600_000
const MOST = 1_000

/** Somebody who has logged in to the console. */
export interface Session {
  user: User
  mayChange: boolean
  /** In every form, so that no other site can send one. */
  readonly formToken: string
  readonly since: number
  seen: number
  /** Shown on the next page, once. */
  notice: { readonly text: string; readonly failed: boolean } | undefined
}

/** Sessions of this process, by a secret that only the browser has. */
export class Sessions {
  readonly #sessions = new Map<string, Session>()
  readonly #now: () => number

  constructor(now: () => number) {
    this.#now = now
  }

  /** Begins one and gives its secret. */
  open(user: User, mayChange: boolean): string {
    const [oldest] = this.#sessions.keys()
    if (this.#sessions.size >= MOST && oldest !== undefined) this.#sessions.delete(oldest)
    const secret = randomBytes(32).toString('base64url')
    const now = this.#now()
    const formToken = randomBytes(32).toString('base64url')
    this.#sessions.set(secret, { user, mayChange, formToken, since: now, seen: now, notice: undefined })
    return secret
  }

  find(secret: string): Session | undefined {
    const session = this.#sessions.get(secret)
    if (session === undefined) return undefined
    const now = this.#now()
    if (now - session.seen > IDLE || now - session.since > LONGEST) {
      this.#sessions.delete(secret)
      return undefined
    }
    session.seen = now
    return session
  }

  close(secret: string): void {
    this.#sessions.delete(secret)
  }
}

/** Whether a form carries the token of its session. */
export function carriesToken({ formToken }: Session, given: string | null): boolean {
  const [a, b] = [Buffer.from(given ?? ''), Buffer.from(formToken)]
  return a.length === b.length && timingSafeEqual(a, b)
}
