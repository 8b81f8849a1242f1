import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type Arrival, Headers, Metrics } from 'viaduct'
import { describe, expect, test } from 'vitest'
import { echo, openListener, say, settingsWith } from '../testing/open-listener.ts'
import { RawClient } from '../testing/raw-client.ts'
import { createOverload } from './overload.ts'

const GET = 'GET /s HTTP/1.1\r\nHost: bus\r\n\r\n'
const bodied = (length: number): string => `POST /s HTTP/1.1\r\nHost: bus\r\nContent-Length: ${length}\r\n\r\n`

describe.concurrent('time limits', () => {
  test('a head that does not come to its end is answered with 408', async () => {
    await using listener = await openListener(echo, { timeouts: { headers: 300 } })
    await using client = await RawClient.to(listener.url)
    client.send('GET /s HTTP/1.1\r\nHost: b')
    expect(await client.ended(3_000)).toBe('closed')
    expect(client.statuses).toEqual([408])
  })

  test('a connection that says nothing is closed without a word', async () => {
    await using listener = await openListener(echo, { timeouts: { headers: 300 } })
    await using client = await RawClient.to(listener.url)
    expect(await client.ended(3_000)).toBe('closed')
    expect(client.received).toBe('')
  })

  test('a body that drips is answered with 408, although something always moves', async () => {
    let dispatched = 0
    await using listener = await openListener(() => dispatched++, { timeouts: { bodyIdle: 1_000 } })
    await using client = await RawClient.to(listener.url)
    client.send(bodied(100_000))
    const drip = setInterval(() => client.send('x'), 100)
    expect(await client.ended(6_000)).not.toBe('open')
    clearInterval(drip)
    expect(client.statuses).toEqual([408])
    expect(dispatched).toBe(0)
  })

  test('a body that is kept until it is complete has a limit over all', async () => {
    let dispatched = 0
    await using listener = await openListener(() => dispatched++, { timeouts: { build: 2_000 } })
    await using client = await RawClient.to(listener.url)
    client.send(bodied(60_000))
    const drip = setInterval(() => client.send('x'.repeat(1_200)), 100)
    expect(await client.ended(6_000)).not.toBe('open')
    clearInterval(drip)
    expect(client.statuses).toEqual([408])
    expect(dispatched).toBe(0)
  })

  test('a body that makes progress may take longer than the idle limit', async () => {
    await using listener = await openListener(echo, { timeouts: { bodyIdle: 1_000 } })
    await using client = await RawClient.to(listener.url)
    client.send(bodied(20_000))
    for (let i = 0; i < 10; i++) {
      client.send('x'.repeat(2_000))
      await wait(300)
    }
    expect(await client.until(/x$/)).toContain('200 OK')
  })

  test('a client that does not read its answer loses the connection', async () => {
    const written = Promise.withResolvers<void>()
    const body = Readable.from(endless(), { objectMode: false })
    await using listener = await openListener(
      (arrival) =>
        void Promise.resolve(arrival.reply({ status: 200, headers: new Headers(), body })).then(written.resolve),
      { timeouts: { reader: 1_000 } },
    )
    await using client = await RawClient.to(listener.url)
    client.socket.pause()
    client.send(GET)
    await written.promise
    expect(body.destroyed).toBe(true)
  })

  test('an idle connection is closed after keepAlive, not before', async () => {
    await using listener = await openListener(echo, { timeouts: { keepAlive: 1_000 } })
    await using client = await RawClient.to(listener.url)
    await client.send(GET).until(/-$/)
    await wait(700)
    await client.send(GET).until(/\/s -[^]*\/s -$/)
    expect(client.statuses).toEqual([200, 200])
    expect(await client.ended(4_000)).toBe('closed')
  })

  test('an answer that takes its time keeps the connection open', async () => {
    await using listener = await openListener((arrival) => void wait(2_500).then(() => say(arrival, 'late')), {
      timeouts: { keepAlive: 1_000, bodyIdle: 500, reader: 500 },
    })
    await using client = await RawClient.to(listener.url)
    expect(await client.send(GET).until(/late$/)).toContain('200 OK')
  })

  test('the rest of a body whose request has been answered is not read for ever', async () => {
    await using listener = await openListener((arrival) => say(arrival, 'early', 413))
    await using client = await RawClient.to(listener.url)
    await client.send(bodied(1_000_000) + 'x'.repeat(100_000)).until(/early$/)
    expect(await client.ended(9_000)).not.toBe('open')
  })
})

