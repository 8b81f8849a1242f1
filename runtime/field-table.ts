interface Entry<T> {
  readonly lower: string
  /** As most senders write it: `Content-Type`. */
  readonly usual: string
  readonly letter: number
  readonly value: T
}

/**
 * Values by the name of a header field in whatever case it is written. Length and first letter tell for most fields of a
 * message that they are not in the table, and for most others no string is made.
 */
export class FieldTable<T> {
  readonly #byLength: (readonly Entry<T>[])[]

  /** `entries` are names in lower case, with their values. */
  constructor(entries: readonly (readonly [name: string, value: T])[]) {
    const longest = Math.max(...entries.map(([name]) => name.length))
    this.#byLength = Array.from({ length: longest + 1 }, (_, length) =>
      entries.filter(([name]) => name.length === length).map(([name, value]) => entryOf(name, value)),
    )
  }

  get(name: string): T | undefined {
    const { length } = name
    if (length >= this.#byLength.length) return undefined
    const letter = name.charCodeAt(0) | 0x20
    for (const entry of this.#byLength[length] ?? [])
      if (entry.letter === letter && (name === entry.usual || name.toLowerCase() === entry.lower)) return entry.value
    return undefined
  }
}

function entryOf<T>(lower: string, value: T): Entry<T> {
  const usual = lower.replaceAll(/(?:^|-)[a-z]/g, (letter) => letter.toUpperCase())
  return { lower, usual, letter: lower.charCodeAt(0), value }
}
