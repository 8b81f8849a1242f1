import type { Arrival, Flow, Mediator, MessageContext, OutgoingReply, Route } from 'viaduct'
import type { InboundService } from './inbound-service.ts'

/** The way of a message that came through an inbound endpoint; which one it is shows when it starts, in its deployment. */
export class InboundRoute implements Route {
  readonly name: string
  readonly #service: InboundService
  readonly #arrival: Arrival
  #chosen: Route | undefined

  constructor(service: InboundService, arrival: Arrival) {
    this.name = `inbound:${service.name}`
    this.#service = service
    this.#arrival = arrival
  }

  prepare(ctx: MessageContext): void {
    this.#chosen = this.#service.choose(this.#arrival, ctx.deployment)
    this.#chosen.prepare?.(ctx)
  }

  readonly receive = (ctx: MessageContext): Flow | Promise<Flow> => this.#chosen?.receive(ctx) ?? 'stop'

  readonly fault = (ctx: MessageContext): Flow | Promise<Flow> => this.#chosen?.fault(ctx) ?? 'stop'

  get answer(): Mediator | undefined {
    return this.#chosen?.answer
  }

  property(name: string): unknown {
    if (name === 'isInbound') return true
    return name === 'inbound.endpoint.name' ? this.#service.name : this.#chosen?.property?.(name)
  }

  postfix(target: string): string {
    return this.#chosen?.postfix?.(target) ?? target
  }

  complete(answer: OutgoingReply, arrival: Arrival): void {
    this.#chosen?.complete?.(answer, arrival)
  }
}
