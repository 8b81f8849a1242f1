import { PassThrough, Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { type Arrival, Headers, type OutgoingReply } from 'viaduct'
import { expect, test } from 'vitest'
import { openListener, type Changes } from '../testing/open-listener.ts'
import { RawClient } from '../testing/raw-client.ts'

const GET = 'GET /s HTTP/1.1\r\nHost: bus\r\n\r\n'
const fields = (record: Record<string, string>): Headers => Headers.of(record)

interface Answered {
  readonly received: string
  readonly end: string
  readonly settled: boolean
}

/** Lets a listener give one answer and tells what the client got, after the connection ended or `pattern` came. */
async function answered(
  answer: Partial<OutgoingReply>,
  text = GET,
  pattern = /\r\n\r\n/,
  changes: Changes = {},
): Promise<Answered> {
  const written = Promise.withResolvers<void>()
  await using listener = await openListener((arrival) => {
    const writing = arrival.reply({ status: 200, headers: new Headers(), body: undefined, ...answer })
    void Promise.resolve(writing).then(written.resolve)
  }, changes)
  await using client = await RawClient.to(listener.url)
  const received = await client.send(text).until(pattern)
  await written.promise
  await wait(20)
  return { received: client.received || received, end: client.end, settled: true }
}

test('bytes go out with their length, whatever the fields say', async () => {
  const { received } = await answered(
    { headers: fields({ 'Content-Length': '99', 'X-A': '1' }), body: Buffer.from('hello') },
    GET,
    /hello/,
  )
  expect(received).toMatch(/^HTTP\/1\.1 200 OK\r\nX-A: 1\r\n/)
  expect(received).toContain('\r\nContent-Length: 5\r\n')
  expect(received).not.toContain('99')
})

test('fields of one connection never reach the other', async () => {
  const hop = {
    Connection: 'close',
    'Keep-Alive': 'timeout=1',
    'Transfer-Encoding': 'gzip',
    Upgrade: 'x',
    Trailer: 'y',
    TE: 'z',
    'Proxy-Authenticate': 'q',
  }
  const { received, end } = await answered({ headers: fields(hop), body: Buffer.from('hello') }, GET, /hello/)
  expect(received).not.toMatch(/gzip|Upgrade|Trailer|TE:|Proxy-|timeout=1\r/)
  expect(end).toBe('open')
})

test('status and reason are those of the answer', async () => {
  expect((await answered({ status: 503, reason: 'Come Back Later' })).received).toMatch(
    /^HTTP\/1\.1 503 Come Back Later\r\n/,
  )
  expect((await answered({ status: 404, reason: '' })).received).toMatch(/^HTTP\/1\.1 404 Not Found\r\n/)
})

test('no body is a length of 0', async () => {
  expect((await answered({})).received).toContain('\r\nContent-Length: 0\r\n')
})

test('204 and 304 carry neither body nor coding', async () => {
  const none = await answered({ status: 204, headers: fields({ 'Content-Length': '5' }), body: Buffer.from('hello') })
  expect(none.received).toMatch(/^HTTP\/1\.1 204 [^]*\r\n\r\n$/)
  expect(none.received).not.toMatch(/Content-Length|Transfer-Encoding/)
  const same = await answered({
    status: 304,
    headers: fields({ 'Content-Length': '5', ETag: '"a"' }),
    body: Readable.from(['hello']),
  })
  expect(same.received).toMatch(/^HTTP\/1\.1 304 [^]*Content-Length: 5[^]*\r\n\r\n$/)
})

test('HEAD gets the head that GET would get', async () => {
  const head = GET.replace('GET', 'HEAD')
  expect((await answered({ body: Buffer.from('hello') }, head)).received).toMatch(/Content-Length: 5\r\n[^]*\r\n\r\n$/)
  const passed = await answered({ headers: fields({ 'Content-Length': '77' }) }, head)
  expect(passed.received).toMatch(/Content-Length: 77\r\n[^]*\r\n\r\n$/)
})

test('a stream without a length is chunked, one with a length is not', async () => {
  const chunked = await answered(
    { body: Readable.from([Buffer.from('hel'), Buffer.from('lo')]) },
    GET,
    /\r\n0\r\n\r\n$/,
  )
  expect(chunked.received).toMatch(/Transfer-Encoding: chunked[^]*\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n$/)
  const known = await answered(
    { headers: fields({ 'Content-Length': '5' }), body: Readable.from([Buffer.from('hello')]) },
    GET,
    /hello/,
  )
  expect(known.received).toMatch(/Content-Length: 5[^]*\r\n\r\nhello$/)
})

test('the head leaves at once when the first bytes of the body are not there yet', async () => {
  const body = new PassThrough()
  await using listener = await openListener(
    (arrival) => void arrival.reply({ status: 200, headers: new Headers(), body }),
  )
  await using client = await RawClient.to(listener.url)
  expect(await client.send(GET).until(/\r\n\r\n/)).toContain('200 OK')
  body.end('later')
  expect(await client.until(/later/)).toContain('later')
})

test('an answer that stops early never looks complete', async () => {
  const cut = async (headers: Headers, text = GET): Promise<Answered> => {
    const body = new PassThrough()
    body.write('hello')
    setTimeout(() => body.destroy(new Error('back end gone')), 30)
    return answered({ headers, body }, text, /never/)
  }
  const chunked = await cut(new Headers())
  expect(chunked.received).toMatch(/5\r\nhello\r\n$/)
  expect(chunked.end).not.toBe('open')
  const known = await cut(fields({ 'Content-Length': '500' }))
  expect(known.received).toMatch(/hello$/)
  expect(known.end).not.toBe('open')
  // Without chunks the end of the connection is the end of the body, so it has to be an error.
  const old = await cut(new Headers(), 'GET /s HTTP/1.0\r\n\r\n')
  expect(old.end).toBe('ECONNRESET')
})

test('a body that fails before its first byte is a 502', async () => {
  const body = new PassThrough()
  body.on('error', () => {})
  body.destroy(new Error('nothing'))
  expect((await answered({ body })).received).toMatch(/^HTTP\/1\.1 502 /)
})

test('a stream that does not keep to its length is cut', async () => {
  const long = await answered(
    { headers: fields({ 'Content-Length': '5' }), body: Readable.from([Buffer.from('hello and more')]) },
    GET,
    /never/,
  )
  expect(long.received).not.toContain('more')
  expect(long.end).not.toBe('open')
  const short = await answered(
    { headers: fields({ 'Content-Length': '50' }), body: Readable.from([Buffer.from('hello')]) },
    GET,
    /never/,
  )
  expect(short.end).not.toBe('open')
})

test('a field or reason that cannot be written becomes a bare 500', async () => {
  expect((await answered({ headers: fields({ 'X-A': 'a\r\nSet-Cookie: b=c' }) })).received).toMatch(/^HTTP\/1\.1 500 /)
  expect((await answered({ headers: fields({ 'X A': 'a' }) })).received).toMatch(/^HTTP\/1\.1 500 /)
  expect((await answered({ reason: 'a\r\nX: y' })).received).toMatch(/^HTTP\/1\.1 500 Internal Server Error\r\n/)
  expect((await answered({ status: 99 })).received).toMatch(/^HTTP\/1\.1 500 /)
  const streamed = await answered({ headers: fields({ 'X-A': '\u20ac' }), body: Readable.from([Buffer.from('hello')]) })
  expect(streamed.received).toMatch(/^HTTP\/1\.1 500 /)
})

test('a large buffer comes through whole', async () => {
  const text = 'x'.repeat(3_000_000)
  const { received } = await answered({ body: Buffer.from(text) }, GET, /x\r?\n?$/)
  expect(received).toContain('Content-Length: 3000000\r\n')
}, 15_000)

test('an exchange may ask for the connection to be closed', async () => {
  const { received, end } = await answered({ keepAlive: false, body: Buffer.from('hello') }, GET, /never/)
  expect(received).toContain('Connection: close\r\n')
  expect(received).not.toContain('Keep-Alive')
  expect(end).toBe('closed')
})

test('the name of the server is only given when the settings give one', async () => {
  expect((await answered({})).received).not.toContain('Server:')
  expect((await answered({}, GET, /\r\n\r\n/, { http: { server: 'ESB' } })).received).toContain('Server: ESB\r\n')
})

test('a second answer is dropped, with its body', async () => {
  const body = Readable.from(['second'])
  let arrival: Arrival | undefined
  await using listener = await openListener((each) => {
    arrival = each
    void each.reply({ status: 200, headers: new Headers(), body: Buffer.from('first') })
    void each.reply({ status: 200, headers: new Headers(), body })
  })
  await using client = await RawClient.to(listener.url)
  expect(await client.send(GET).until(/first/)).not.toContain('second')
  expect(body.destroyed).toBe(true)
  expect(arrival?.transport).toBe('http')
})

test('an aborted arrival gets no answer at all', async () => {
  await using listener = await openListener((arrival) => arrival.abort())
  await using client = await RawClient.to(listener.url)
  expect(await client.send(GET).ended()).toBe('ECONNRESET')
  expect(client.received).toBe('')
})

test('the stream of an answer is given up when the client goes away', async () => {
  const body = new PassThrough()
  body.write('hello')
  const written = Promise.withResolvers<void>()
  await using listener = await openListener((arrival) => {
    void Promise.resolve(arrival.reply({ status: 200, headers: new Headers(), body })).then(() => written.resolve())
  })
  const client = await RawClient.to(listener.url)
  await client.send(GET).until(/hello/)
  client.socket.resetAndDestroy()
  await written.promise
  expect(body.destroyed).toBe(true)
})

test('every byte of a small body comes through as it was', async () => {
  const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte))
  const { received } = await answered({ body: bytes }, GET, /\xff$/)
  expect(Buffer.from(received.slice(-256), 'latin1')).toEqual(bytes)
})
