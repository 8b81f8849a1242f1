import { Readable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { Deadlines, Headers, type IncomingReply, type OutgoingRequest, type Sender, silentLogger } from 'viaduct'
import { afterAll, describe, expect, test } from 'vitest'
import { type Changes, settingsWith } from '../testing/open-listener.ts'
import { answerOf, RawBackend, type RawRequest } from '../testing/raw-backend.ts'
import { createHttpSender } from './sender.ts'

const deadlines = new Deadlines()
afterAll(() => deadlines[Symbol.dispose]())

const open = (changes: Changes = {}): Sender & AsyncDisposable =>
  createHttpSender(settingsWith(changes), silentLogger, deadlines)

const request = (url: string, more: Partial<OutgoingRequest> = {}): OutgoingRequest => ({
  method: 'POST',
  url,
  timeout: 3_000,
  headers: Headers.of({ 'Content-Type': 'text/xml' }),
  body: Buffer.from('<a/>'),
  ...more,
})

const GET = { method: 'GET', body: undefined, headers: new Headers() } as const
const never = (): void => {}

/** A connection can be used again in the turn of the event loop after its answer. */
const idle = (): Promise<void> => wait(5)

/** One call to a back end that answers like this; gives the reply with its body read. */
async function call(
  answer: string | ((request: RawRequest) => void),
  more: Partial<OutgoingRequest> = {},
  changes: Changes = {},
): Promise<IncomingReply> {
  await using backend = await RawBackend.open(answer)
  await using sender = open(changes)
  const reply = await sender.send(request(`${backend.url}/p?q=1`, more), never)
  await reply.message.build(1e9)
  return reply
}

const code = (expected: number | string): object => expect.objectContaining({ code: expected }) as object

describe('what is sent', () => {
  test('method, target, fields in order, and the body with its length', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    const headers = new Headers(['X-B', '1', 'Content-Type', 'text/xml', 'x-b', '2', 'Content-Length', '77'])
    await sender.send(request(`${backend.url}/p%20q/../r?s=1#t`, { headers }), never)
    expect(backend.requests[0]?.head).toMatch(
      /^POST \/r\?s=1 HTTP\/1\.1\r\n|^POST \/p%20q\/\.\.\/r\?s=1 HTTP\/1\.1\r\n/,
    )
    expect(backend.requests[0]?.head).toMatch(/\r\nX-B: 1\r\nContent-Type: text\/xml\r\nx-b: 2\r\ncontent-length: 4$/)
    expect(backend.requests[0]?.head).toContain(`host: 127.0.0.1:${backend.port}\r\n`)
    expect(backend.requests[0]?.body).toBe('<a/>')
  })

  test('no field of the connection of the client, and no Expect', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    const headers = Headers.of({
      Connection: 'close',
      'Keep-Alive': 'x',
      'Transfer-Encoding': 'chunked',
      TE: 'gzip',
      Upgrade: 'h2c',
      'Proxy-Authorization': 'x',
      Expect: '100-continue',
    })
    await sender.send(request(backend.url, { headers }), never)
    expect(backend.requests[0]?.head.split('\r\n')).toEqual([
      'POST / HTTP/1.1',
      `host: 127.0.0.1:${backend.port}`,
      'connection: keep-alive',
      'content-length: 4',
    ])
  })

  test('a Host field that the flow gives', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    await sender.send(request(backend.url, { headers: Headers.of({ Host: 'public.example' }) }), never)
    expect(backend.requests[0]?.head).toContain('host: public.example\r\n')
  })

  test('characters that cannot stand in a request line are escaped', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    await sender.send(request(`${backend.url}/a b/ü?q=ü`, GET), never)
    expect(backend.requests[0]?.head).toMatch(/^GET \/a%20b\/%C3%BC\?q=%C3%BC HTTP/)
  })

  test('the whole URL in the request line when the flow asks for it', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    await sender.send(request(`${backend.url}/p`, { absolute: true }), never)
    expect(backend.requests[0]?.head).toMatch(new RegExp(`^POST ${backend.url}/p HTTP`))
  })

  test('a stream in chunks, or with the length its fields give', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    const body = (): Readable => Readable.from([Buffer.from('hel'), Buffer.from('lo')], { objectMode: false })
    await sender.send(request(backend.url, { body: body() }), never)
    await sender.send(request(backend.url, { body: body(), headers: Headers.of({ 'Content-Length': '5' }) }), never)
    expect(backend.requests[0]?.head).toContain('transfer-encoding: chunked')
    expect(backend.requests[1]?.head).toContain('content-length: 5')
    expect(backend.requests.map((each) => each.body)).toEqual(['hello', 'hello'])
  })

  test('HTTP/1.0 has one request per connection and no chunks', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    const body = Readable.from([Buffer.from('hel'), Buffer.from('lo')], { objectMode: false })
    await sender.send(request(backend.url, { httpVersion: '1.0' }), never)
    await sender.send(request(backend.url, { httpVersion: '1.0', body }), never)
    expect(backend.requests.map(({ head }) => head.split('\r\n')[0])).toEqual(['POST / HTTP/1.0', 'POST / HTTP/1.0'])
    expect(backend.requests[1]?.head).toMatch(/connection: close[^]*content-length: 5/)
    expect(backend.connections).toBe(2)
  })

  test('keep-alive can be switched off for one request', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    await sender.send(request(backend.url, { keepAlive: false }), never)
    await sender.send(request(backend.url), never)
    expect(backend.requests[0]?.head).toContain('connection: close')
    expect(backend.connections).toBe(2)
  })

  test('what cannot stand in a field is a fault, not two fields', async () => {
    await expect(call(answerOf('ok'), { headers: Headers.of({ 'X-A': 'a\r\nX-B: b' }) })).rejects.toEqual(
      code('request-unwritable'),
    )
    await expect(call(answerOf('ok'), { headers: Headers.of({ 'X A': 'a' }) })).rejects.toEqual(
      code('request-unwritable'),
    )
  })
})

