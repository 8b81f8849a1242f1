import { expect, test } from 'vitest'
import { Fault } from 'viaduct'
import { createDeployment, MemorySender, sendersOf, testServices } from 'viaduct/testing'
import { bench, mistakes } from '../testing/compile-endpoint.ts'

function home(named: string, backend?: ConstructorParameters<typeof MemorySender>[0]) {
  const sender = new MemorySender(backend)
  const services = testServices({ senders: sendersOf(sender) })
  const { endpoint } = bench(named, undefined, { services })
  const deployment = createDeployment({ services, artifacts: { endpoint: { Real: endpoint } } })
  const open = (xml: string) => {
    const made = bench(xml, undefined, { services, deployment })
    return { endpoint: made.endpoint, context: () => made.context({ deployment }) }
  }
  return { sender, real: endpoint, open }
}

test('a key stands for the endpoint of that name, state included', async () => {
  const { open, real, sender } = home(
    '<endpoint name="Real"><address uri="http://real/"/></endpoint>',
    () => new Fault(101503, 'refused'),
  )
  const { endpoint, context } = open('<endpoint key="Real"/>')
  const ctx = context()
  await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 101503 })
  expect(sender.requests[0]?.url).toBe('http://real/')
  expect([endpoint.ready(ctx), real.ready(ctx)]).toEqual([false, false])
})

test('a key-expression is looked up for every message', async () => {
  const { open, sender } = home('<endpoint name="Real"><address uri="http://real/"/></endpoint>')
  const { endpoint, context } = open(`<endpoint key-expression="get-property('name')"/>`)
  const ctx = context()
  ctx.properties.set('default', 'name', 'Real')
  await endpoint.call(ctx)
  expect(sender.requests).toHaveLength(1)
  ctx.properties.set('default', 'name', 'Other')
  await expect(endpoint.call(ctx)).rejects.toMatchObject({ code: 305100 })
})

test('a key that leads nowhere is found before anything starts', () => {
  expect(mistakes('<endpoint key="Nobody"/>')).toEqual([
    expect.stringContaining('test.xml:1:16 error reference-unresolved'),
  ])
})

test('a key-expression that cannot be compiled is reported at its place', () => {
  expect(mistakes('<endpoint key-expression="get-property("/>')).toEqual([
    expect.stringContaining('test.xml:1:27 error expression-invalid'),
  ])
})

test('several answers come through a key', async () => {
  const { open } = home(
    '<endpoint name="Real"><recipientlist><endpoint><address uri="http://a/"/></endpoint><endpoint><address uri="http://b/"/></endpoint></recipientlist></endpoint>',
    () => ({ body: '<ok/>' }),
  )
  const { endpoint, context } = open('<endpoint key="Real"/>')
  let answers = 0
  await endpoint.callEach?.(context(), () => answers++)
  expect(answers).toBe(2)
  const single = home('<endpoint name="Real"><address uri="http://a/"/></endpoint>', () => ({ body: '<ok/>' })).open(
    '<endpoint key="Real"/>',
  )
  await single.endpoint.callEach?.(single.context(), () => answers++)
  expect(answers).toBe(3)
})
