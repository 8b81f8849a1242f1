import type { BodyBudget } from './body-budget.ts'
import { CORRELATION_HEADER } from './correlation.ts'
import type { Deployment } from './deployment.ts'
import { Exchange } from './exchange.ts'
import { Fault } from './fault.ts'
import { faultReply } from './formats/fault-reply.ts'
import type { Logger } from './log.ts'
import type { Metrics } from './metrics.ts'
import type { Watchdog } from './modules/watchdog.ts'
import type { Platform } from './platform.ts'
import type { Settings } from './settings.ts'
import type { Stores } from './stores.ts'
import type { Deadlines } from './time.ts'
import type { Arrival, Sender } from './transport.ts'

/** A port that an inbound endpoint asks for. Asking again for the same one shares it; it closes when nobody uses it any more. */
export interface ListenRequest {
  /** What arrivals carry as `inbound`. */
  readonly inbound: string
  readonly port: number
  /** HTTPS, with the certificate of the settings. */
  readonly secure: boolean
}

/** What one bus process gives to every deployment and message. */
export interface BusServices {
  readonly settings: Settings
  readonly platform: Platform
  readonly deadlines: Deadlines
  readonly log: Logger
  readonly stores: Stores
  /** What built bodies share (limits.bodies). */
  readonly bodies: BodyBudget
  readonly metrics: Metrics
  /** Names the module that blocks the event loop; undefined when the home has none. */
  readonly watchdog: Watchdog | undefined
  /** Opens a further port, for an inbound endpoint; undefined where no ports are opened (checks, tests). */
  readonly listen?: ((request: ListenRequest) => Promise<() => Promise<void>>) | undefined
  /** Senders by URL scheme. */
  readonly senders: ReadonlyMap<string, Sender>
  /** `system` scope: shared by all messages. */
  readonly system: Map<string, string>
  /** Environment variables, `env` scope and `$SYSTEM:`. */
  readonly environment: (name: string) => string | undefined
  /** The home folder; '' when there is none (tests). */
  readonly home: string
}

/** Takes messages from listeners and runs each in the deployment that is current when it arrives. */
export class Bus {
  readonly services: BusServices
  #current: Deployment | undefined

  constructor(services: BusServices) {
    this.services = services
  }

  get deployment(): Deployment | undefined {
    return this.#current
  }

  /** Listeners call this for every request; returns as soon as nothing has to be waited for. Never throws. */
  dispatch(arrival: Arrival): void {
    this.services.metrics.arrivals++
    const deployment = this.#current
    const route = deployment?.route(arrival)
    if (deployment === undefined || route === undefined) {
      this.#turnAway(arrival, deployment !== undefined)
      return
    }
    new Exchange(deployment, arrival, route).start()
  }

  #turnAway(arrival: Arrival, running: boolean): void {
    const { log, metrics } = this.services
    const reason = running ? 'Not found' : 'The bus is starting or stopping'
    const answer = faultReply(arrival, new Fault(0, reason), running ? 404 : 503)
    metrics.answered(answer.status)
    log.log('INFO', 'bus', `${arrival.method} ${arrival.target}: ${answer.status} ${reason}`, {
      correlation_id: answer.headers.get(CORRELATION_HEADER),
    })
    void arrival.reply(answer)
  }

  /** One assignment: messages that arrive from now on see `next`. Resolves when the old deployment is idle and closed. */
  async swap(next: Deployment): Promise<void> {
    const old = this.#current
    this.#current = next
    await old?.[Symbol.asyncDispose]()
  }

  /** Takes no more messages and waits for those under way. */
  async stop(): Promise<void> {
    const old = this.#current
    this.#current = undefined
    await old?.[Symbol.asyncDispose]()
  }
}
