interface Kept {
  readonly fingerprint: string
  readonly value: object
}

/**
 * State that outlives a deployment: endpoint suspensions, session affinities, later throttles and caches. A compiled closure
 * borrows it by name; an artifact whose definition changed (another fingerprint) starts afresh.
 */
export class Stores {
  readonly #kept = new Map<string, Kept>()

  borrow<T extends object>(name: string, fingerprint: string, create: () => T): T {
    const kept = this.#kept.get(name)
    if (kept?.fingerprint === fingerprint) return kept.value as T
    const value = create()
    this.#kept.set(name, { fingerprint, value })
    return value
  }

  /** Forgets what no name in `used` refers to; called after a swap. */
  retain(used: ReadonlySet<string>): void {
    for (const name of this.#kept.keys()) if (!used.has(name)) this.#kept.delete(name)
  }
}
