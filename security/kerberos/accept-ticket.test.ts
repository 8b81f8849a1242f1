import { randomBytes } from 'node:crypto'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { der } from '../der/index.ts'
import { ReplayCache } from '../replay/replay-cache.ts'
import { SecurityFailure } from '../security-failure.ts'
import { type AcceptedTicket, acceptTicket, type KerberosRules } from './accept-ticket.ts'
import { AES128_SHA1, AES256_SHA1 } from './aes-sha1.ts'
import { type AuthenticatorRequest, writeApplicationRequest, writeAuthenticator } from './application-request.ts'
import { type EncryptionType, KEY_USAGE } from './encryption-type.ts'
import {
  type EncryptionKey,
  MESSAGE,
  parsePrincipal,
  type PrincipalName,
  printPrincipal,
  writeEncryptedData,
  writeEncryptionKey,
  writePrincipalName,
} from './kerberos-types.ts'
import { Keytab } from './keytab.ts'

const now = Date.UTC(2026, 10, 22, 12)
const REALM = 'TEST'
const service: PrincipalName = { type: 2, parts: ['HTTP', 'bus'] }
const alice: PrincipalName = { type: 1, parts: ['alice'] }
const serviceKey: EncryptionKey = { etype: 18, value: randomBytes(32) }
const keytab = new Keytab([{ name: service, realm: REALM, kvno: 3, key: serviceKey }])

interface Parts {
  readonly flags?: number
  readonly session?: EncryptionKey
  readonly realm?: string
  readonly client?: PrincipalName
  readonly starts?: number
  readonly ends?: number
  readonly ticketKey?: EncryptionKey
  readonly kvno?: number
  readonly authenticator?: Partial<AuthenticatorRequest>
  readonly usage?: number
  readonly change?: (request: Buffer) => Buffer
}

const types = new Map<number, EncryptionType>([AES256_SHA1, AES128_SHA1].map((type) => [type.id, type]))

function seal(key: EncryptionKey, usage: number, plain: Buffer, kvno?: number): Buffer {
  const type = types.get(key.etype) ?? AES256_SHA1
  return writeEncryptedData({ etype: key.etype, kvno, cipher: type.encrypt(key.value, usage, plain, randomBytes(16)) })
}

/** An AP-REQ as a KDC and a client would make it together. */
function request(parts: Parts = {}): Buffer {
  const {
    session = { etype: 18, value: Buffer.alloc(32, 5) },
    realm = REALM,
    client = alice,
    ticketKey = serviceKey,
  } = parts
  const flags = Buffer.alloc(4)
  flags.writeUInt32BE(parts.flags ?? 0)
  const ticketPart = der.explicit(
    MESSAGE.ticketPart,
    der.sequence(
      der.explicit(0, der.bits(flags)),
      der.explicit(1, writeEncryptionKey(session)),
      der.explicit(2, der.general(realm)),
      der.explicit(3, writePrincipalName(client)),
      der.explicit(4, der.sequence(der.explicit(0, der.integer(1)), der.explicit(1, der.octets(Buffer.alloc(0))))),
      der.explicit(5, der.generalizedTime(parts.starts ?? now - 60_000)),
      der.explicit(7, der.generalizedTime(parts.ends ?? now + 3_600_000)),
    ),
    'application',
  )
  const ticket = der.explicit(
    MESSAGE.ticket,
    der.sequence(
      der.explicit(0, der.integer(5)),
      der.explicit(1, der.general(REALM)),
      der.explicit(2, writePrincipalName(service)),
      der.explicit(3, seal(ticketKey, KEY_USAGE.ticket, ticketPart, parts.kvno ?? 3)),
    ),
    'application',
  )
  const authenticator = writeAuthenticator({
    realm,
    client,
    time: now,
    microseconds: 7,
    subkey: undefined,
    ...parts.authenticator,
  })
  const type = types.get(session.etype) ?? AES256_SHA1
  const cipher = type.encrypt(session.value, parts.usage ?? KEY_USAGE.authenticator, authenticator, randomBytes(16))
  const whole = writeApplicationRequest(ticket, { etype: session.etype, kvno: undefined, cipher })
  return parts.change?.(whole) ?? whole
}

