import { lookup as systemLookup, type LookupAddress, type LookupAllOptions, type LookupOptions } from 'node:dns'
import { Fault } from 'viaduct'

/** So long an answer is used without asking again. */
const FRESH = 5_000

/** So long an old answer is used when the name service fails or is slow. */
const STALE = 60_000
const PATIENCE = 1_000

const MOST_NAMES = 1_000

interface Known {
  readonly addresses: readonly LookupAddress[]
  readonly time: number
}

type LookupCallback = (failure: Error | null, address?: string | LookupAddress[], family?: number) => void

/** The shape that `net.connect` asks for. */
export type Lookup = (host: string, options: LookupOptions, callback: LookupCallback) => void

/** Says why a host must not be called at an address it resolved to, or nothing. */
export type AddressCheck = (host: string, address: string) => string | undefined

/**
 * Name resolution that remembers: one question at a time per name, an answer serves for 5 s, and for 60 s when the name service
 * fails, so that its outage does not become one of the bus. With `check`, the connection goes to exactly the addresses that passed.
 */
export class Names {
  readonly #known = new Map<string, Known>()
  readonly #asking = new Map<string, Promise<readonly LookupAddress[]>>()

  lookup(check?: AddressCheck): Lookup {
    return (host, options, callback) => {
      this.#resolve(host, options).then(
        (addresses) => {
          const refusal =
            check === undefined
              ? undefined
              : addresses.map(({ address }) => check(host, address)).find((why) => why !== undefined)
          if (refusal !== undefined) {
            callback(new Fault('address-refused', `The message names an address that must not be called: ${refusal}`))
            return
          }
          answer(addresses, options, callback)
        },
        (failure: unknown) => callback(failure as Error),
      )
    }
  }

  #resolve(host: string, { family, hints }: LookupOptions): Promise<readonly LookupAddress[]> {
    const key = `${host} ${family ?? 0} ${hints ?? 0}`
    const known = this.#known.get(key)
    const age = known === undefined ? Infinity : performance.now() - known.time
    if (known !== undefined && age < FRESH) return Promise.resolve(known.addresses)
    const asked =
      this.#asking.get(key) ??
      this.#ask(key, host, {
        all: true,
        ...(family === undefined ? {} : { family }),
        ...(hints === undefined ? {} : { hints }),
      })
    if (known === undefined || age > STALE) return asked
    return Promise.race([asked.catch(() => known.addresses), later(PATIENCE).then(() => known.addresses)])
  }

  #ask(key: string, host: string, options: LookupAllOptions): Promise<readonly LookupAddress[]> {
    const asked = new Promise<readonly LookupAddress[]>((resolve, reject) => {
      systemLookup(host, options, (failure, addresses) => {
        this.#asking.delete(key)
        if (failure !== null) {
          reject(failure)
          return
        }
        if (this.#known.size >= MOST_NAMES) this.#known.clear()
        this.#known.set(key, { addresses, time: performance.now() })
        resolve(addresses)
      })
    })
    this.#asking.set(key, asked)
    return asked
  }
}

function answer(addresses: readonly LookupAddress[], options: LookupOptions, callback: LookupCallback): void {
  const [first] = addresses
  if (first === undefined) callback(Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' }))
  else if (options.all === true) callback(null, [...addresses])
  else callback(null, first.address, first.family)
}

const later = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds).unref())
