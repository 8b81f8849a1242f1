import { createServer } from 'node:net'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type Arrival, Headers } from 'viaduct'
import { expect, test } from 'vitest'
import { echo, openListener, say } from '../testing/open-listener.ts'
import { RawClient } from '../testing/raw-client.ts'

const request = (line: string, fields: readonly string[] = [], body = ''): string =>
  `${[line, 'Host: bus', ...fields].join('\r\n')}\r\n\r\n${body}`

const post = (body: string, fields: readonly string[] = []): string =>
  request('POST /s HTTP/1.1', [`Content-Length: ${body.length}`, ...fields], body)

/** Sends a text to a listener and gives what came back until `pattern` or the end of the connection. */
async function ask(
  text: string,
  dispatch: (arrival: Arrival) => void = echo,
  pattern = /-$|hello$|\r\n\r\n$|\n$/,
): Promise<RawClient> {
  await using listener = await openListener(dispatch)
  const client = await RawClient.to(listener.url)
  await client.send(text).until(pattern)
  client.socket.destroy()
  await client.ended()
  return client
}

test('a request reaches the bus with its fields in order and spelling, and its answer the client', async () => {
  const arrivals: Arrival[] = []
  await using listener = await openListener((arrival) => {
    arrivals.push(arrival)
    echo(arrival)
  })
  await using client = await RawClient.to(listener.url)
  const answer = await client.send(post('hello', ['soapAction: "urn:a"', 'X-A: 1', 'x-a: 2'])).until(/hello$/)
  const [arrival] = arrivals
  expect(arrival?.message.headers.raw).toEqual([
    'Host',
    'bus',
    'Content-Length',
    '5',
    'soapAction',
    '"urn:a"',
    'X-A',
    '1',
    'x-a',
    '2',
  ])
  expect(arrival).toMatchObject({
    transport: 'http',
    method: 'POST',
    target: '/s',
    httpVersion: '1.1',
    remoteAddress: '127.0.0.1',
  })
  expect(arrival?.localPort).toBe(Number(new URL(listener.url).port))
  expect(arrival?.peerCertificate()).toBeUndefined()
  expect(answer).toMatch(/^HTTP\/1\.1 200 OK\r\nContent-Type: text\/plain\r\n/)
  expect(answer).toContain('Keep-Alive: timeout=65\r\n')
  expect(answer).toContain('Content-Length: 13\r\n')
})

test('a chunked body is put together, its extensions and trailers end here', async () => {
  const body = '3;a=b\r\nhel\r\n2\r\nlo\r\n0\r\nX-Trailer: 1\r\n\r\n'
  const client = await ask(request('POST /s HTTP/1.1', ['Transfer-Encoding: chunked'], body))
  expect(client.received).toMatch(/POST \/s hello$/)
})

test('an empty body is no body', async () => {
  for (const text of [
    post(''),
    request('POST /s HTTP/1.1', ['Transfer-Encoding: chunked'], '0\r\n\r\n'),
    request('GET /s HTTP/1.1'),
  ]) {
    expect((await ask(text)).received).toMatch(/ \/s -$/)
  }
})

test('a body above 64 KB starts its way before it is complete, and the client is slowed down to the reader', async () => {
  let body: Readable | undefined
  await using listener = await openListener((arrival) => (body = arrival.message.takeRaw() as Readable), {
    timeouts: { shutdown: 100 },
  })
  await using client = await RawClient.to(listener.url)
  const megabyte = 'x'.repeat(1_000_000)
  client.send(request('POST /s HTTP/1.1', ['Content-Length: 50000000']))
  for (let i = 0; i < 40; i++) client.send(megabyte)
  await wait(300)
  expect(body?.readableLength).toBeLessThan(200_000)
  expect(client.socket.writableLength).toBeGreaterThan(20_000_000)
})