describe('answers', () => {
  test('status, reason and fields come as the back end wrote them, without those of the connection', async () => {
    const reply = await call(
      answerOf(
        'hello',
        ['X-A: 1', 'Connection: keep-alive, X-Hop', 'X-Hop: y', 'set-cookie: a=1', 'Set-Cookie: b=2'],
        '418 I am a teapot',
      ),
    )
    expect(reply).toMatchObject({ status: 418, reason: 'I am a teapot' })
    expect(reply.message.headers.raw).toEqual([
      'X-A',
      '1',
      'Connection',
      'keep-alive, X-Hop',
      'set-cookie',
      'a=1',
      'Set-Cookie',
      'b=2',
      'Content-Length',
      '5',
    ])
    expect(reply.message.bytes?.toString()).toBe('hello')
  })

  test('fields that come in pieces are put together', async () => {
    const text = answerOf('hello', ['X-Long-Name: some value', 'Content-Type: text/plain'])
    const reply = await call(({ socket }) => {
      void (async () => {
        for (const character of text) {
          socket.write(character)
          await wait(1)
        }
      })()
    })
    expect(reply.message.headers.get('x-long-name')).toBe('some value')
    expect(reply.message.headers.get('content-type')).toBe('text/plain')
  })

  test('no body is an empty message', async () => {
    expect((await call(answerOf(''))).message.empty).toBe(true)
    expect((await call('HTTP/1.1 204 No Content\r\n\r\n')).message.empty).toBe(true)
    const head = await call('HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\n', { ...GET, method: 'HEAD' })
    expect(head.message.empty).toBe(true)
    expect(head.message.headers.get('content-length')).toBe('50')
  })

  test('a small chunked answer that ends at once is kept', async () => {
    await using backend = await RawBackend.open(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n',
    )
    await using sender = open()
    const { message } = await sender.send(request(backend.url), never)
    expect(message.bytes?.toString()).toBe('hello')
  })

  test('an answer that drips is handed on while it comes', async () => {
    await using backend = await RawBackend.open(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n')
      setTimeout(() => socket.write('0\r\n\r\n'), 300)
    })
    await using sender = open()
    const { message } = await sender.send(request(backend.url), never)
    expect(message.built).toBe(false)
    await message.build(100)
    expect(message.bytes?.toString()).toBe('hello')
  })

  test('a large answer streams and stops the back end while nobody reads', async () => {
    let written = 0
    await using backend = await RawBackend.open(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n')
      const piece = Buffer.alloc(1_000_000, 'x')
      const more = (): void => {
        while (written < 100_000_000) {
          written += piece.length
          if (!socket.write(piece)) break
        }
      }
      socket.on('drain', more)
      more()
    })
    await using sender = open()
    const { message } = await sender.send(request(backend.url), never)
    expect(message.length).toBe(100_000_000)
    await wait(300)
    expect(written).toBeLessThan(30_000_000)
    const body = message.takeRaw() as Readable
    let size = 0
    for await (const chunk of body) size += (chunk as Buffer).length
    expect(size).toBe(100_000_000)
  })

  test('an answer without a length ends with its connection', async () => {
    const reply = await call(({ socket }) => socket.end('HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhello'))
    expect(reply.message.bytes?.toString()).toBe('hello')
  })

  test('a body stays as it was coded', async () => {
    const reply = await call(answerOf('\x1f\x8bxx', ['Content-Encoding: gzip']))
    expect(reply.message.bytes).toEqual(Buffer.from('\x1f\x8bxx', 'latin1'))
  })

  test('a redirection is an answer', async () => {
    await using elsewhere = await RawBackend.open(answerOf('no'))
    const reply = await call(answerOf('', [`Location: ${elsewhere.url}/`], '302 Found'))
    expect(reply.status).toBe(302)
    expect(elsewhere.requests).toEqual([])
  })

  test('interim answers are passed over, but not without end', async () => {
    const early = 'HTTP/1.1 103 Early Hints\r\nLink: <a>\r\n\r\n'
    expect((await call(early + answerOf('ok'))).status).toBe(200)
    await expect(call(early.repeat(60) + answerOf('ok'))).rejects.toEqual(code(101506))
  })
})

