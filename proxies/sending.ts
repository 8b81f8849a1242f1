import type { Endpoint, Flow, Mediator } from 'viaduct'

/** Sends the message on and hands what comes back to the out flow: what a proxy does with its target endpoint. */
export const sendTo =
  (endpointOf: (ctx: Parameters<Mediator>[0]) => Endpoint): Mediator =>
  (ctx) => {
    const endpoint = endpointOf(ctx)
    if (endpoint.callEach !== undefined)
      return endpoint.callEach(ctx, (answer) => answer.exchange.receive(answer)).then(stop)
    return endpoint.call(ctx).then((answer) => {
      if (answer === undefined || answer === ctx) return 'stop'
      const flow = answer.exchange.receive(answer)
      return typeof flow === 'string' ? 'stop' : flow.then(stop)
    })
  }

const stop = (): Flow => 'stop'
