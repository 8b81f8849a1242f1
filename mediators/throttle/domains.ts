import { promises as dns } from 'node:dns'

/** Milliseconds that the name of an address is remembered. */
const TTL = 300_000
const MOST_NAMES = 10_000

interface Known {
  readonly name: Promise<string | undefined>
  readonly until: number
}

/** Host names of callers, asked of the resolver once in a while. */
export class Domains {
  readonly #known = new Map<string, Known>()

  /** The name in lower case; undefined when the address has none. */
  of(address: string, now: number): Promise<string | undefined> {
    const known = this.#known.get(address)
    if (known !== undefined && known.until > now) return known.name
    const [oldest] = this.#known.keys()
    if (this.#known.size >= MOST_NAMES && oldest !== undefined) this.#known.delete(oldest)
    const name = dns.lookupService(address, 0).then(
      ({ hostname }) => (hostname === address ? undefined : hostname.toLowerCase()),
      () => undefined,
    )
    this.#known.set(address, { name, until: now + TTL })
    return name
  }
}
