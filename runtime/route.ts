import type { MessageContext } from './context.ts'
import type { Mediator } from './mediator.ts'
import type { Seal } from './message-security.ts'
import type { Arrival, OutgoingReply } from './transport.ts'

/** The way one exchange takes through the configuration: made by a proxy, an API resource, an inbound endpoint, or `main`. */
export interface Route {
  /** `proxy:Name`, `api:Name`, `main`: for logs and traces. */
  readonly name: string
  /** Properties set before the first mediator runs (`proxy.name`, REST_…). */
  prepare?(ctx: MessageContext): void
  /** Value of a default property that the way itself brings (`proxy.name`, `uri.var.x` …), made when a flow asks for it. */
  property?(name: string): unknown
  /** What the client wrote after the address of the service or API, with the query (axis2 REST_URL_POSTFIX). */
  postfix?(target: string): string
  /** How the answer of a flow is secured before it leaves; undefined: not at all. */
  seal?(ctx: MessageContext): Seal | undefined
  /** Adds header fields to whatever is answered (CORS). */
  complete?(answer: OutgoingReply, arrival: Arrival): void
  readonly receive: Mediator
  /** Out flow for answers; without one an answer goes straight back to the client. */
  readonly answer: Mediator | undefined
  /** Handler of last resort for faults of both flows. */
  readonly fault: Mediator
}
