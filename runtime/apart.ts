import { Readable } from 'node:stream'
import { MessageContext } from './context.ts'
import { CORRELATION_HEADER } from './correlation.ts'
import { Exchange } from './exchange.ts'
import { type Mediator, stop } from './mediator.ts'
import type { Message } from './message.ts'
import type { Arrival, OutgoingReply } from './transport.ts'

/**
 * Runs a flow with a copy of a message in an exchange of its own: nobody waits for it, its faults end in the log, what it
 * answers reaches nobody, and it goes on when the client is gone. `message` is what the copy carries. The deployment stays
 * until the flow has ended. Resolves then; never rejects.
 */
export function runApart(ctx: MessageContext, name: string, message: Message, flow: Mediator): Promise<void> {
  const { deployment, correlationId, arrival } = ctx.exchange
  const { promise, resolve } = Promise.withResolvers<void>()
  message.headers.set(CORRELATION_HEADER, correlationId)
  const exchange = new Exchange(deployment, new ApartArrival(arrival, message), {
    name,
    prepare: (copy) => carryOver(ctx, copy),
    receive: flow,
    answer: undefined,
    fault: stop,
    complete: () => resolve(),
  })
  // The flow begins behind what the message itself has to do now; entering keeps the deployment until then.
  deployment.enter()
  setImmediate(() => {
    exchange.start()
    deployment.leave()
  })
  return promise
}

function carryOver(from: MessageContext, copy: MessageContext): void {
  from.properties.copyAllTo(copy.properties)
  copy.addressing = from.addressing.copyFor(copy)
  copy.frame = from.frame
  copy.depth = from.depth
  for (const [name, value] of from.variables) copy.variables.set(name, value)
}

/** What arrived, once more, with nobody at the other end. */
class ApartArrival implements Arrival {
  readonly transport: string
  readonly method: string
  readonly target: string
  readonly httpVersion: string
  readonly message: Message
  readonly remoteAddress: string
  readonly localAddress: string
  readonly localPort: number
  readonly inbound: string | undefined
  readonly peerCertificate: Arrival['peerCertificate']

  constructor(arrival: Arrival, message: Message) {
    this.transport = arrival.transport
    this.method = arrival.method
    this.target = arrival.target
    this.httpVersion = arrival.httpVersion
    this.message = message
    this.remoteAddress = arrival.remoteAddress
    this.localAddress = arrival.localAddress
    this.localPort = arrival.localPort
    this.inbound = arrival.inbound
    this.peerCertificate = () => arrival.peerCertificate()
  }

  reply({ body }: OutgoingReply): void {
    if (body instanceof Readable) body.destroy()
  }

  abort(): void {}

  onClose(): void {}
}
