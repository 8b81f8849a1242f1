/**
 * Header fields in the order and spelling they came in, found without regard to case. Holds Node's flat
 * `[name, value, name, value]` list as it is, so that a message nobody looks at copies nothing.
 */
export class Headers {
  #raw: readonly string[]
  #owned = false
  #touched = false

  constructor(raw: readonly string[] = []) {
    this.#raw = raw
  }

  static of(fields: Readonly<Record<string, string>>): Headers {
    return new Headers(Object.entries(fields).flat())
  }

  /** The flat list; the caller must not change it. */
  get raw(): readonly string[] {
    return this.#raw
  }

  /** The first field of that name. */
  get(name: string): string | undefined {
    const at = this.#find(name, 0)
    return at < 0 ? undefined : this.#raw[at + 1]
  }

  all(name: string): string[] {
    const values: string[] = []
    for (let at = this.#find(name, 0); at >= 0; at = this.#find(name, at + 2)) values.push(this.#raw[at + 1] ?? '')
    return values
  }

  has(name: string): boolean {
    return this.#find(name, 0) >= 0
  }

  /** Replaces every field of that name by one, at the place of the first. */
  set(name: string, value: string): void {
    const own = this.#own()
    const at = this.#find(name, 0)
    if (at < 0) {
      own.push(name, value)
      return
    }
    own[at + 1] = value
    for (let next = this.#find(name, at + 2); next >= 0; next = this.#find(name, next)) own.splice(next, 2)
  }

  add(name: string, value: string): void {
    this.#own().push(name, value)
  }

  delete(name: string): void {
    let at = this.#find(name, 0)
    if (at < 0) return
    const own = this.#own()
    for (; at >= 0; at = this.#find(name, at)) own.splice(at, 2)
  }

  clear(): void {
    this.#raw = []
    this.#owned = true
  }

  /** Whether anything was written to the fields since they came from a parser that checked them. */
  get touched(): boolean {
    return this.#touched
  }

  /** A copy that can be changed without changing this one. */
  clone(): Headers {
    this.#owned = false
    const copy = new Headers(this.#raw)
    copy.#touched = this.#touched
    return copy
  }

  *[Symbol.iterator](): IterableIterator<[name: string, value: string]> {
    for (let i = 0; i + 1 < this.#raw.length; i += 2) yield [this.#raw[i] ?? '', this.#raw[i + 1] ?? '']
  }

  #own(): string[] {
    this.#touched = true
    if (!this.#owned) {
      this.#raw = [...this.#raw]
      this.#owned = true
    }
    return this.#raw as string[]
  }

  #find(name: string, from: number): number {
    const raw = this.#raw
    const { length } = name
    let lower: string | undefined
    for (let i = from; i < raw.length; i += 2) {
      const candidate = raw[i]
      if (candidate === undefined || candidate.length !== length) continue
      if (candidate === name) return i
      lower ??= name.toLowerCase()
      if (candidate.toLowerCase() === lower) return i
    }
    return -1
  }
}
