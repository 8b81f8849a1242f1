import type { Arrival, Entrance, Route } from 'viaduct'
import { InboundRoute } from './inbound-route.ts'
import type { InboundService } from './inbound-service.ts'

/** Takes everything that came through the port of an inbound endpoint. */
export class InboundEntrance implements Entrance {
  readonly #byPort: ReadonlyMap<string, InboundService>

  constructor(services: Iterable<InboundService>) {
    this.#byPort = new Map([...services].map((service) => [String(service.port), service]))
  }

  match(arrival: Arrival): Route | undefined {
    if (arrival.inbound === undefined) return undefined
    const service = this.#byPort.get(arrival.inbound)
    return service && new InboundRoute(service, arrival)
  }
}
