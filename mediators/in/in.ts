import { defineMediator } from 'viaduct'

/** Runs what is inside for requests only. */
export const inMediator = defineMediator({
  name: 'in',
  summary: 'Runs the mediators inside for requests, not for responses.',
  content: 'pipeline',
  compile:
    ({ pipeline = () => 'continue' }) =>
    (ctx) =>
      ctx.response ? 'continue' : pipeline(ctx),
})
