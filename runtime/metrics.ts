/** How often a cache was asked and knew the answer. */
export interface CacheCounts {
  hits: number
  misses: number
  /** Entries that are kept now. */
  entries: number
}

/** Plain counters of one bus: adding is an increment, `/metrics` and the console read them. */
export class Metrics {
  arrivals = 0
  /** Requests refused before mediation: overload, shutdown. */
  refused = 0
  reloads = 0
  reloadsRefused = 0
  readonly #answers = new Map<number, number>()
  readonly #faults = new Map<string, number>()
  readonly #caches = new Map<string, CacheCounts>()

  answered(status: number): void {
    this.#answers.set(status, (this.#answers.get(status) ?? 0) + 1)
  }

  faulted(code: number | string): void {
    // Codes of throwError come from configurations, not from clients; the bound only guards against a runaway expression.
    const key = this.#faults.size < 200 || this.#faults.has(String(code)) ? String(code) : 'other'
    this.#faults.set(key, (this.#faults.get(key) ?? 0) + 1)
  }

  get answers(): ReadonlyMap<number, number> {
    return this.#answers
  }

  get faults(): ReadonlyMap<string, number> {
    return this.#faults
  }

  get caches(): ReadonlyMap<string, CacheCounts> {
    return this.#caches
  }

  /** The counts of the cache of that name, kept as long as the bus runs. Names come from configurations. */
  cache(name: string): CacheCounts {
    let counts = this.#caches.get(name)
    if (counts === undefined) this.#caches.set(name, (counts = { hits: 0, misses: 0, entries: 0 }))
    return counts
  }
}
