import { once } from 'node:events'
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { AddressInfo } from 'node:net'
import { connect as connectPlain, createServer as createPlainServer } from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { connect, createServer, type TlsOptions } from 'node:tls'
import {
  type Arrival,
  DEFAULT_SETTINGS,
  Deadlines,
  type Fault,
  Headers,
  type Listener,
  type Logger,
  type OutgoingRequest,
  silentLogger,
  type Settings,
} from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Authority, openssl } from '../testing/certificates.ts'
import { openListener, say, settingsWith } from '../testing/open-listener.ts'
import { RawClient } from '../testing/raw-client.ts'
import { createHttpSender } from './sender.ts'

type Tls = Settings['http']['tls']

describe.skipIf(!openssl)('TLS (needs the openssl command)', () => {
  let ca: Authority
  let other: Authority
  let server: { certificate: string; key: string }

  beforeAll(() => {
    ca = new Authority('test authority')
    other = new Authority('other authority')
    server = ca.issue('server')
    ca.issue('client', { usage: 'clientAuth', san: 'DNS:client' })
    ca.issue('expired', { usage: 'clientAuth', san: 'DNS:client', dates: ['20200101000000Z', '20200201000000Z'] })
    ca.issue('revoked', { usage: 'clientAuth', san: 'DNS:client' })
    ca.issue('wrong-usage', { usage: 'serverAuth' })
    other.issue('client', { usage: 'clientAuth', san: 'DNS:client' })
  }, 60_000)

  afterAll(() => {
    ca[Symbol.dispose]()
    other[Symbol.dispose]()
  })

  const tlsWith = (changes: Partial<Tls> = {}): Tls => ({ ...DEFAULT_SETTINGS.http.tls, ...server, ...changes })

  const listen = (
    dispatch: (arrival: Arrival) => void,
    changes: Partial<Tls> = {},
    log: Logger = silentLogger,
  ): Promise<Listener> => openListener(dispatch, { tls: tlsWith(changes), log, timeouts: { handshake: 500 } })

  /** Status and body of one GET, or the code of the error. */
  const get = (url: string, options: RequestOptions = {}): Promise<string> =>
    new Promise((resolve) => {
      const call = httpsRequest(
        url.replace('127.0.0.1', 'localhost'),
        { agent: false, ca: readFileSync(ca.certificate), ...options },
        (answer) => {
          let text = ''
          answer.setEncoding('utf8').on('data', (more: string) => (text += more))
          answer.on('end', () => resolve(`${answer.statusCode} ${text}`))
        },
      )
      call.on('error', (failure: NodeJS.ErrnoException) => resolve(failure.code ?? failure.message))
      call.end()
    })

  const presenting = (authority: Authority, name: string): RequestOptions => ({
    cert: readFileSync(authority.path(`${name}.crt`)),
    key: readFileSync(authority.path(`${name}.key`)),
  })

  const whoami = (arrival: Arrival): void => say(arrival, arrival.peerCertificate()?.subject ?? 'nobody')

  describe('listener', () => {
    test('a request over TLS arrives as https', async () => {
      await using listener = await listen((arrival) => say(arrival, arrival.transport))
      expect(listener.url).toMatch(/^https:/)
      expect(await get(listener.url)).toBe('200 https')
    })

    test.each(['TLSv1', 'TLSv1.1'] as const)('%s is refused', async (version) => {
      await using listener = await listen(whoami)
      expect(
        await get(listener.url, { minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }),
      ).toMatch(/EPROTO|SSL|ECONNRESET/)
    })

    test.each(['AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-RSA-AES128-SHA'])(
      'a suite without forward secrecy or authentication is refused: %s',
      async (ciphers) => {
        await using listener = await listen(whoami)
        expect(await get(listener.url, { maxVersion: 'TLSv1.2', ciphers })).toMatch(/EPROTO|SSL|ECONNRESET/)
        expect(await get(listener.url, { maxVersion: 'TLSv1.2' })).toBe('200 nobody')
      },
    )

    test('a handshake that does not come to its end is closed in time, plain HTTP at once', async () => {
      await using listener = await listen(whoami)
      await using silent = await RawClient.to(listener.url)
      await using plain = await RawClient.to(listener.url)
      expect(await plain.send('GET / HTTP/1.1\r\nHost: x\r\n\r\n').ended(400)).not.toBe('open')
      expect(await silent.ended(2_000)).not.toBe('open')
      expect(await get(listener.url)).toBe('200 nobody')
    })

    test('renegotiation is refused', async () => {
      await using listener = await listen(whoami)
      const { port } = new URL(listener.url)
      const socket = connect({
        port: Number(port),
        host: '127.0.0.1',
        rejectUnauthorized: false,
        maxVersion: 'TLSv1.2',
      })
      socket.on('error', () => {})
      await once(socket, 'secureConnect')
      const accepted = await new Promise<boolean>((resolve) => {
        socket.renegotiate({}, (failure) => resolve(failure === null))
        socket.on('close', () => resolve(false))
        setTimeout(() => resolve(false), 500)
      })
      socket.destroy()
      expect(accepted).toBe(false)
    })

    test('a required client certificate must be good: expired, foreign and misused ones are refused', async () => {
      await using listener = await listen(whoami, { clientCertificate: 'required', clientCa: ca.certificate })
      expect(await get(listener.url, presenting(ca, 'client'))).toBe('200 CN=client')
      for (const options of [
        {},
        presenting(ca, 'expired'),
        presenting(other, 'client'),
        presenting(ca, 'wrong-usage'),
      ]) {
        expect(await get(listener.url, options)).not.toMatch(/^\d/)
      }
    })

    test('an optional client certificate may be missing, but not bad', async () => {
      await using listener = await listen(whoami, { clientCertificate: 'optional', clientCa: ca.certificate })
      expect(await get(listener.url)).toBe('200 nobody')
      expect(await get(listener.url, presenting(ca, 'client'))).toBe('200 CN=client')
      expect(await get(listener.url, presenting(other, 'client'))).not.toMatch(/^\d/)
    })

    test('a revocation list beside the authorities is heeded', async () => {
      const bundle = ca.path('with-crl.pem')
      writeFileSync(bundle, readFileSync(ca.certificate, 'utf8') + readFileSync(ca.revoke('revoked'), 'utf8'))
      await using listener = await listen(whoami, { clientCertificate: 'required', clientCa: bundle })
      expect(await get(listener.url, presenting(ca, 'client'))).toBe('200 CN=client')
      expect(await get(listener.url, presenting(ca, 'revoked'))).not.toMatch(/^\d/)
    })

    test('a new certificate is taken over while running; half a change and a broken file keep the old one', async () => {
      const lines: string[] = []
      const live = { certificate: ca.path('live.crt'), key: ca.path('live.key') }
      copyFileSync(server.certificate, live.certificate)
      copyFileSync(server.key, live.key)
      await using listener = await listen(whoami, live, {
        enabled: () => true,
        log: (_level, _category, text) => void lines.push(text),
      })
      const { port } = new URL(listener.url)
      const subject = (): Promise<string> =>
        new Promise((resolve, reject) => {
          const socket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false }, () => {
            resolve(socket.getPeerX509Certificate()?.subject ?? '')
            socket.destroy()
          })
          socket.on('error', reject)
        })
      expect(await subject()).toBe('CN=server')
      const next = ca.issue('next')
      copyFileSync(next.certificate, live.certificate)
      await until(() => lines.some((line) => line.includes('the old ones stay')))
      expect(await subject()).toBe('CN=server')
      copyFileSync(next.key, live.key)
      await until(() => lines.some((line) => line.includes('reloaded') && !line.includes('not')))
      expect(await subject()).toBe('CN=next')
    })

    test('a certificate that cannot be read is an error at start', async () => {
      await expect(listen(whoami, { certificate: ca.path('none.crt') })).rejects.toMatchObject({ code: 'ENOENT' })
    })
  })

  describe('sender', () => {
    const deadlines = new Deadlines()
    afterAll(() => deadlines[Symbol.dispose]())

    const request = (url: string, headers = new Headers()): OutgoingRequest => ({
      method: 'GET',
      url,
      headers,
      body: undefined,
      timeout: 2_000,
    })

    /** Calls a TLS server with these options; gives the status, or code and reason of the fault. */
    async function call(
      options: TlsOptions,
      changes: Partial<Tls> = {},
      host = 'localhost',
      headers = new Headers(),
    ): Promise<string> {
      let seen = 0
      const backend = createServer(options, (socket) => {
        socket.on('error', () => {})
        socket.on('data', () => {
          seen++
          socket.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
        })
      })
      backend.on('tlsClientError', () => {})
      backend.listen(0, '127.0.0.1')
      await once(backend, 'listening')
      const tls = { ...DEFAULT_SETTINGS.http.tls, trust: ca.certificate, ...changes }
      await using sender = createHttpSender(
        settingsWith({ http: { tls }, timeouts: { connect: 1_000 } }),
        silentLogger,
        deadlines,
      )
      try {
        const { port } = backend.address() as AddressInfo
        const { status } = await sender.send(request(`https://${host}:${port}/`, headers), () => {})
        return String(status)
      } catch (thrown) {
        const fault = thrown as Fault
        expect(seen).toBe(0)
        return `${fault.code} ${(fault.cause as NodeJS.ErrnoException).code}`
      } finally {
        backend.close()
      }
    }

    const pair = (authority: Authority, name: string): TlsOptions => presenting(authority, name)

    test('a back end with a good certificate is called by name and by address', async () => {
      expect(await call(pair(ca, 'server'))).toBe('200')
      expect(await call(pair(ca, 'server'), {}, '127.0.0.1')).toBe('200')
    })

    test('the certificate has to be that of the URL, whatever Host field goes with the request', async () => {
      expect(await call(pair(ca, 'server'), {}, 'localhost', Headers.of({ Host: 'other.example' }))).toBe('200')
      ca.issue('elsewhere', { san: 'DNS:other.example' })
      expect(await call(pair(ca, 'elsewhere'), {}, 'localhost', Headers.of({ Host: 'other.example' }))).toBe(
        '101503 ERR_TLS_CERT_ALTNAME_INVALID',
      )
    })

    test('a certificate that names its host only as common name is refused', async () => {
      ca.issue('localhost', { san: '' })
      expect(await call(pair(ca, 'localhost'))).toBe('101503 ERR_TLS_CERT_ALTNAME_INVALID')
    })

    test('bad certificates are named and get no byte of the message', async () => {
      ca.issue('past', { dates: ['20200101000000Z', '20200201000000Z'] })
      other.issue('server')
      expect(await call(pair(ca, 'past'))).toBe('101503 CERT_HAS_EXPIRED')
      expect(await call(pair(other, 'server'))).toMatch(
        /^101503 UNABLE_TO_(?:VERIFY_LEAF_SIGNATURE|GET_ISSUER_CERT_LOCALLY)$/,
      )
      expect(await call(pair(ca, 'client'))).toMatch(/^101503 /)
    })

    test('an old protocol version is refused', async () => {
      expect(
        await call({
          ...pair(ca, 'server'),
          minVersion: 'TLSv1',
          maxVersion: 'TLSv1.1',
          ciphers: 'DEFAULT@SECLEVEL=0',
        }),
      ).toMatch(/^101503 ERR_SSL/)
    })

    test('the bus shows its own certificate to back ends that ask for one', async () => {
      const asking = {
        ...pair(ca, 'server'),
        requestCert: true,
        rejectUnauthorized: true,
        ca: readFileSync(ca.certificate),
      }
      const own = { outboundCertificate: ca.path('client.crt'), outboundKey: ca.path('client.key') }
      expect(await call(asking, own)).toBe('200')
      // In TLS 1.3 the refusal of a missing certificate comes after the handshake, in place of an answer.
      await expect(call(asking).catch(() => 'refused')).resolves.toMatch(/refused|^101/)
    })

    test('a back end that is silent in the handshake is a connect timeout, one that speaks plain HTTP a failed connection', async () => {
      await using listener = await openListener((arrival) => say(arrival, 'plain'))
      const tls = { ...DEFAULT_SETTINGS.http.tls, trust: ca.certificate }
      await using sender = createHttpSender(
        settingsWith({ http: { tls }, timeouts: { connect: 1_000 } }),
        silentLogger,
        deadlines,
      )
      await expect(sender.send(request(listener.url.replace('http:', 'https:')), () => {})).rejects.toMatchObject({
        code: 101503,
      })
      const silent = createPlainServer(() => {}).listen(0, '127.0.0.1')
      await once(silent, 'listening')
      const { port } = silent.address() as AddressInfo
      await expect(
        sender.send({ ...request(`https://127.0.0.1:${port}/`), timeout: 5_000 }, () => {}),
      ).rejects.toMatchObject({ code: 101508 })
      silent.close()
    })

    test('a trust file that cannot be read is an error at start', () => {
      const tls = { ...DEFAULT_SETTINGS.http.tls, trust: ca.path('none.crt') }
      expect(() => createHttpSender(settingsWith({ http: { tls } }), silentLogger, deadlines)).toThrow(/ENOENT/)
    })
  })

  test('raw bytes on the TLS port leave it working', async () => {
    await using listener = await listen(whoami)
    const { port } = new URL(listener.url)
    for (const bytes of [Buffer.alloc(1024, 0x41), Buffer.from('160303ffff', 'hex'), Buffer.alloc(70_000)]) {
      const socket = connectPlain(Number(port), '127.0.0.1')
      socket.on('error', () => {}).resume()
      socket.end(bytes)
      await new Promise((resolve) => socket.on('close', resolve))
    }
    expect(await get(listener.url)).toBe('200 nobody')
  })
})

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 200 && !condition(); i++) await wait(25)
  expect(condition()).toBe(true)
}
