import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer, type TLSSocket } from 'node:tls'
import { DEFAULT_SETTINGS, Fault } from 'viaduct'
import { createContext, testServices } from 'viaduct/testing'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, openssl } from '../../transports/testing/certificates.ts'
import { writeBinary } from '../thrift/binary-protocol.ts'
import type { ThriftMessage } from '../thrift/thrift-value.ts'
import { createThriftCall } from './thrift-call.ts'

const QUESTION: ThriftMessage = { kind: 'call', name: 'f', sequence: 1, body: new Map([[1, 'x']]) }
const ANSWER = writeBinary({ kind: 'reply', name: 'f', sequence: 1, body: new Map([[0, 'y']]) })

describe.skipIf(!openssl)('a call of a thrift service', () => {
  let authority: Authority
  beforeAll(() => {
    authority = new Authority('thrift')
    authority.issue('localhost')
    authority.issue('other', { san: 'DNS:other.example' })
  })
  afterAll(() => authority[Symbol.dispose]())

  interface Calling {
    readonly certificate?: string
    readonly trust?: boolean
    readonly timeout?: number
    readonly host?: string
  }

  /** Calls a server that does this with each connection; gives the answer, or what the fault says. */
  async function calling(
    serve: (socket: TLSSocket) => void,
    { certificate = 'localhost', trust = true, timeout = 2_000, host = 'localhost' }: Calling = {},
  ) {
    const server = createServer(
      {
        cert: readFileSync(authority.path(`${certificate}.crt`)),
        key: readFileSync(authority.path(`${certificate}.key`)),
      },
      (socket) => {
        socket.on('error', () => {})
        serve(socket)
      },
    )
    server.on('tlsClientError', () => {})
    return over(server, async (port) => {
      const { http, entitlement } = DEFAULT_SETTINGS
      const services = testServices({
        settings: {
          http: { ...http, tls: { ...http.tls, trust: trust ? authority.certificate : '' } },
          entitlement: { ...entitlement, timeout, answerLimit: 2_000 },
        },
      })
      return await outcome(createThriftCall(host, port, services)(QUESTION, createContext({ services, body: '<x/>' })))
    })
  }

  const answering = (bytes: Buffer) => (socket: TLSSocket) => void socket.once('data', () => socket.write(bytes))

  test('gives the answer, in pieces or not, and leaves no connection', async () => {
    const gone = Promise.withResolvers<void>()
    const noticing = (socket: TLSSocket): void => {
      answering(ANSWER)(socket)
      socket.once('close', () => gone.resolve())
    }
    expect(await calling(noticing)).toBe('y')
    await gone.promise
    const dripping = (socket: TLSSocket): void =>
      void socket.once('data', () => {
        const next = (at: number): void =>
          void socket.write(ANSWER.subarray(at, at + 1), () => at < ANSWER.length && setImmediate(next, at + 1))
        next(0)
      })
    expect(await calling(dripping)).toBe('y')
  })

  test.each<[string, (socket: TLSSocket) => void, RegExp]>([
    ['closes at once', (socket) => socket.destroy(), /closed the connection without an answer|cannot be reached/],
    [
      'closes inside of its answer',
      (socket) => void socket.once('data', () => socket.end(ANSWER.subarray(0, 10))),
      /closed the connection without an answer/,
    ],
    ['says nothing', () => {}, /did not answer within 300 ms/],
    [
      'never comes to an end',
      (socket) => {
        const noise = setInterval(() => socket.write('\u0000'), 20)
        socket.once('close', () => clearInterval(noise))
      },
      /cannot be understood|did not answer within 300 ms/,
    ],
    ['speaks another protocol', answering(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')), /not the binary protocol/],
    [
      'answers too much',
      answering(writeBinary({ kind: 'reply', name: 'f', sequence: 1, body: new Map([[0, 'y'.repeat(5_000)]]) })),
      /the message is too long/,
    ],
  ])('a server that %s is a fault', async (_what, serve, expected) => {
    expect(await calling(serve, { timeout: 300 })).toMatch(expected)
  })

  test('a server whose certificate is not trusted, or is that of another host, is told nothing', async () => {
    let told = 0
    const listening = (socket: TLSSocket): void => void socket.on('data', () => told++)
    expect(await calling(listening, { trust: false })).toMatch(/is not trusted|cannot be reached/)
    expect(await calling(listening, { certificate: 'other' })).toMatch(/is not trusted|cannot be reached/)
    expect(told).toBe(0)
  })

  test('a server without TLS is a fault', async () => {
    const server = createTcpServer((socket) => void socket.on('error', () => {}).end('hello'))
    const asked = await over(server, async (port) => {
      const services = testServices()
      return await outcome(
        createThriftCall('127.0.0.1', port, services)(QUESTION, createContext({ services, body: '<x/>' })),
      )
    })
    expect(asked).toMatch(/cannot be reached|is not trusted/)
  })

  test('a client that goes away ends the call', async () => {
    const server = createServer(
      { cert: readFileSync(authority.path('localhost.crt')), key: readFileSync(authority.path('localhost.key')) },
      (socket) => void socket.on('error', () => {}),
    )
    await over(server, async (port) => {
      const { http } = DEFAULT_SETTINGS
      const services = testServices({
        settings: { http: { ...http, tls: { ...http.tls, trust: authority.certificate } } },
      })
      const ctx = createContext({ services, body: '<x/>' })
      ctx.exchange.start()
      const asked = outcome(createThriftCall('localhost', port, services)(QUESTION, ctx))
      await once(server, 'secureConnection')
      ctx.arrival.close()
      expect(await asked).toBe('the client closed its connection')
    })
  })
})

async function over<T>(server: Server, work: (port: number) => Promise<T>): Promise<T> {
  const connections = new Set<Socket>()
  server.on('connection', (socket) => connections.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  try {
    return await work((server.address() as AddressInfo).port)
  } finally {
    server.close()
    for (const socket of connections) socket.destroy()
    await once(server, 'close')
  }
}

async function outcome(call: Promise<ThriftMessage>): Promise<string> {
  try {
    const result = (await call).body.get(0)
    return typeof result === 'string' ? result : 'no text'
  } catch (thrown) {
    return thrown instanceof Fault ? thrown.message : 'no fault'
  }
}
