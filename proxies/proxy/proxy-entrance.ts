import { type Arrival, type Entrance, Message, type Route, sendBack } from 'viaduct'
import { descriptionRoute } from '../wsdl/description-route.ts'
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
    return arrival.inbound === undefined ? this.matchAny(arrival) : undefined
  }

  /** The same for an arrival through an inbound endpoint, too. */
  matchAny(arrival: Arrival): Route | undefined {
    const { target } = arrival
    if (target === '/services' || target === '/services/') return SERVICE_LIST
    const proxy = this.#find(target)
    if (proxy === undefined || !proxy.takes(arrival)) return undefined
    if (arrival.method !== 'GET' || !target.includes('?')) return proxy
    const { service, publication } = proxy
    return descriptionRoute(service, publication, proxy.security?.published ?? [], arrival) ?? proxy
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

/** The list of services is nobody's business (`http.block_service_list`). */
const SERVICE_LIST: Route = {
  name: 'services',
  receive(ctx) {
    ctx.message = Message.empty()
    ctx.message.status = 403
    ctx.response = true
    return sendBack(ctx)
  },
  answer: undefined,
  fault: () => 'stop',
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