function* endless(): Generator<Buffer> {
  const piece = Buffer.alloc(65_536, 'x')
  for (;;) yield piece
}

describe('limits of number', () => {
  test('connections above the limit are dropped and counted', async () => {
    const metrics = new Metrics()
    await using listener = await openListener(echo, { limits: { connections: 1 }, metrics })
    await using first = await RawClient.to(listener.url)
    await first.send(GET).until(/-$/)
    await using second = await RawClient.to(listener.url)
    expect(await second.ended()).not.toBe('open')
    expect(metrics.refused).toBe(1)
    expect(await first.send(GET).until(/\/s -[^]*\/s -$/)).toMatch(/200 OK[^]*200 OK/)
  })

  test('requests above the limit get 503 and Retry-After before their body is read, until there is room again', async () => {
    const waiting: Arrival[] = []
    const metrics = new Metrics()
    await using listener = await openListener((arrival) => waiting.push(arrival), {
      limits: { requestsInFlight: 2 },
      metrics,
    })
    await using first = await RawClient.to(listener.url)
    await using second = await RawClient.to(listener.url)
    first.send(GET)
    second.send(GET)
    await wait(50)
    await using third = await RawClient.to(listener.url)
    const refused = await third.send(GET).until(/\n$/)
    expect(refused).toMatch(/^HTTP\/1\.1 503 [^]*Retry-After: 1\r\n/)
    await using uploading = await RawClient.to(listener.url)
    expect(await uploading.send(bodied(1_000_000)).ended()).toBe('closed')
    expect(uploading.statuses).toEqual([503])
    expect(metrics.refused).toBe(2)
    for (const arrival of waiting) say(arrival, 'done')
    await Promise.all([first.until(/done$/), second.until(/done$/)])
    third.send(GET)
    await wait(50)
    say(waiting.at(-1) as Arrival, 'again')
    expect(await third.until(/again$/)).toMatch(/503[^]*200 OK/)
  })

  test('what was refused, cut or broken leaves no place occupied', async () => {
    using overload = createOverload(settingsWith())
    await using listener = await openListener(echo, { overload, timeouts: { headers: 300 } })
    const ends = [
      'GET /s HTTP/1.1\r\nHost: a b\r\n\r\n',
      bodied(500),
      `${bodied(500_000)}${'x'.repeat(100_000)}`,
      bodied(5) + 'hello',
      GET,
    ]
    for (const text of ends) {
      const client = await RawClient.to(listener.url)
      client.send(text)
      await wait(30)
      client.socket.destroy()
      await client.ended()
    }
    await wait(100)
    expect(overload.inFlight).toBe(0)
  })
})

test('an event loop that is late twice in a row refuses, and takes again when it is back', async () => {
  using overload = createOverload(settingsWith({ limits: { loopDelay: 40 } }))
  expect(overload.enter()).toBe(true)
  overload.leave()
  const busy = setInterval(() => {
    const end = performance.now() + 80
    while (performance.now() < end);
  }, 1)
  await wait(1_200)
  expect(overload.enter()).toBe(false)
  clearInterval(busy)
  await wait(1_000)
  expect(overload.enter()).toBe(true)
})

test('memory above the limit refuses; far above it no connection is accepted', async () => {
  using overload = createOverload(settingsWith({ limits: { memory: 1_000_000 } }))
  await wait(400)
  expect(overload.enter()).toBe(false)
  expect(overload.exhausted).toBe(true)
})
