import { defineMediator, stop } from 'viaduct'

/** `loopback`: goes over to the out flow as if the message were an answer (language reference 2.1). */
export const loopback = defineMediator({
  name: 'loopback',
  summary: 'Takes a request over to the out flow of its proxy or API resource.',
  ends: true,
  compile: () => (ctx) => {
    if (ctx.response) return 'stop'
    ctx.response = true
    ctx.addressing.to = undefined
    const flow = ctx.exchange.receive(ctx)
    return typeof flow === 'string' ? 'stop' : flow.then(stop)
  },
})