describe('failures', () => {
  test('nobody listens: 101503', async () => {
    const backend = await RawBackend.open('')
    const { url } = backend
    await backend[Symbol.asyncDispose]()
    await using sender = open()
    await expect(sender.send(request(url), never)).rejects.toEqual(code(101503))
  })

  test('a name that does not resolve, an address that is none: 101503', async () => {
    await using sender = open()
    await expect(sender.send(request('http://no-such-host.invalid/'), never)).rejects.toEqual(code(101503))
    await expect(sender.send(request('http:///x'), never)).rejects.toEqual(code(101503))
    await expect(sender.send(request('http://a:99999/x'), never)).rejects.toEqual(code(101503))
  })

  test('no answer in time: 101504, and the connection is given up', async () => {
    await using backend = await RawBackend.open(never)
    await using sender = open()
    const start = performance.now()
    await expect(sender.send(request(backend.url, { timeout: 200 }), never)).rejects.toEqual(code(101504))
    expect(performance.now() - start).toBeLessThan(600)
    await wait(50)
    expect(backend.open).toBe(0)
  })

  test('interim answers do not extend the time', async () => {
    let timer: NodeJS.Timeout | undefined
    await using backend = await RawBackend.open(
      ({ socket }) => (timer = setInterval(() => socket.write('HTTP/1.1 102 Processing\r\n\r\n'), 50)),
    )
    await using sender = open()
    await expect(sender.send(request(backend.url, { timeout: 300 }), never)).rejects.toEqual(code(101504))
    clearInterval(timer)
  })

  test('a long upload that makes progress is not too late, one that stands still is', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    const slow = Readable.from(slowly(8, 100), { objectMode: false })
    expect((await sender.send(request(backend.url, { timeout: 400, body: slow }), never)).status).toBe(200)
    const stuck = new Readable({ read: never })
    stuck.push('x')
    await expect(sender.send(request(backend.url, { timeout: 300, body: stuck }), never)).rejects.toEqual(code(101504))
    expect(stuck.destroyed).toBe(true)
  })

  test('closed before an answer: 101505', async () => {
    await expect(call(({ socket }) => socket.end())).rejects.toEqual(code(101505))
    await expect(call(({ socket }) => socket.resetAndDestroy())).rejects.toEqual(code(101505))
    await expect(call(({ socket }) => socket.end('HTTP/1.1 200 OK\r\nContent-Ty'))).rejects.toEqual(code(101505))
  })

  test.each([
    ['another protocol', 'SSH-2.0-OpenSSH_9.9\r\n'],
    ['an unknown version', 'ICY 200 OK\r\nContent-Length: 2\r\n\r\nok'],
    ['a status that is no number', 'HTTP/1.1 abc Nope\r\nContent-Length: 2\r\n\r\nok'],
    ['a NUL in a field', 'HTTP/1.1 200 OK\r\nX: a\x00b\r\nContent-Length: 2\r\n\r\nok'],
    ['two lengths', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok'],
    [
      'a length and chunks',
      'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n',
    ],
    ['a switch of protocols', 'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n'],
    ['a head without end', `HTTP/1.1 200 OK\r\n${'X: y\r\n'.repeat(10_000)}`],
  ])('%s: 101506', async (_name, text) => {
    await expect(call(text)).rejects.toEqual(code(101506))
  })

  test.each([
    ['a small body that is cut', 'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello'],
    ['a large body that is cut', `HTTP/1.1 200 OK\r\nContent-Length: 500000\r\n\r\n${'x'.repeat(100_000)}`],
    ['chunks without the last one', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n'],
    ['a chunk that is none', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\nZZ\r\n'],
  ])('%s: 101501, at once or from its stream', async (_name, text) => {
    await expect(call(({ socket }) => socket.end(text, 'latin1'))).rejects.toEqual(code(101501))
  })

  test('a body that stops: 101501', async () => {
    const changes = { timeouts: { answerIdle: 200 } }
    for (const text of [
      'HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\nhello',
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n`,
    ]) {
      const start = performance.now()
      await expect(call(text, {}, changes)).rejects.toEqual(code(101501))
      expect(performance.now() - start).toBeLessThan(700)
    }
  })

  test('a small body that drips has a limit over all, although something always moves: 101501', async () => {
    const changes = { timeouts: { answerIdle: 200, build: 500 } }
    const dripping = ({ socket }: RawRequest): void => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n')
      const drip = setInterval(() => socket.write('x'), 50)
      socket.on('close', () => clearInterval(drip))
    }
    const start = performance.now()
    await expect(call(dripping, {}, changes)).rejects.toEqual(code(101501))
    expect(performance.now() - start).toBeLessThan(1_500)
  })

  test('a request body that fails ends the call with its own fault and leaves nothing half sent', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    const body = new Readable({ read: never })
    body.push('half')
    setTimeout(() => body.destroy(new Error('client gone')), 50)
    await expect(sender.send(request(backend.url, { body }), never)).rejects.toBeInstanceOf(Error)
    await wait(50)
    expect(backend.requests).toEqual([])
    expect(backend.open).toBe(0)
  })
})

async function* slowly(count: number, gap: number): AsyncGenerator<Buffer> {
  for (let i = 0; i < count; i++) {
    await wait(gap)
    yield Buffer.from('x')
  }
}

describe('connections', () => {
  test('one connection serves calls one after the other', async () => {
    await using backend = await RawBackend.open(answerOf('ok'))
    await using sender = open()
    for (let i = 0; i < 10; i++) {
      await sender.send(request(backend.url), never)
      await idle()
    }
    expect(backend.connections).toBe(1)
  })

  test('calls above the limit wait, those above the queue are refused with 101507', async () => {
    const release: (() => void)[] = []
    await using backend = await RawBackend.open(({ socket }) => release.push(() => socket.write(answerOf('ok'))))
    await using sender = open({ limits: { connectionsPerHost: 2, queuedPerHost: 2 } })
    const calls = Array.from({ length: 4 }, () => sender.send(request(backend.url), never))
    await expect(sender.send(request(backend.url), never)).rejects.toEqual(code(101507))
    await wait(100)
    expect(backend.connections).toBe(2)
    while (backend.requests.length < 4 || release.length > 0) {
      release.shift()?.()
      await wait(10)
    }
    expect((await Promise.all(calls)).map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(backend.connections).toBe(2)
  })

  test('a call that waits in vain frees nothing and blocks nothing', async () => {
    await using backend = await RawBackend.open(
      ({ head, socket }) => void (/good/.test(head) && socket.write(answerOf('ok'))),
    )
    await using sender = open({ limits: { connectionsPerHost: 1 } })
    const hanging = sender.send(request(`${backend.url}/hang`, { timeout: 300 }), never)
    const waiting = sender.send(request(`${backend.url}/good`, { timeout: 100 }), never)
    const patient = sender.send(request(`${backend.url}/good`), never)
    await expect(waiting).rejects.toEqual(code(101504))
    await expect(hanging).rejects.toEqual(code(101504))
    expect((await patient).status).toBe(200)
    expect(backend.requests).toHaveLength(2)
  })

  test('a slow back end does not hold up another', async () => {
    await using slow = await RawBackend.open(never)
    await using quick = await RawBackend.open(answerOf('ok'))
    await using sender = open({ limits: { connectionsPerHost: 5 } })
    const hanging = Array.from({ length: 50 }, () =>
      sender.send(request(slow.url, { timeout: 500 }), never).catch(() => 'late'),
    )
    const start = performance.now()
    await sender.send(request(quick.url), never)
    expect(performance.now() - start).toBeLessThan(300)
    await Promise.all(hanging)
  })

  test('a client that goes away ends the call and its connection', async () => {
    await using backend = await RawBackend.open(never)
    await using sender = open()
    let stop = never
    const call = sender.send(request(backend.url), (register) => (stop = register))
    await wait(50)
    stop()
    await expect(call).rejects.toEqual(code('client-closed'))
    await wait(50)
    expect(backend.open).toBe(0)
    stop()
  })

  test('an answer that nobody reads to its end gives its connection up', async () => {
    await using backend = await RawBackend.open(
      `HTTP/1.1 200 OK\r\nContent-Length: 5000000\r\n\r\n${'x'.repeat(1_000_000)}`,
    )
    await using sender = open()
    const { message } = await sender.send(request(backend.url), never)
    ;(message.takeRaw() as Readable).destroy()
    await wait(50)
    expect(backend.open).toBe(0)
  })

  test('bytes that nobody asked for never become an answer', async () => {
    await using backend = await RawBackend.open(({ socket, number }) => {
      socket.write(answerOf('first'))
      if (number === 1) setTimeout(() => socket.write(answerOf('POISON')), 20)
    })
    await using sender = open()
    await sender.send(request(backend.url), never)
    await wait(60)
    const next = await sender.send(request(backend.url), never)
    expect(next.message.bytes?.toString()).toBe('first')
    expect(backend.connections).toBe(2)
  })

  test('an answer longer than it says, or two of them, do not reach the next call', async () => {
    for (const text of [`${answerOf('first')}EXTRA`, answerOf('first') + answerOf('POISON')]) {
      await using backend = await RawBackend.open(text)
      await using sender = open()
      for (let i = 0; i < 3; i++) {
        const reply = await sender.send(request(backend.url), never)
        expect(reply.message.bytes?.toString()).toBe('first')
      }
    }
  })
})

describe('repeating', () => {
  /** Answers the first request of each connection and resets on the second. */
  const racing = ({ socket, number }: RawRequest): void =>
    void (number === 1 ? socket.write(answerOf('ok')) : socket.resetAndDestroy())

  test('what may happen twice is sent once more when an idle connection was closed under it', async () => {
    await using backend = await RawBackend.open(racing)
    await using sender = open()
    for (let i = 0; i < 3; i++) {
      expect((await sender.send(request(backend.url, GET), never)).status).toBe(200)
      await idle()
    }
    const put = { method: 'PUT' } as const
    expect((await sender.send(request(backend.url, put), never)).status).toBe(200)
  })

  test('a POST is never sent twice', async () => {
    await using backend = await RawBackend.open(racing)
    await using sender = open()
    await sender.send(request(backend.url), never)
    await idle()
    await expect(sender.send(request(backend.url), never)).rejects.toEqual(code(101505))
    expect(backend.requests).toHaveLength(2)
  })

  test('a fresh connection that is closed is no reason to repeat', async () => {
    await using backend = await RawBackend.open(({ socket }) => socket.resetAndDestroy())
    await using sender = open()
    await expect(sender.send(request(backend.url, GET), never)).rejects.toEqual(code(101505))
    expect(backend.requests).toHaveLength(1)
  })

  test('it is repeated once, not for ever', async () => {
    await using backend = await RawBackend.open(({ socket }) => {
      if (backend.requests.length === 1) socket.write(answerOf('ok'))
      else socket.resetAndDestroy()
    })
    await using sender = open()
    await sender.send(request(backend.url, GET), never)
    await idle()
    await expect(sender.send(request(backend.url, GET), never)).rejects.toEqual(code(101505))
    expect(backend.requests).toHaveLength(3)
  })

  test('a stream is spent and never repeated', async () => {
    await using backend = await RawBackend.open(racing)
    await using sender = open()
    await sender.send(request(backend.url, GET), never)
    await idle()
    const body = Readable.from([Buffer.from('x')], { objectMode: false })
    await expect(sender.send(request(backend.url, { method: 'PUT', body }), never)).rejects.toMatchObject({
      name: 'Fault',
    })
    expect(backend.requests.length).toBeLessThanOrEqual(2)
  })
})
