/** More different texts than a flow sensibly computes. */
const MOST_KEPT = 100

/** Makes something from a text once and keeps it: most messages ask for the same few. What cannot be made is not kept. */
export function kept<T>(make: (text: string) => T): (text: string) => T {
  const made = new Map<string, T>()
  return (text) => {
    const known = made.get(text)
    if (known !== undefined) return known
    const fresh = make(text)
    if (made.size >= MOST_KEPT) made.clear()
    made.set(text, fresh)
    return fresh
  }
}
