import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect as connectPlainly } from 'node:net'
import { connect, type TLSSocket } from 'node:tls'
import { Deadlines, silentLogger } from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, openssl } from '../../transports/testing/certificates.ts'
import { writeBinary } from '../thrift/binary-protocol.ts'
import { MessageBuffer } from '../thrift/message-buffer.ts'
import type { ThriftMessage } from '../thrift/thrift-value.ts'
import { MOST_CONNECTIONS, ThriftPort } from './thrift-port.ts'
import type { ThriftHandler } from './thrift-service.ts'

const call = (text: string, sequence = 1): ThriftMessage => ({
  kind: 'call',
  name: 'echo',
  sequence,
  body: new Map([[1, text]]),
})

/** Answers with what it was asked; `hang` waits for the end of the connection, `fail` fails. */
const echo: ThriftHandler = async ({ name, sequence, body }, signal) => {
  const text = body.get(1)
  if (text === 'hang') await once(signal, 'abort')
  if (text === 'fail') throw new Error('kit: failed')
  return { kind: 'reply', name, sequence, body: new Map([[0, typeof text === 'string' ? text : '']]) }
}

describe.skipIf(!openssl)('the thrift port', () => {
  let authority: Authority
  const deadlines = new Deadlines()
  beforeAll(() => {
    authority = new Authority('thrift')
    authority.issue('localhost')
  })
  afterAll(() => {
    authority[Symbol.dispose]()
    deadlines[Symbol.dispose]()
  })

  const create = (): ThriftPort =>
    new ThriftPort({
      host: '127.0.0.1',
      port: 0,
      tls: { cert: readFileSync(authority.path('localhost.crt')), key: readFileSync(authority.path('localhost.key')) },
      limit: 10_000,
      deadlines,
      log: silentLogger,
    })

  async function client(port: ThriftPort): Promise<TLSSocket> {
    const socket = connect({
      host: '127.0.0.1',
      port: port.port ?? 0,
      ca: readFileSync(authority.certificate),
      servername: 'localhost',
    })
    socket.on('error', () => {})
    await once(socket, 'secureConnect')
    return socket
  }

  async function answers(socket: TLSSocket, count: number): Promise<unknown[]> {
    const buffer = new MessageBuffer(100_000)
    const texts: unknown[] = []
    for await (const piece of socket) {
      buffer.add(piece as Buffer)
      for (let message = buffer.next(); message !== undefined; message = buffer.next()) texts.push(message.body.get(0))
      if (texts.length >= count) return texts
    }
    return texts
  }

  async function during(work: (port: ThriftPort) => Promise<void>): Promise<void> {
    const port = create()
    await port.open(echo)
    try {
      await work(port)
    } finally {
      await port.close()
    }
  }

  test('answers questions in their order, sent ahead or in pieces', () =>
    during(async (port) => {
      const socket = await client(port)
      const bytes = Buffer.concat(['a', 'b', 'c'].map((text, i) => writeBinary(call(text, i))))
      for (let at = 0; at < bytes.length; at += 7) socket.write(bytes.subarray(at, at + 7))
      expect(await answers(socket, 3)).toEqual(['a', 'b', 'c'])
    }))

  test.each([
    ['another protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['a message beyond the limit', writeBinary(call('x'.repeat(20_000)))],
    ['a failing question', writeBinary(call('fail'))],
  ])('closes the connection after %s, and serves the others', (_what, bytes) =>
    during(async (port) => {
      const [bad, good] = [await client(port), await client(port)]
      bad.write(bytes)
      await once(bad.resume(), 'close')
      good.write(writeBinary(call('still here')))
      expect(await answers(good, 1)).toEqual(['still here'])
    }),
  )

  test('reads no more ahead than one message while it answers, and answers all of it in the end', () =>
    during(async (port) => {
      const released = Promise.withResolvers<void>()
      await port.open(async ({ name, sequence }) => {
        await released.promise
        return { kind: 'reply', name, sequence, body: new Map([[0, String(sequence)]]) }
      })
      const socket = await client(port)
      const count = 4000
      for (let i = 0; i < count; i++) socket.write(writeBinary(call('x'.repeat(9000), i)))
      let waiting = -1
      while (waiting !== socket.writableLength) {
        waiting = socket.writableLength
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      // Of 36 MB, most has not left the client: the rest fills what the systems between them keep.
      expect(waiting).toBeGreaterThan(1_000_000)
      released.resolve()
      expect(await answers(socket, count)).toEqual(Array.from({ length: count }, (_, i) => String(i)))
      await port.close()
    }))

  test('takes so many connections, logged in or not, and no more', () =>
    during(async (port) => {
      const open = () => connectPlainly({ host: '127.0.0.1', port: port.port ?? 0 }).on('error', () => {})
      const sockets = Array.from({ length: MOST_CONNECTIONS }, open)
      try {
        await Promise.all(sockets.map((socket) => once(socket, 'connect')))
        const beyond = open()
        sockets.push(beyond)
        await once(beyond.resume(), 'close')
        expect(sockets.filter((socket) => socket.destroyed)).toEqual([beyond])
      } finally {
        for (const socket of sockets) socket.destroy()
      }
    }))

  test('tells a question that its client is gone', () =>
    during(async (port) => {
      const told = Promise.withResolvers<void>()
      await port.open(async (asked, signal) => {
        await echo(asked, signal)
        told.resolve()
        return asked
      })
      const socket = await client(port)
      socket.write(writeBinary(call('hang')))
      await new Promise((resolve) => setTimeout(resolve, 50))
      socket.destroy()
      await told.promise
      await port.close()
    }))

  test('speaks no clear text, and nothing below TLS 1.2', () =>
    during(async (port) => {
      const old = connect({
        host: '127.0.0.1',
        port: port.port ?? 0,
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.1',
        minVersion: 'TLSv1',
        ciphers: 'DEFAULT@SECLEVEL=0',
      })
      const [failure] = (await once(old, 'error')) as [Error]
      expect(failure.message).toMatch(/SSL|TLS|ECONNRESET|closed|disconnected/i)
    }))

  test('stays open over a reload, answers by the newest deployment, and closes with the last', async () => {
    const port = create()
    const saying =
      (word: string): ThriftHandler =>
      (asked) =>
        Promise.resolve({ ...asked, kind: 'reply', body: new Map([[0, word]]) })
    await port.open(saying('old'))
    const listening = port.port
    const socket = await client(port)
    socket.write(writeBinary(call('x')))
    await port.open(saying('new'))
    await port.close()
    expect(port.port).toBe(listening)
    const second = await client(port)
    second.write(writeBinary(call('x')))
    expect(await answers(second, 1)).toEqual(['new'])
    await port.close()
    expect(port.port).toBeUndefined()
    await once(socket.resume(), 'close')
  })
})
