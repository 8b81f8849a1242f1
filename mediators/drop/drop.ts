import { defineMediator } from 'viaduct'

/** `drop`: the message ends here (language reference 2.1). A client that waits gets 202. */
export const drop = defineMediator({
  name: 'drop',
  summary: 'Ends the flow: the message goes nowhere.',
  ends: 'only',
  compile: () => (ctx) => {
    ctx.addressing.to = undefined
    return 'stop'
  },
})
