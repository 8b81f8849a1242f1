import { MessageContext } from '../context.ts'
import type { Deployment } from '../deployment.ts'
import type { BusServices } from '../bus.ts'
import { Exchange } from '../exchange.ts'
import type { Route } from '../route.ts'
import type { Mediator } from '../mediator.ts'
import type { Message } from '../message.ts'
import { type ArrivalOptions, createArrival, MemoryArrival, type MemoryReply } from './arrival.ts'
import { createDeployment } from './deployment.ts'
import { RecordedLog } from './services.ts'

export interface ContextOptions extends ArrivalOptions {
  readonly services?: BusServices
  readonly deployment?: Deployment
  readonly route?: Partial<Route>
  /** The message answers an earlier one. */
  readonly response?: boolean
}

/** A context whose surroundings can be looked at. */
export class TestContext extends MessageContext {
  readonly arrival: MemoryArrival

  constructor(exchange: Exchange, message: Message, response: boolean, arrival: MemoryArrival) {
    super(exchange, message, response)
    this.arrival = arrival
  }

  /** What was logged so far, as `LEVEL text`. */
  get lines(): string[] {
    const { log } = this.services
    return log instanceof RecordedLog ? log.lines : []
  }
}

/** A message on its way through a flow, at the point where a mediator receives it. */
export function createContext(options: ContextOptions = {}): TestContext {
  const arrival = createArrival(options)
  const exchange = new Exchange(deploymentOf(options), arrival, routeOf(options.route))
  return new TestContext(exchange, arrival.message, options.response ?? false, arrival)
}

/** Runs one request through a whole exchange, from arrival to answer, with `receive` as its in flow. */
export function deliver(receive: Mediator, options: ContextOptions = {}): Promise<MemoryReply> {
  const arrival = createArrival(options)
  new Exchange(deploymentOf(options), arrival, routeOf({ receive, ...options.route })).start()
  return arrival.answered
}

const deploymentOf = ({ deployment, services }: ContextOptions): Deployment =>
  deployment ?? createDeployment(services === undefined ? {} : { services })

const routeOf = (route: Partial<Route> = {}): Route => ({
  name: 'test',
  receive: () => 'continue',
  answer: undefined,
  fault: () => 'stop',
  ...route,
})