const accept = (bytes: Buffer, rules: Partial<KerberosRules> = {}): AcceptedTicket =>
  acceptTicket(bytes, { keytab, replays: new ReplayCache(1000), ...rules }, { now, skew: 300_000 })

function refusal(bytes: Buffer, rules?: Partial<KerberosRules>): string {
  try {
    accept(bytes, rules)
    return 'accepted'
  } catch (error) {
    if (error instanceof SecurityFailure) return `${error.reason}: ${error.detail.replace('Kerberos token: ', '')}`
    throw error
  }
}

describe('a ticket', () => {
  test('gives its session key, or the subkey that the client chose', () => {
    expect(accept(request())).toEqual({
      principal: 'alice@TEST',
      service: 'HTTP/bus@TEST',
      key: Buffer.alloc(32, 5),
      ends: now + 3_600_000,
    })
    const subkey = { etype: 17, value: Buffer.alloc(16, 9) }
    expect(accept(request({ authenticator: { subkey } })).key).toEqual(subkey.value)
  })

  test('may be encrypted with an older key of the service, whatever version it says', () => {
    const older: EncryptionKey = { etype: 18, value: randomBytes(32) }
    const both = new Keytab([...keytab.entries, { name: service, realm: REALM, kvno: 2, key: older }])
    expect(refusal(request({ ticketKey: older, kvno: 2 }), { keytab: both })).toBe('accepted')
    expect(refusal(request({ ticketKey: older, kvno: 9 }), { keytab: both })).toBe('accepted')
    expect(refusal(request({ ticketKey: older, kvno: 2 }))).toBe(
      'token-invalid: a ticket for HTTP/bus@TEST cannot be decrypted',
    )
  })

  test.each<[string, Parts, string]>([
    [
      'another client in the authenticator',
      { authenticator: { client: { type: 1, parts: ['admin'] } } },
      'token-invalid: ticket and authenticator name different clients',
    ],
    [
      'another realm in the authenticator',
      { authenticator: { realm: 'OTHER' } },
      'token-invalid: ticket and authenticator name different clients',
    ],
    ['the invalid flag', { flags: 0x01000000 }, 'token-invalid: the ticket is marked invalid'],
    ['a client of another realm', { realm: 'OTHER' }, 'token-invalid: users of OTHER are not accepted'],
    [
      'an authenticator of yesterday',
      { authenticator: { time: now - 86_400_000 } },
      'token-expired: the clocks are too far apart',
    ],
    [
      'an authenticator of tomorrow',
      { authenticator: { time: now + 86_400_000 } },
      'token-expired: the clocks are too far apart',
    ],
    ['a start in the future', { starts: now + 400_000 }, 'token-expired: the ticket is not valid yet'],
    ['an end in the past', { ends: now - 400_000 }, 'token-expired: the ticket has ended'],
    [
      'an authenticator made for a KDC',
      { usage: KEY_USAGE.ticketRequestAuthenticator },
      'token-invalid: an authenticator cannot be decrypted',
    ],
    [
      'a subkey of a wrong length',
      { authenticator: { subkey: { etype: 18, value: Buffer.alloc(8) } } },
      'token-invalid: the key has a wrong length',
    ],
    [
      'a subkey of a weak type',
      { authenticator: { subkey: { etype: 3, value: Buffer.alloc(8) } } },
      'algorithm-refused: the encryption type 3 is not allowed',
    ],
    [
      'a session key of a weak type',
      { session: { etype: 23, value: Buffer.alloc(16) } },
      'algorithm-refused: the encryption type 23 is not allowed',
    ],
    [
      'another key of the service',
      { ticketKey: { etype: 18, value: randomBytes(32) } },
      'token-invalid: a ticket for HTTP/bus@TEST cannot be decrypted',
    ],
    [
      'a key type that the keytab lacks',
      { ticketKey: { etype: 17, value: randomBytes(16) } },
      'token-invalid: the keytab has no key of type aes128-cts-hmac-sha1-96 for a ticket for HTTP/bus@TEST',
    ],
  ])('with %s is refused', (_, parts, expected) => {
    expect(refusal(request(parts))).toBe(expected)
  })

  test('of another realm is accepted where the realm is trusted and the KDC checked the way', () => {
    const rules = { trustedRealms: new Set(['OTHER']) }
    expect(refusal(request({ realm: 'OTHER' }), rules)).toBe('token-invalid: users of OTHER are not accepted')
    expect(accept(request({ realm: 'OTHER', flags: 1 << 19 }), rules).principal).toBe('alice@OTHER')
  })

  test('encrypted with a session key is refused', () => {
    const option = (bytes: Buffer): Buffer =>
      Buffer.from(bytes.toString('hex').replace('a2070305000000', 'a2070305004000'), 'hex')
    expect(refusal(request({ change: option }))).toBe('token-invalid: the ticket is encrypted with a session key')
  })

  test('for another service is refused where one is named', () => {
    expect(refusal(request(), { service: 'HTTP/other@TEST' })).toBe('token-invalid: the ticket is for HTTP/bus@TEST')
    expect(refusal(request(), { service: 'HTTP/bus@TEST' })).toBe('accepted')
  })

  test('is accepted once', () => {
    const replays = new ReplayCache(1000)
    const bytes = request()
    expect(refusal(bytes, { replays })).toBe('accepted')
    expect(refusal(bytes, { replays })).toMatch(/^replayed/)
    expect(refusal(request(), { replays })).toBe('accepted')
  })

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['text', Buffer.from('hello')],
    ['a ticket alone', der.explicit(MESSAGE.ticket, der.sequence(), 'application')],
    ['an empty request', der.explicit(MESSAGE.applicationRequest, der.sequence(), 'application')],
    ['bytes behind it', Buffer.concat([request(), Buffer.of(0)])],
  ])('that is %s is malformed', (_, bytes) => {
    expect(refusal(bytes)).toMatch(/^token-malformed/)
  })

  test('a name with control characters is malformed, so that it never reaches a log', () => {
    expect(refusal(request({ client: { type: 1, parts: ['alice\nadmin'] } }))).toMatch(/^token-malformed/)
  })

  test('anything at all is a SecurityFailure and nothing else', () => {
    const whole = request()
    fc.assert(
      fc.property(fc.nat(whole.length - 1), fc.uint8Array({ minLength: 1, maxLength: 8 }), (at, bytes) => {
        const changed = Buffer.from(whole)
        changed.set(bytes.subarray(0, changed.length - at), at)
        expect(typeof refusal(changed)).toBe('string')
      }),
      { numRuns: 500 },
    )
  })
})

describe('principals', () => {
  test.each([
    ['alice@REALM', ['alice'], 'REALM'],
    ['HTTP/host.example@REALM', ['HTTP', 'host.example'], 'REALM'],
    ['HTTP/host', ['HTTP', 'host'], undefined],
  ])('%s', (text, parts, realm) => {
    expect(parsePrincipal(text)).toMatchObject({ name: { parts }, realm })
  })

  test.each(['', '@REALM', 'a@', 'a@b@c', 'a b@R', '/x@R', 'x/@R', `${'a'.repeat(2000)}@R`])('"%s" is none', (text) => {
    expect(parsePrincipal(text)).toBeUndefined()
  })

  test('separators inside of names are escaped, so that nobody is taken for somebody else', () => {
    expect(printPrincipal({ type: 1, parts: ['a@B', 'c/d'] }, 'R')).toBe('a\\@B/c\\/d@R')
  })
})
