import type { Bucket } from './bucket.ts'

/** More correlations than are sensibly open at the same time. */
const MOST_OPEN = 10_000

/** Open buckets by what their messages have in common, for messages that no split of ours has made. */
export class Buckets {
  readonly #open = new Map<string, Bucket>()

  /** The open bucket of a correlation; a full house lets the oldest one go. */
  at(correlation: string, create: () => Bucket): Bucket {
    const found = this.#open.get(correlation)
    if (found !== undefined) return found
    if (this.#open.size >= MOST_OPEN) {
      const [oldest] = this.#open.values()
      oldest?.close()
    }
    const bucket = create()
    this.#open.set(correlation, bucket)
    bucket.onClose(() => this.#open.delete(correlation))
    return bucket
  }
}