const refused: readonly (readonly [name: string, text: string, status: number])[] = [
  ['an unknown version', 'GET /s HTTP/2.0\r\nHost: bus\r\n\r\n', 505],
  ['HTTP/0.9', 'GET /s\r\n\r\n', 505],
  ['TRACE', request('TRACE /s HTTP/1.1'), 405],
  ['CONNECT', request('CONNECT other:22 HTTP/1.1'), 405],
  ['no Host', 'GET /s HTTP/1.1\r\n\r\n', 400],
  ['two Host fields', request('GET /s HTTP/1.1', ['Host: evil']), 400],
  ['a Host that is none', 'GET /s HTTP/1.1\r\nHost: a b\r\n\r\n', 400],
  ['a Host with an impossible port', 'GET /s HTTP/1.1\r\nHost: bus:99999\r\n\r\n', 400],
  ['two SOAPActions', post('hello', ['SOAPAction: "a"', 'soapaction: "b"']), 400],
  ['two Content-Types', post('hello', ['Content-Type: text/xml', 'Content-Type: text/plain']), 400],
  ['a disguised framing field', post('hello', ['Transfer_Encoding: chunked']), 400],
  ['a coding that is not chunked', request('POST /s HTTP/1.1', ['Transfer-Encoding: gzip, chunked'], '0\r\n\r\n'), 501],
  [
    'a length and a coding',
    request('POST /s HTTP/1.1', ['Content-Length: 1', 'Transfer-Encoding: chunked'], '0\r\n\r\nX'),
    400,
  ],
  ['a body beyond all bounds', request('POST /s HTTP/1.1', ['Content-Length: 9999999999999']), 413],
  ['an expectation nobody can meet', post('hello', ['Expect: y 100-continue']), 417],
  ['the address of another host', request('GET http://169.254.169.254/latest HTTP/1.1'), 421],
  ['a fragment in the target', request('GET /s#f HTTP/1.1'), 400],
  [
    'more fields than allowed',
    request(
      'GET /s HTTP/1.1',
      Array.from({ length: 195 }, (_, i) => `a${i}: b`),
    ),
    431,
  ],
  ['a head above the limit', request('GET /s HTTP/1.1', [`X: ${'a'.repeat(20_000)}`]), 431],
  ['a control character in a field', request('GET /s HTTP/1.1', ['X: a\x01b']), 400],
]

test.each(refused)(
  '%s is refused before anything looks at it, and the connection closed',
  async (_name, text, status) => {
    let dispatched = 0
    await using listener = await openListener(() => dispatched++)
    await using client = await RawClient.to(listener.url)
    expect(await client.send(text).ended()).toMatch(/closed|ECONNRESET/)
    expect(client.statuses).toEqual([status])
    expect(dispatched).toBe(0)
  },
)

test('a target with this host in front is the same as one without', async () => {
  expect((await ask(request('GET http://bus/s?a=1 HTTP/1.1'))).received).toMatch(/GET \/s\?a=1 -$/)
})

test('fields that Connection names end here, those a message needs do not', async () => {
  let headers = new Headers()
  await using listener = await openListener((arrival) => {
    headers = arrival.message.headers
    echo(arrival)
  })
  await using client = await RawClient.to(listener.url)
  const fields = ['Connection: keep-alive, X-Hop, Authorization', 'X-Hop: 1', 'Authorization: Basic YTph', 'X-Keep: 1']
  await client.send(request('GET /s HTTP/1.1', fields)).until(/-$/)
  expect(headers.has('x-hop')).toBe(false)
  expect(headers.get('authorization')).toBe('Basic YTph')
  expect(headers.get('x-keep')).toBe('1')
})

test('an upgrade that is offered is not taken: the answer is plain HTTP/1.1', async () => {
  const fields = ['Connection: Upgrade, HTTP2-Settings', 'Upgrade: h2c', 'HTTP2-Settings: AAMAAABk']
  const client = await ask(request('GET /s HTTP/1.1', fields))
  expect(client.statuses).toEqual([200])
})

