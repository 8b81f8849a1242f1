import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type Arrival, Deadlines, Headers, type OutgoingRequest } from 'viaduct'
import { afterAll, expect, test } from 'vitest'
import { createLocalSender } from './local-sender.ts'

const deadlines = new Deadlines()
afterAll(() => deadlines[Symbol.dispose]())

const request = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url,
  timeout: 1000,
  headers: Headers.of({ 'Content-Type': 'text/xml' }),
  body: Buffer.from('<a/>'),
  ...more,
})

const echo = createLocalSender({
  deadlines,
  dispatch: (arrival) =>
    void arrival.reply({
      status: 200,
      headers: Headers.of({ 'Content-Type': 'text/xml', 'X-Target': arrival.target }),
      body: arrival.message.takeRaw(),
    }),
})

test.each([
  ['local://StockQuote', '/services/StockQuote'],
  ['local://services/StockQuote', '/services/StockQuote'],
  ['local:///services/StockQuote', '/services/StockQuote'],
  ['local:///services/StockQuote?a=1', '/services/StockQuote?a=1'],
  ['local:///stock/v1/ibm', '/stock/v1/ibm'],
])('%s reaches the bus as %s', async (url, target) => {
  const answer = await echo.send(request(url), () => {})
  expect(answer.message.headers.get('X-Target')).toBe(target)
  expect(answer.message.bytes?.toString()).toBe('<a/>')
})

test('a body that streams goes through as a stream', async () => {
  const answer = await echo.send(
    request('local://P', { body: Readable.from([Buffer.from('<a'), Buffer.from('/>')]) }),
    () => {},
  )
  expect(answer.message.built).toBe(false)
  await answer.message.build(100)
  expect(answer.message.bytes?.toString()).toBe('<a/>')
})

test('a message that keeps coming back becomes a fault after 16 rounds', async () => {
  let rounds = 0
  const sender = createLocalSender({
    deadlines,
    dispatch: (arrival) => {
      rounds++
      void wait(1)
        .then(() => sender.send(request('local://Self'), () => {}))
        .then(
          () => {},
          (fault: Error) =>
            void arrival.reply({ status: 500, headers: Headers.of({}), body: Buffer.from(fault.message) }),
        )
        .then(() => arrival.abort())
    },
  })
  await expect(sender.send(request('local://Self'), () => {})).rejects.toMatchObject({ code: 101505 })
  expect(rounds).toBe(16)
})

test('messages side by side do not count as one that comes back', async () => {
  const answers = await Promise.all(Array.from({ length: 50 }, () => echo.send(request('local://P'), () => {})))
  expect(answers).toHaveLength(50)
})

test('a service that ends without an answer is a closed connection', async () => {
  const aborting = createLocalSender({ deadlines, dispatch: (arrival: Arrival) => arrival.abort() })
  await expect(aborting.send(request('local://P'), () => {})).rejects.toMatchObject({ code: 101505 })
})

test('a service that does not answer in time is given up and told so', async () => {
  let told = false
  const silent = createLocalSender({ deadlines, dispatch: (arrival) => arrival.onClose(() => (told = true)) })
  await expect(silent.send(request('local://P', { timeout: 40 }), () => {})).rejects.toMatchObject({ code: 101504 })
  expect(told).toBe(true)
})

test('a client that goes away ends the service it was waiting for', async () => {
  let told = false
  let stop = () => {}
  const silent = createLocalSender({ deadlines, dispatch: (arrival) => arrival.onClose(() => (told = true)) })
  const answer = silent.send(request('local://P'), (register) => (stop = register))
  stop()
  await expect(answer).rejects.toMatchObject({ code: 'client-closed' })
  expect(told).toBe(true)
})
