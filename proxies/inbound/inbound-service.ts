import {
  type Arrival,
  type Deployment,
  type Mediator,
  nested,
  type Reference,
  type Route,
  type Sequence,
} from 'viaduct'
import { ApiEntrance } from '../api/api-entrance.ts'
import type { ApiService } from '../api/api-service.ts'
import { ProxyEntrance } from '../proxy/proxy-entrance.ts'
import type { ProxyService } from '../proxy/proxy-service.ts'

interface InboundParts {
  readonly name: string
  readonly port: number
  readonly sequence: Reference<Sequence> | undefined
  readonly fault: Mediator
  /** Requests whose target matches go where requests of the standard listeners go. */
  readonly pattern: RegExp | undefined
  readonly dispatchesApis: boolean
}

/** A deployed HTTP inbound endpoint: chooses the way of what comes through its port (language reference 3.11). */
export class InboundService {
  readonly name: string
  readonly port: number
  readonly #parts: InboundParts
  #apis: ApiEntrance | undefined
  #proxies: ProxyEntrance | undefined

  constructor(parts: InboundParts) {
    this.name = parts.name
    this.port = parts.port
    this.#parts = parts
  }

  /** APIs that bind to it come first; then, as its parameters say, APIs and proxies of the standard listeners; then its sequence. */
  choose(arrival: Arrival, deployment: Deployment): Route {
    const { pattern, dispatchesApis } = this.#parts
    const apis = (this.#apis ??= new ApiEntrance(deployment.all('api').values() as Iterable<ApiService>, () => {}))
    const bound = apis.matchFor(this.name, arrival)
    if (bound !== undefined) return bound
    if (pattern === undefined)
      return (dispatchesApis ? apis.matchFor('default', arrival) : undefined) ?? this.#own(deployment)
    if (!pattern.test(arrival.target)) return this.#main(deployment)
    const proxies = (this.#proxies ??= new ProxyEntrance(deployment.all('proxy') as ReadonlyMap<string, ProxyService>))
    return apis.matchFor('default', arrival) ?? proxies.matchAny(arrival) ?? this.#main(deployment)
  }

  #own(deployment: Deployment): Route {
    const { sequence } = this.#parts
    if (sequence === undefined) return this.#main(deployment)
    return { ...this.#main(deployment), receive: (ctx) => nested(sequence.get(ctx).mediator, ctx) }
  }

  /** Answers go to `main`, which tells them apart with `in` and `out`. */
  #main(deployment: Deployment): Route {
    const main = deployment.find('sequence', 'main')?.mediator
    return { name: `inbound:${this.name}`, receive: main ?? (() => 'continue'), answer: main, fault: this.#parts.fault }
  }
}
