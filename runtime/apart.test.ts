import { Fault, type Mediator, runApart } from 'viaduct'
import { createContext, createDeployment } from 'viaduct/testing'
import { expect, test } from 'vitest'

const contextOf = () => {
  const deployment = createDeployment()
  const ctx = createContext({
    deployment,
    body: '<a/>',
    contentType: 'application/xml',
    headers: { 'X-Correlation-ID': 'c-1' },
  })
  return { ctx, deployment }
}

test('the flow has a copy: properties, variables, addresses, and the message that it is given', async () => {
  const { ctx } = contextOf()
  ctx.properties.set('default', 'a', 1)
  ctx.properties.set('axis2', 'b', 2)
  ctx.variables.set('c', 3)
  ctx.addressing.to = 'urn:to'
  const message = ctx.message.fork()
  let seen: unknown[] = []
  await runApart(ctx, 'apart', message, (copy) => {
    seen = [
      copy.properties.get('default', 'a'),
      copy.properties.get('axis2', 'b'),
      copy.variables.get('c'),
      copy.addressing.to,
      copy.message === message,
      copy.exchange === ctx.exchange,
      copy.exchange.correlationId,
      copy.exchange.route.name,
    ]
    copy.properties.set('default', 'a', 'changed')
    copy.variables.set('c', 'changed')
    return 'continue' as const
  })
  expect(seen).toEqual([1, 2, 3, 'urn:to', true, false, 'c-1', 'apart'])
  expect(ctx.properties.get('default', 'a')).toBe(1)
  expect(ctx.variables.get('c')).toBe(3)
})

test('it begins behind what is under way, and keeps its deployment until it has ended', async () => {
  const { ctx, deployment } = contextOf()
  const order: string[] = []
  const release = Promise.withResolvers<void>()
  const ended = runApart(ctx, 'apart', ctx.message.fork(), async () => {
    order.push('apart')
    await release.promise
    return 'stop' as const
  })
  order.push('main')
  expect(deployment.inFlight).toBe(1)
  await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  expect(order).toEqual(['main', 'apart'])
  expect(deployment.inFlight).toBe(1)
  release.resolve()
  await ended
  await expect.poll(() => deployment.inFlight).toBe(0)
})

test.each<[string, Mediator]>([
  [
    'throws',
    () => {
      throw new Fault(0, 'kit: thrown')
    },
  ],
  ['rejects', () => Promise.reject(new Fault(0, 'kit: thrown'))],
])('a flow that %s ends in the log and nowhere else', async (_how, flow) => {
  const { ctx } = contextOf()
  await runApart(ctx, 'apart', ctx.message.fork(), flow)
  expect(ctx.lines).toEqual([expect.stringMatching(/^ERROR apart: fault 0: kit: thrown/)])
  expect(ctx.arrival.replies).toEqual([])
})

test('what it answers reaches nobody', async () => {
  const { ctx } = contextOf()
  await runApart(ctx, 'apart', ctx.message.fork(), async (copy) => {
    await copy.exchange.respond(copy)
    return 'stop' as const
  })
  expect(ctx.arrival.replies).toEqual([])
  expect(ctx.exchange.responded).toBe(false)
})

test('it goes on when the client is gone', async () => {
  const { ctx } = contextOf()
  const release = Promise.withResolvers<void>()
  let aborted: boolean | undefined
  const ended = runApart(ctx, 'apart', ctx.message.fork(), async (copy) => {
    await release.promise
    aborted = copy.signal.aborted
    return 'continue' as const
  })
  ctx.arrival.close()
  release.resolve()
  await ended
  expect(aborted).toBe(false)
})