test('100-continue is said once, before the body', async () => {
  await using listener = await openListener(echo)
  await using client = await RawClient.to(listener.url)
  await client.send(request('POST /s HTTP/1.1', ['Content-Length: 5', 'Expect: 100-continue'])).until(/\r\n\r\n$/)
  expect(client.statuses).toEqual([100])
  await client.send('hello').until(/hello$/)
  expect(client.statuses).toEqual([100, 200])
})

test('answers to pipelined requests come in the order of the requests', async () => {
  await using listener = await openListener(
    (arrival) => void wait(arrival.target === '/1' ? 60 : 5).then(() => say(arrival, arrival.target)),
  )
  await using client = await RawClient.to(listener.url)
  const text = [1, 2, 3].map((n) => request(`GET /${n} HTTP/1.1`)).join('')
  const answers = await client.send(text).until(/\/3$/)
  expect([...answers.matchAll(/\n(\/\d)/g)].map(([, target]) => target)).toEqual(['/1', '/2', '/3'])
})

test('garbage behind a good request does not take the place of its answer', async () => {
  await using listener = await openListener((arrival) => void wait(50).then(() => say(arrival, 'good')))
  await using client = await RawClient.to(listener.url)
  await client.send(`${post('hello')}BAD\x00 / HTTP/1.1\r\n\r\n`).ended()
  expect(client.received).toMatch(/^HTTP\/1\.1 200 OK[^]*Connection: close[^]*good$/)
})

test('bytes behind a request that closes the connection are no request', async () => {
  const targets: string[] = []
  await using listener = await openListener((arrival) => {
    targets.push(arrival.target)
    say(arrival, 'good')
  })
  await using client = await RawClient.to(listener.url)
  await client.send(post('hello', ['Connection: close']) + request('GET /smuggled HTTP/1.1')).ended()
  expect(targets).toEqual(['/s'])
  expect(client.statuses).toEqual([200])
})

test('a body that is cut short is never mediated', async () => {
  let dispatched = 0
  await using listener = await openListener(() => dispatched++)
  await using client = await RawClient.to(listener.url)
  client.send(request('POST /s HTTP/1.1', ['Content-Length: 500'], 'hello')).socket.end()
  await client.ended()
  expect(client.statuses).toEqual([400])
  expect(dispatched).toBe(0)
})

test('a client that leaves inside a long body fails the reader of it and ends the exchange', async () => {
  const gone = Promise.withResolvers<void>()
  const failed = Promise.withResolvers<unknown>()
  await using listener = await openListener((arrival) => {
    arrival.onClose(() => gone.resolve())
    void Promise.resolve(arrival.message.build(1e9)).catch((fault: unknown) => failed.resolve(fault))
  })
  const client = await RawClient.to(listener.url)
  client.send(request('POST /s HTTP/1.1', ['Content-Length: 500000'], 'x'.repeat(100_000)))
  await wait(100)
  client.socket.resetAndDestroy()
  await gone.promise
  expect(await failed.promise).toMatchObject({ code: 101001 })
})

test('a client that goes away before its answer is told to the exchange; the late answer hurts nobody', async () => {
  const gone = Promise.withResolvers<Arrival>()
  await using listener = await openListener((arrival) => arrival.onClose(() => gone.resolve(arrival)))
  const client = await RawClient.to(listener.url)
  client.send(post('hello'))
  await wait(50)
  client.socket.destroy()
  const arrival = await gone.promise
  const body = Readable.from(['late'])
  expect(arrival.reply({ status: 200, headers: new Headers(), body })).toBeUndefined()
  expect(body.destroyed).toBe(true)
  let again = false
  arrival.onClose(() => (again = true))
  expect(again).toBe(true)
})

