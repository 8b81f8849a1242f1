import { defineMediator, sendBack } from 'viaduct'

/** `respond`: sends the current message back to the client (language reference 2.1). */
export const respond = defineMediator({
  name: 'respond',
  summary: 'Sends the message back to the client and ends the flow.',
  ends: true,
  compile: () => (ctx) => {
    ctx.response = true
    ctx.addressing.to = undefined
    return sendBack(ctx)
  },
})
