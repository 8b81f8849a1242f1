import { expect, test } from 'vitest'
import { compileMediators, createMarks, deliver } from 'viaduct/testing'
import { drop } from './drop.ts'

test('the flow ends and the client gets 202', async () => {
  const marks = createMarks()
  const { mediator, diagnostics } = compileMediators('<drop/><mark name="after"/>', {
    mediators: [drop, marks.definition],
  })
  const reply = await deliver(mediator, { body: '<a/>' })
  expect([reply.status, reply.text]).toEqual([202, ''])
  expect(marks.passed).toEqual([])
  expect(diagnostics).toEqual([expect.stringContaining('test.xml:1:8 warning flow-unreachable')])
})
