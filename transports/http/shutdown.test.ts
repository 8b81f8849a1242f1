import { setTimeout as wait } from 'node:timers/promises'
import type { Arrival } from 'viaduct'
import { expect, test } from 'vitest'
import { echo, openListener, say } from '../testing/open-listener.ts'
import { RawClient } from '../testing/raw-client.ts'

const GET = 'GET /s HTTP/1.1\r\nHost: bus\r\n\r\n'

test('shutting down answers what is under way and tells clients to close', async () => {
  const arrivals: Arrival[] = []
  const listener = await openListener((arrival) => arrivals.push(arrival), { timeouts: { drain: 200 } })
  await using client = await RawClient.to(listener.url)
  client.send(GET)
  await wait(50)
  const closed = listener[Symbol.asyncDispose]()
  await wait(50)
  say(arrivals[0] as Arrival, 'done')
  expect(await client.until(/done$/)).toContain('Connection: close\r\n')
  await closed
  await expect(RawClient.to(listener.url)).rejects.toMatchObject({ code: 'ECONNREFUSED' })
})

test('a request that is on the wire of an idle connection when shutdown begins is answered', async () => {
  const listener = await openListener(echo, { timeouts: { drain: 300 } })
  await using client = await RawClient.to(listener.url)
  await client.send(GET).until(/-$/)
  const closed = listener[Symbol.asyncDispose]()
  const answers = await client.send(GET).until(/\/s -[^]*\/s -$/)
  expect(answers).toMatch(/200 OK[^]*200 OK[^]*Connection: close/)
  await closed
  expect(await client.ended()).toBe('closed')
})

test('idle connections are closed after the drain time, those that never end after shutdown', async () => {
  const listener = await openListener((arrival) => void (arrival.target === '/s' && say(arrival, 'ok')), {
    timeouts: { drain: 100, shutdown: 600 },
  })
  await using idle = await RawClient.to(listener.url)
  await idle.send(GET).until(/ok$/)
  await using stuck = await RawClient.to(listener.url)
  stuck.send(GET.replace('/s', '/never'))
  await wait(50)
  const start = performance.now()
  const closed = listener[Symbol.asyncDispose]()
  await idle.ended()
  expect(performance.now() - start).toBeLessThan(450)
  await closed
  expect(performance.now() - start).toBeGreaterThan(550)
  expect(await stuck.ended()).not.toBe('open')
})

test('shutting down a listener that nobody uses takes no time', async () => {
  const listener = await openListener(echo, { timeouts: { drain: 5_000 } })
  const start = performance.now()
  await listener[Symbol.asyncDispose]()
  expect(performance.now() - start).toBeLessThan(500)
})
