import { expect, test } from 'vitest'
import { type Mediator } from 'viaduct'
import { compileMediators, createMarks, deliver } from 'viaduct/testing'
import { loopback } from './loopback.ts'

const flow = (xml: string) => {
  const marks = createMarks()
  return { ...compileMediators(xml, { mediators: [loopback, marks.definition] }), passed: marks.passed }
}

test('a request goes over to the out flow, and the in flow ends', async () => {
  const { mediator, passed } = flow('<loopback/><mark name="after"/>')
  const answer: Mediator = (ctx) => {
    passed.push(`out, response: ${ctx.response}`)
    return ctx.exchange.respond(ctx)?.then(() => 'stop' as const) ?? 'stop'
  }
  const reply = await deliver(mediator, { body: '<a/>', route: { answer } })
  expect(reply.text).toBe('<a/>')
  expect(passed).toEqual(['out, response: true'])
})

test('without an out flow the message goes back to the client', async () => {
  expect((await deliver(flow('<loopback/>').mediator, { body: '<a/>' })).text).toBe('<a/>')
})

test('in the out flow it only ends the flow', async () => {
  const { mediator, passed } = flow('<loopback/><mark name="after"/>')
  const reply = await deliver((ctx) => ((ctx.response = true), mediator(ctx)), {
    body: '<a/>',
    route: { answer: () => (passed.push('out'), 'stop') },
  })
  expect(reply.status).toBe(202)
  expect(passed).toEqual([])
})
