import { expect, test } from 'vitest'
import { compileElement, createArrival, createDeployment, createMarks, deliver } from 'viaduct/testing'
import { sequence } from './sequence.ts'

const compile = (xml: string) => {
  const marks = createMarks()
  const handled: unknown[] = []
  const deployment = createDeployment({
    artifacts: {
      sequence: {
        handler: {
          name: 'handler',
          mediator: (ctx) => (handled.push(ctx.properties.get('default', 'ERROR_MESSAGE')), 'continue'),
        },
      },
    },
  })
  const compiled = compileElement(sequence, xml, { deployment, mediators: [marks.definition] })
  const run = () => deliver(compiled.value?.mediator ?? (() => 'stop'), { deployment })
  return { ...compiled, passed: marks.passed, handled, run }
}

test('mediators run in order, under the name of the sequence', async () => {
  const { value, passed, run } = compile(
    '<sequence name="s"><mark name="a"/><mark name="b" flow="later"/><mark name="c"/></sequence>',
  )
  expect(value?.name).toBe('s')
  await run()
  expect(passed).toEqual(['a', 'b', 'c'])
})

test('onError handles a fault, and the flow ends', async () => {
  const { passed, handled, run } = compile(
    '<sequence name="s" onError="handler"><mark name="a" flow="fault"/><mark name="b"/></sequence>',
  )
  expect((await run()).status).toBe(500)
  expect([passed, handled]).toEqual([['a'], ['a']])
})

test('an empty sequence does nothing', async () => {
  expect((await compile('<sequence name="s"/>').run()).status).toBe(202)
})

test('a sequence needs a name, and a handler that exists', () => {
  expect(compile('<sequence/>').diagnostics).toEqual([expect.stringContaining('test.xml:1:1 error attribute-missing')])
  expect(compile('<sequence name="s" onError="nobody"/>').diagnostics).toEqual([
    expect.stringContaining('test.xml:1:29 error reference-unresolved'),
  ])
})

test('main takes what nothing else takes, for answers too, unless it is the default one', () => {
  const main = { name: 'main', mediator: () => 'stop' as const, byDefault: false }
  const fault = { name: 'fault', mediator: () => 'continue' as const, byDefault: true }
  const entrance = sequence.entrance?.(new Map(Object.entries({ main, fault })), undefined as never)
  const route = entrance?.match(createArrival({ target: '/anything' }))
  expect(route).toMatchObject({ name: 'main', receive: main.mediator, answer: main.mediator, fault: fault.mediator })
  const byDefault = sequence.entrance?.(new Map([['main', { ...main, byDefault: true }]]), undefined as never)
  expect(byDefault?.match(createArrival({ target: '/anything' }))).toBeUndefined()
})
