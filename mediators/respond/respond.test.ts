import { expect, test } from 'vitest'
import { compileMediators, createMarks, deliver, RecordedLog, testServices } from 'viaduct/testing'
import { respond } from './respond.ts'

const flow = (xml: string) => {
  const marks = createMarks()
  return { ...compileMediators(xml, { mediators: [respond, marks.definition] }), passed: marks.passed }
}

test('the message goes back to the client, byte for byte, with the status that a flow has set', async () => {
  const { mediator } = flow('<respond/>')
  const body = '<a>\n  <b/>\n</a>'
  const reply = await deliver((ctx) => (ctx.properties.set('axis2', 'HTTP_SC', '418'), mediator(ctx)), {
    body,
    streamed: true,
  })
  expect([reply.status, reply.text]).toEqual([418, body])
})

test('the flow ends, and the out flow is not run', async () => {
  const { mediator, passed } = flow('<respond/><mark name="after"/>')
  const reply = await deliver(mediator, { body: '<a/>', route: { answer: () => 'stop' } })
  expect(reply.text).toBe('<a/>')
  expect(passed).toEqual([])
})

test('a second answer is dropped with a warning', async () => {
  const { mediator } = flow('<respond/>')
  const log = new RecordedLog()
  const done = Promise.withResolvers<void>()
  const reply = await deliver(
    async (ctx) => {
      await mediator(ctx)
      await mediator(ctx)
      done.resolve()
      return 'stop' as const
    },
    { services: testServices({ log }), body: '<a/>' },
  )
  await done.promise
  expect(reply.text).toBe('<a/>')
  expect(log.lines).toEqual([expect.stringMatching(/^WARN .*second response/)])
})
