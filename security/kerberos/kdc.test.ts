import { execFileSync } from 'node:child_process'
import { connect, createServer, type Server } from 'node:net'
import type { XmlElement } from 'viaduct'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Keyring } from '../keys/index.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { SecurityFailure } from '../security-failure.ts'
import type { SecurityResults } from '../security-results.ts'
import { missingKdcTools, TestKdc } from '../testing/kdc.ts'
import { receive, receiverPlan } from '../testing/receiver.ts'
import { buildMessage, directReference, keyIdentifier } from '../testing/signed-message.ts'
import {
  createKerberosHandler,
  holdTicket,
  KerberosClient,
  KerberosError,
  type KerberosIdentity,
  type KerberosRules,
  KerberosSessions,
  KERBEROS_AP_REQ_SHA1,
  Keytab,
  KdcUnreachable,
} from './index.ts'

const missing = missingKdcTools()
if (missing.length > 0)
  console.warn(`skipped: ${missing.join(', ')} are not installed (krb5-kdc, krb5-admin-server, krb5-user)`)

describe.runIf(missing.length === 0)('with a KDC of MIT Kerberos', () => {
  let kdc: TestKdc
  let service: Keytab
  let user: Keytab

  beforeAll(async () => {
    kdc = await TestKdc.start()
    kdc.admin(
      'addprinc -pw pässword alice',
      'addprinc -pw other -e aes128-cts:normal bob',
      'addprinc -pw sha2 -e aes128-sha2:normal carol',
      'addprinc -pw rc4 -e rc4-hmac:normal dave',
      'addprinc -pw x +requires_preauth eve',
      'addprinc -randkey HTTP/bus.example',
      'addprinc -randkey -e aes256-cts:normal HTTP/sha1.example',
      'addprinc -randkey -e aes128-sha2:normal HTTP/sha2.example',
      'addprinc -randkey -e rc4-hmac:normal HTTP/rc4.example',
    )
    service = Keytab.read(
      kdc.keytab('service.keytab', 'HTTP/bus.example', 'HTTP/sha1.example', 'HTTP/sha2.example', 'HTTP/rc4.example'),
    )
    user = Keytab.read(kdc.keytab('user.keytab', 'alice'))
  }, 60_000)

  afterAll(() => kdc.stop())

  const client = (changes: Partial<KerberosIdentity> = {}): KerberosClient =>
    new KerberosClient({
      principal: 'alice@TEST.EXAMPLE',
      secret: { password: 'pässword' },
      kdcs: [{ host: '127.0.0.1', port: kdc.port }],
      ...changes,
    })

  const keys = new Keyring([])
  const rules = (changes: Partial<KerberosRules> = {}): KerberosRules => ({
    keytab: service,
    replays: new ReplayCache(1000),
    ...changes,
  })

  const accept = (
    header: readonly XmlElement[],
    key: Buffer,
    keyInfo: XmlElement,
    changes: Partial<KerberosRules> = {},
    sessions = new KerberosSessions(),
    now = Date.now(),
  ): Promise<SecurityResults> =>
    receive(
      buildMessage({ header, signatures: [{ key, keyInfo, ids: ['body'] }] }),
      receiverPlan(keys, [createKerberosHandler(rules(changes), sessions)]),
      now,
    )

  async function sent(
    principal: string,
    password: string,
    to: string,
    form: 'bare' | 'gss' = 'bare',
    changes: Partial<KerberosIdentity> = {},
  ): Promise<{ element: XmlElement; secret: Buffer; sha1: string }> {
    const now = Date.now()
    const ticket = await client({ principal: `${principal}@TEST.EXAMPLE`, secret: { password }, ...changes }).ticketFor(
      to,
      now,
    )
    const { element, secret, reference } = holdTicket(ticket, form, 'ticket', now)
    return { element, secret: secret ?? Buffer.alloc(0), sha1: reference?.value ?? '' }
  }

  test.each([
    ['alice', 'pässword', 'HTTP/bus.example'],
    ['alice', 'pässword', 'HTTP/sha1.example'],
    ['alice', 'pässword', 'HTTP/sha2.example'],
    ['bob', 'other', 'HTTP/bus.example'],
    ['carol', 'sha2', 'HTTP/sha1.example'],
    ['eve', 'x', 'HTTP/bus.example'],
  ])('a ticket of %s by the password %s for %s is accepted, and its key signs', async (name, password, to) => {
    const { element, secret } = await sent(name, password, to)
    const { signatures } = await accept([element], secret, directReference('ticket'))
    expect(signatures[0]?.token).toMatchObject({ kind: 'kerberos', principal: `${name}@TEST.EXAMPLE` })
  })

  test('a token for the GSS-API is accepted', async () => {
    const { element, secret } = await sent('alice', 'pässword', 'HTTP/bus.example', 'gss')
    const { signatures } = await accept([element], secret, directReference('ticket'))
    expect(signatures[0]?.token.principal).toBe('alice@TEST.EXAMPLE')
  })

  test('a keytab does instead of a password', async () => {
    const { element, secret } = await sent('alice', '', 'HTTP/bus.example', 'bare', { secret: { keytab: user } })
    expect((await accept([element], secret, directReference('ticket'))).signatures).toHaveLength(1)
  })

  test('a later message names the ticket by its hash', async () => {
    const sessions = new KerberosSessions()
    const { element, secret, sha1 } = await sent('alice', 'pässword', 'HTTP/bus.example')
    const later = keyIdentifier(sha1, KERBEROS_AP_REQ_SHA1)
    await expect(accept([], secret, later, {}, sessions)).rejects.toThrow('KeyIdentifier')
    await accept([element], secret, later, {}, sessions)
    const { tokens } = await accept([], secret, later, {}, sessions)
    expect(tokens[0]).toMatchObject({ kind: 'kerberos', principal: 'alice@TEST.EXAMPLE', element: undefined })
    await expect(accept([], secret, later, {}, sessions, Date.now() + 11 * 3_600_000)).rejects.toThrow('KeyIdentifier')
  })

  test.each<[string, Partial<KerberosRules>, string]>([
    ['for a service that is not ours', { service: 'HTTP/other@TEST.EXAMPLE' }, 'token-invalid'],
    ['that the keytab has no key for', { keytab: new Keytab([]) }, 'token-invalid'],
  ])('a ticket %s is refused', async (_, changes, reason) => {
    const { element, secret } = await sent('alice', 'pässword', 'HTTP/bus.example')
    await expect(accept([element], secret, directReference('ticket'), changes)).rejects.toMatchObject({ reason })
  })

  test('a token is accepted once', async () => {
    const replays = new ReplayCache(1000)
    const { element, secret } = await sent('alice', 'pässword', 'HTTP/bus.example')
    await accept([element], secret, directReference('ticket'), { replays })
    const again = buildMessage({
      header: [element],
      signatures: [{ key: secret, keyInfo: directReference('ticket'), ids: ['body'] }],
    })
    await expect(
      receive(again, receiverPlan(keys, [createKerberosHandler(rules({ replays }), new KerberosSessions())])),
    ).rejects.toMatchObject({ reason: 'replayed' })
  })

  test('clocks may differ by the skew and no more', async () => {
    const { element, secret } = await sent('alice', 'pässword', 'HTTP/bus.example')
    const at = (seconds: number): Promise<SecurityResults> =>
      accept([element], secret, directReference('ticket'), {}, new KerberosSessions(), Date.now() + seconds * 1000)
    await expect(at(295)).resolves.toBeDefined()
    await expect(at(310)).rejects.toMatchObject({ reason: 'token-expired' })
    await expect(at(-310)).rejects.toMatchObject({ reason: 'token-expired' })
  })

  test('arcfour-hmac only where it is allowed', async () => {
    const { element, secret } = await sent('alice', 'pässword', 'HTTP/rc4.example', 'bare', { allowRc4: true })
    await expect(accept([element], secret, directReference('ticket'))).rejects.toMatchObject({
      reason: 'algorithm-refused',
    })
    await expect(accept([element], secret, directReference('ticket'), { allowRc4: true })).resolves.toBeDefined()
  })

  test('every changed byte of a token is refused', async () => {
    const { element } = await sent('alice', 'pässword', 'HTTP/bus.example')
    const [text] = element.children
    const bytes = Buffer.from(text?.type === 3 ? text.value : '', 'base64')
    const { acceptTicket } = await import('./accept-ticket.ts')
    const moment = { now: Date.now(), skew: 300_000 }
    expect(acceptTicket(bytes, rules(), moment).principal).toBe('alice@TEST.EXAMPLE')
    for (let at = 0; at < bytes.length; at += 3) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ 0x55
      let failure: unknown
      try {
        acceptTicket(changed, rules(), moment)
      } catch (error) {
        failure = error
      }
      // Options and version of the key are not protected; all else is.
      if (failure !== undefined) expect(failure).toBeInstanceOf(SecurityFailure)
    }
  })

  test.each<[string, Partial<KerberosIdentity>, string, RegExp]>([
    ['a wrong password', { secret: { password: 'wrong' } }, 'HTTP/bus.example', /the password or key is wrong/],
    [
      'an unknown user',
      { principal: 'nobody@TEST.EXAMPLE' },
      'HTTP/bus.example',
      /the client is not known \(error 6\)/,
    ],
    ['an unknown service', {}, 'HTTP/unknown.example', /the service is not known \(error 7\)/],
    [
      'a wrong password before tickets are given',
      { principal: 'eve@TEST.EXAMPLE', secret: { password: 'wrong' } },
      'HTTP/bus.example',
      /the password or key is wrong \(error 24\)/,
    ],
    [
      'a keytab without a key for the user',
      { principal: 'bob@TEST.EXAMPLE', secret: { keytab: new Keytab([]) } },
      'HTTP/bus.example',
      /./,
    ],
    [
      'a user that only has an arcfour key',
      { principal: 'dave@TEST.EXAMPLE', secret: { password: 'rc4' } },
      'HTTP/bus.example',
      /./,
    ],
    ['no principal', {}, 'a b', /is no principal/],
  ])('%s is told', async (_, changes, to, expected) => {
    const asked = client(changes).ticketFor(to, Date.now())
    await expect(asked).rejects.toThrow(expected)
    await expect(asked).rejects.toBeInstanceOf(KerberosError)
  })

  test('a ticket is fetched once for all that wait, and again when it nears its end', async () => {
    const one = client()
    const [a, b] = await Promise.all([
      one.ticketFor('HTTP/bus.example', Date.now()),
      one.ticketFor('HTTP/bus.example', Date.now()),
    ])
    expect(a).toBe(b)
    expect(await one.ticketFor('HTTP/bus.example', Date.now())).toBe(a)
    expect(a.service).toBe('HTTP/bus.example@TEST.EXAMPLE')
    expect(a.ends - Date.now()).toBeGreaterThan(9 * 3_600_000)
  })

  test('a ticket that MIT’s own client fetched is accepted from its cache', () => {
    const { environment } = kdc
    execFileSync('/usr/bin/kinit', ['-k', '-t', kdc.file('user.keytab'), 'alice'], { env: environment })
    const shown = execFileSync('/usr/bin/kvno', ['HTTP/bus.example'], { env: environment, encoding: 'utf8' })
    expect(shown).toMatch(/HTTP\/bus.example@TEST.EXAMPLE: kvno = 1/)
    // The keytab that kadmin wrote holds the key that this ticket was made with: kvno decrypts with it.
    const checked = execFileSync('/usr/bin/kvno', ['-k', kdc.file('service.keytab'), 'HTTP/bus.example'], {
      env: environment,
      encoding: 'utf8',
    })
    expect(checked).toContain('keytab entry valid')
    expect(service.principals).toContain('HTTP/bus.example@TEST.EXAMPLE')
  })
})

