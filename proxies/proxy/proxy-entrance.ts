import type { Arrival, Entrance, Route } from 'viaduct'
import type { ProxyService } from './proxy-service.ts'

const PREFIX = '/services/'

/** Finds the proxy for `/services/<name>[.<port>][/operation]`, or for its own `ServiceURI`. */
export class ProxyEntrance implements Entrance {
  readonly #byName: ReadonlyMap<string, ProxyService>
  readonly #byUri: ReadonlyMap<string, ProxyService>

  constructor(proxies: ReadonlyMap<string, ProxyService>) {
    this.#byName = proxies
    this.#byUri = new Map(
      [...proxies.values()].flatMap((proxy) => (proxy.uri === undefined ? [] : [[proxy.uri, proxy]])),
    )
  }

  match(arrival: Arrival): Route | undefined {
    const proxy = this.#find(arrival.target)
    if (proxy === undefined || !proxy.active || !proxy.transports.includes(arrival.transport)) return undefined
    return proxy
  }

  #find(target: string): ProxyService | undefined {
    if (target.startsWith(PREFIX)) {
      const named = this.#named(serviceIn(target))
      if (named !== undefined) return named
    }
    return this.#byUri.size === 0 ? undefined : this.#byUri.get(pathOf(target))
  }

  /** Names may hold dots; else what follows the dot is a port of the WSDL. */
  #named(name: string): ProxyService | undefined {
    const exact = this.#byName.get(name)
    if (exact !== undefined) return exact
    const dot = name.lastIndexOf('.')
    return dot < 0 ? undefined : this.#named(name.slice(0, dot))
  }
}

function serviceIn(target: string): string {
  const end = endOf(target, PREFIX.length)
  const name = target.slice(PREFIX.length, end)
  if (!name.includes('%')) return name
  try {
    return decodeURIComponent(name)
  } catch {
    return name
  }
}

function endOf(target: string, from: number): number {
  for (let i = from; i < target.length; i++) {
    const code = target.charCodeAt(i)
    if (code === 0x2f || code === 0x3f) return i
  }
  return target.length
}

function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}
