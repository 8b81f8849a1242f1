interface Session {
  readonly member: number
  expires: number
}

/** More clients than this at a time lose their oldest sessions: what clients can make grow has a bound. */
const MOST = 100_000

/** Which member owns the session of which client. The longest unused sessions stand first. */
export class Sessions {
  readonly #kept = new Map<string, Session>()

  /** The member of a session that has not ended; using it prolongs it. */
  find(id: string, now: number, timeout: number): number | undefined {
    const session = this.#kept.get(id)
    if (session === undefined) return undefined
    this.#kept.delete(id)
    if (session.expires <= now) return undefined
    session.expires = now + timeout
    this.#kept.set(id, session)
    return session.member
  }

  bind(id: string, member: number, now: number, timeout: number): void {
    this.#kept.delete(id)
    this.#kept.set(id, { member, expires: now + timeout })
    this.#dropOld(now)
  }

  get size(): number {
    return this.#kept.size
  }

  #dropOld(now: number): void {
    for (const [id, { expires }] of this.#kept) {
      if (expires > now && this.#kept.size <= MOST) break
      this.#kept.delete(id)
    }
  }
}
