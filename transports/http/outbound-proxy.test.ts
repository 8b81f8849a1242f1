import { once } from 'node:events'
import { createServer, type IncomingMessage, request as httpRequest } from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { Deadlines, Headers, type OutgoingRequest, silentLogger } from 'viaduct'
import { afterAll, describe, expect, test } from 'vitest'
import { Authority, openssl } from '../testing/certificates.ts'
import { openListener, say, settingsWith } from '../testing/open-listener.ts'
import { outboundProxy } from './outbound-proxy.ts'
import { createHttpSender } from './sender.ts'

const deadlines = new Deadlines()
afterAll(() => deadlines[Symbol.dispose]())

const request = (url: string): OutgoingRequest => ({
  method: 'GET',
  url,
  timeout: 3_000,
  headers: new Headers(['Cookie', 'a=1', 'Cookie', 'b=2']),
  body: undefined,
})

interface ForwardProxy extends AsyncDisposable {
  readonly url: string
  /** Request lines and credentials, in the order they came. */
  readonly seen: string[]
}

/** A proxy as companies have them: forwards absolute targets, tunnels CONNECT. */
async function openProxy(): Promise<ForwardProxy> {
  const seen: string[] = []
  const note = (call: IncomingMessage): void =>
    void seen.push(`${call.method} ${call.url} ${call.headers['proxy-authorization'] ?? '-'} ${call.headers.host}`)
  const server = createServer((call, answer) => {
    note(call)
    const onward = httpRequest(call.url ?? '', { headers: { host: call.headers.host ?? '' } }, (reply) => {
      answer.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
      reply.pipe(answer)
    })
    onward.on('error', () => answer.destroy())
    onward.end()
  })
  server.on('connect', (call, client) => {
    note(call)
    const { hostname, port } = new URL(`http://${call.url}`)
    const target = connect(Number(port), hostname, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n')
      target.pipe(client).pipe(target)
    })
    target.on('error', () => client.destroy())
    client.on('error', () => target.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

test('http calls go to the proxy with the whole URL and its credentials', async () => {
  await using proxy = await openProxy()
  await using backend = await openListener((arrival) =>
    say(arrival, `${arrival.target} ${arrival.message.headers.get('proxy-authorization') ?? '-'}`),
  )
  const url = new URL(proxy.url)
  url.username = 'me'
  url.password = 'p%40ss'
  await using sender = createHttpSender(settingsWith({ http: { proxy: url.href } }), silentLogger, deadlines)
  const reply = await sender.send(request(`${backend.url}/p?q=1`), () => {})
  expect(reply.message.bytes?.toString()).toBe('/p?q=1 -')
  const credentials = Buffer.from('me:p@ss').toString('base64')
  expect(proxy.seen).toEqual([`GET ${backend.url}/p?q=1 Basic ${credentials} ${new URL(backend.url).host}`])
})

test('hosts in noProxy are called directly', async () => {
  await using proxy = await openProxy()
  await using backend = await openListener((arrival) => say(arrival, 'direct'))
  await using sender = createHttpSender(
    settingsWith({ http: { proxy: proxy.url, noProxy: ['127.0.0.1'] } }),
    silentLogger,
    deadlines,
  )
  expect((await sender.send(request(backend.url), () => {})).message.bytes?.toString()).toBe('direct')
  expect(proxy.seen).toEqual([])
})

test('a proxy that is down is a failed connection', async () => {
  const proxy = await openProxy()
  await proxy[Symbol.asyncDispose]()
  await using sender = createHttpSender(settingsWith({ http: { proxy: proxy.url } }), silentLogger, deadlines)
  await expect(sender.send(request('http://backend.example/'), () => {})).rejects.toMatchObject({ code: 101503 })
})

describe.skipIf(!openssl)('a tunnel (needs the openssl command)', () => {
  test('https calls go through CONNECT, and the certificate is that of the back end', async () => {
    using ca = new Authority('test authority')
    const tls = { ...settingsWith().http.tls, ...ca.issue('server') }
    await using backend = await openListener(
      (arrival) => say(arrival, `${arrival.transport} ${arrival.message.headers.all('cookie').join()}`),
      { tls },
    )
    await using proxy = await openProxy()
    const trusting = { ...settingsWith().http.tls, trust: ca.certificate }
    await using sender = createHttpSender(
      settingsWith({ http: { proxy: proxy.url, tls: trusting } }),
      silentLogger,
      deadlines,
    )
    const reply = await sender.send(request(`${backend.url.replace('127.0.0.1', 'localhost')}/p`), () => {})
    expect(reply.message.bytes?.toString()).toBe('https a=1,b=2')
    expect(proxy.seen[0]).toMatch(/^CONNECT localhost:\d+ - localhost:\d+$/)
    await using wary = createHttpSender(settingsWith({ http: { proxy: proxy.url } }), silentLogger, deadlines)
    await expect(wary.send(request(backend.url), () => {})).rejects.toMatchObject({ code: 101503 })
  }, 30_000)
})

test.each([
  ['*', 'http://any.example/', true],
  ['backend.example', 'http://backend.example/', true],
  ['backend.example', 'http://a.backend.example/', true],
  ['backend.example', 'http://notbackend.example/', false],
  ['.example', 'http://backend.example/', true],
  ['*.example', 'http://backend.example/', true],
  ['backend.example:8080', 'http://backend.example:8080/', true],
  ['backend.example:8080', 'http://backend.example/', false],
])('noProxy %s and %s: direct %s', (entry, url, direct) => {
  const proxy = outboundProxy({ ...settingsWith().http, proxy: 'http://proxy:3128', noProxy: [entry] })
  expect(proxy?.for(new URL(url)) === undefined).toBe(direct)
})

test('a proxy that is no HTTP URL is an error at start', () => {
  expect(() => outboundProxy({ ...settingsWith().http, proxy: 'proxy:3128' })).toThrow(/http\.proxy/)
})
