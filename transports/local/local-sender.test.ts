import { type Arrival, Headers, type OutgoingRequest } from 'viaduct'
import { expect, test } from 'vitest'
import { createLocalSender } from './local-sender.ts'

const request = (url: string, headers: Record<string, string> = {}): OutgoingRequest => ({
  method: 'POST',
  url,
  timeout: 1000,
  headers: Headers.of({ 'Content-Type': 'text/xml', ...headers }),
  body: Buffer.from('<a/>'),
})

const echo = createLocalSender({
  dispatch: (arrival) =>
    void arrival.reply({
      status: 200,
      headers: Headers.of({ 'Content-Type': 'text/xml', 'X-Target': arrival.target }),
      body: arrival.message.bytes,
    }),
})

test.each([
  ['local://StockQuote', '/services/StockQuote'],
  ['local://services/StockQuote', '/services/StockQuote'],
  ['local:///services/StockQuote', '/services/StockQuote'],
  ['local:///services/StockQuote?a=1', '/services/StockQuote?a=1'],
])('%s reaches the bus as %s', async (url, target) => {
  const answer = await echo.send(request(url), () => {})
  expect(answer.message.headers.get('X-Target')).toBe(target)
  expect(answer.message.bytes?.toString()).toBe('<a/>')
})

test('a message that keeps coming back becomes a fault', () => {
  expect(() => echo.send(request('local://Self', { 'X-Viaduct-Hops': '16' }), () => {})).toThrow(/too often/)
})

test('a hop count that is no number is refused as well', () => {
  expect(() => echo.send(request('local://Self', { 'X-Viaduct-Hops': 'many' }), () => {})).toThrow(/too often/)
})

test('a proxy that ends without an answer is a closed connection', async () => {
  const aborting = createLocalSender({ dispatch: (arrival: Arrival) => arrival.abort() })
  await expect(aborting.send(request('local://P'), () => {})).rejects.toMatchObject({ code: 101505 })
})
