import type { Message } from 'viaduct'

/** An answer as it came, and what is to be known to use it again. */
export interface CachedAnswer {
  /** Forked for every use, so that nobody changes it. */
  readonly message: Message
  readonly bytes: number
  /** Monotonic milliseconds. */
  readonly since: number
  readonly until: number
  readonly etag: string | undefined
  /** The back end must be asked before each use (Cache-Control: no-cache). */
  readonly revalidate: boolean
}

/** Bytes that one cache keeps at most. */
const MOST_BYTES = 64 * 1024 * 1024
const MOST_ANSWERS = 10_000

/** Answers by the hash of their requests; what was unused for the longest time goes first. */
export class CacheStore {
  readonly #most: number
  readonly #answers = new Map<string, CachedAnswer>()
  #bytes = 0
  hits = 0
  misses = 0

  /** `most`: how many answers; -1 leaves it to the limits of every cache. */
  constructor(most: number) {
    this.#most = most < 0 ? MOST_ANSWERS : Math.min(most, MOST_ANSWERS)
  }

  get size(): number {
    return this.#answers.size
  }

  /** The answer, unless its time is over. */
  get(key: string, now: number): CachedAnswer | undefined {
    const found = this.#answers.get(key)
    if (found === undefined || found.until <= now) {
      if (found !== undefined) this.delete(key)
      this.misses++
      return undefined
    }
    this.#answers.delete(key)
    this.#answers.set(key, found)
    this.hits++
    return found
  }

  set(key: string, answer: CachedAnswer): void {
    this.delete(key)
    if (answer.bytes > MOST_BYTES) return
    this.#answers.set(key, answer)
    this.#bytes += answer.bytes
    for (const oldest of this.#answers.keys()) {
      if (this.#bytes <= MOST_BYTES && this.#answers.size <= this.#most) break
      this.delete(oldest)
    }
  }

  delete(key: string): void {
    const found = this.#answers.get(key)
    if (found === undefined) return
    this.#answers.delete(key)
    this.#bytes -= found.bytes
  }

  clear(): void {
    this.#answers.clear()
    this.#bytes = 0
  }
}