test('chunk extensions that outweigh the body end the connection', async () => {
  let dispatched = 0
  await using listener = await openListener(() => dispatched++)
  await using client = await RawClient.to(listener.url)
  client.send(
    request('POST /s HTTP/1.1', ['Transfer-Encoding: chunked'], `1;${'e'.repeat(1024)}\r\nx\r\n`.repeat(1000)),
  )
  await client.ended()
  expect(client.statuses[0]).toBeGreaterThanOrEqual(400)
  expect(dispatched).toBe(0)
})

test('a body above limits.stream is refused by its length, and cut when it has none', async () => {
  await using listener = await openListener(echo, { limits: { stream: 1000 } })
  await using announced = await RawClient.to(listener.url)
  await announced.send(request('POST /s HTTP/1.1', ['Content-Length: 1001'])).until(/\n$/)
  expect(announced.statuses).toEqual([413])
  await using chunked = await RawClient.to(listener.url)
  await chunked
    .send(request('POST /s HTTP/1.1', ['Transfer-Encoding: chunked'], `5dc\r\n${'x'.repeat(1500)}\r\n0\r\n\r\n`))
    .ended()
  expect(chunked.statuses).toEqual([413])
})

test('an early answer leaves the connection usable once the rest of the body has come', async () => {
  await using listener = await openListener((arrival) => say(arrival, 'early', 413))
  await using client = await RawClient.to(listener.url)
  const half = 'x'.repeat(70_000)
  await client.send(request('POST /s HTTP/1.1', ['Content-Length: 140000'], half)).until(/early$/)
  client.send(half)
  await client.send(post('hello')).until(/early[^]*early$/)
  expect(client.statuses).toEqual([413, 413])
})

test('a port that is taken is an error, not a crash', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  await expect(openListener(echo, { port })).rejects.toMatchObject({ code: 'EADDRINUSE' })
  other.close()
})

test('a dispatch that throws is answered with 500', async () => {
  const client = await ask(post('hello'), () => {
    throw new Error('a secret')
  })
  expect(client.statuses).toEqual([500])
  expect(client.received).not.toContain('secret')
})

test('mediation that goes on behind a 202 still gets the whole body', async () => {
  const size = 400_000
  const built = Promise.withResolvers<number>()
  await using listener = await openListener((arrival) => {
    void arrival.reply({ status: 202, headers: new Headers(), body: undefined })
    void wait(50).then(async () => {
      await arrival.message.build(1e9)
      built.resolve(arrival.message.bytes?.length ?? 0)
    })
  })
  await using client = await RawClient.to(listener.url)
  client.send(request('POST /s HTTP/1.1', [`Content-Length: ${size}`], 'x'.repeat(size)))
  expect(await built.promise).toBe(size)
  expect(client.statuses).toEqual([202])
  await client.send(request('GET /s HTTP/1.1')).until(/202 A[^]*202 A/)
  expect(client.statuses).toEqual([202, 202])
})

test('whoever reads a body after its request was answered gets a fault instead of waiting for ever', async () => {
  const failed = Promise.withResolvers<unknown>()
  await using listener = await openListener((arrival) => {
    say(arrival, 'early', 500)
    void wait(20)
      .then(() => arrival.message.build(1e9))
      .catch((fault: unknown) => failed.resolve(fault))
  })
  await using client = await RawClient.to(listener.url)
  client.send(request('POST /s HTTP/1.1', ['Content-Length: 400000'], 'x'.repeat(100_000)))
  expect(await failed.promise).toMatchObject({ code: 101001 })
})

test('shutting down does not stumble over a target with a host in front', async () => {
  const listener = await openListener(echo, { timeouts: { drain: 300 } })
  await using client = await RawClient.to(listener.url)
  await client.send(request('GET /s HTTP/1.1')).until(/\/s -$/)
  const closed = listener[Symbol.asyncDispose]()
  await client.send(request('GET http://other/s HTTP/1.1')).until(/421/)
  expect(client.statuses).toEqual([200, 421])
  await closed
})