describe('without a KDC', () => {
  test('every address is tried, and all are told', async () => {
    const port = await closedPort()
    const client = new KerberosClient({
      principal: 'a@B',
      secret: { password: 'x' },
      kdcs: [{ host: '127.0.0.1', port }],
    })
    const asked = client.ticketFor('HTTP/x', 0)
    await expect(asked).rejects.toBeInstanceOf(KdcUnreachable)
    await expect(asked).rejects.toThrow(`127.0.0.1:${port}`)
  })

  test.each([
    ['nonsense', Buffer.from('0000000568656c6c6f', 'hex'), /cannot be read/],
    ['an endless answer', Buffer.concat([Buffer.from('7fffffff', 'hex'), Buffer.alloc(2_000_000)]), /too long/],
    ['nothing', undefined, /closed without an answer/],
  ])('%s instead of an answer is refused', async (_, answer, expected) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.once('data', () => (answer === undefined ? socket.end() : socket.end(answer)))
    })
    const port = await listening(server)
    const client = new KerberosClient({
      principal: 'a@B',
      secret: { password: 'x' },
      kdcs: [{ host: '127.0.0.1', port }],
    })
    await expect(client.ticketFor('HTTP/x', 0)).rejects.toThrow(expected)
    server.close()
  })

  test('a principal needs a realm', () => {
    expect(() => new KerberosClient({ principal: 'alice', secret: { password: 'x' }, kdcs: [] })).toThrow(KerberosError)
  })
})

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listening(server)
  await new Promise((resolve) => server.close(resolve))
  await new Promise((resolve) => connect(port, '127.0.0.1').on('error', resolve))
  return port
}
