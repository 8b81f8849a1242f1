import type { MessageContext } from '../context.ts'
import type { Entrance } from '../deployment.ts'
import type { Seal } from '../message-security.ts'
import type { Route } from '../route.ts'
import type { Mediator } from '../mediator.ts'
import { sequence } from '../sequence.ts'
import type { Arrival, OutgoingReply } from '../transport.ts'

/** A way that runs something first: the sequence `pre-mediate` (language reference 1.2). */
class PreMediatedRoute implements Route {
  readonly #route: Route
  readonly name: string
  readonly receive: Mediator

  constructor(route: Route, before: Mediator) {
    this.#route = route
    this.name = route.name
    this.receive = sequence([before, route.receive])
  }

  get answer(): Mediator | undefined {
    return this.#route.answer
  }

  get fault(): Mediator {
    return this.#route.fault
  }

  prepare(ctx: MessageContext): void {
    this.#route.prepare?.(ctx)
  }

  property(name: string): unknown {
    return this.#route.property?.(name)
  }

  postfix(target: string): string {
    return this.#route.postfix === undefined ? target : this.#route.postfix(target)
  }

  seal(ctx: MessageContext): Seal | undefined {
    return this.#route.seal?.(ctx)
  }

  complete(answer: OutgoingReply, arrival: Arrival): void {
    this.#route.complete?.(answer, arrival)
  }
}

/** Puts `before` in front of every way that an entrance finds. */
export const preMediated = (entrance: Entrance, before: Mediator): Entrance => ({
  match(arrival: Arrival): Route | undefined {
    const route = entrance.match(arrival)
    return route && new PreMediatedRoute(route, before)
  },
})
