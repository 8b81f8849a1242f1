import { defineMediator } from 'viaduct'

/** Runs what is inside for responses only. */
export const out = defineMediator({
  name: 'out',
  summary: 'Runs the mediators inside for responses, not for requests.',
  content: 'pipeline',
  compile:
    ({ pipeline = () => 'continue' }) =>
    (ctx) =>
      ctx.response ? pipeline(ctx) : 'continue',
})
