import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ReplayCache } from '../replay/replay-cache.ts'
import { missingKdcTools, TestKdc } from '../testing/kdc.ts'
import { acceptTicket } from './accept-ticket.ts'
import { unwrapGss } from './gss-token.ts'
import { holdTicket, KerberosClient, Keytab } from './index.ts'

const missing = [...missingKdcTools(), ...missingJava()]
if (missing.length > 0) console.warn(`skipped: ${missing.join(', ')} are not installed`)

function missingJava(): string[] {
  try {
    execFileSync('java', ['-version'], { stdio: 'ignore' })
    return []
  } catch {
    if (process.env['CI'] === 'true') throw new Error('a JDK is needed')
    return ['java']
  }
}

describe.runIf(missing.length === 0)('with the GSS-API of the JDK', () => {
  let kdc: TestKdc
  let service: Keytab

  beforeAll(async () => {
    kdc = await TestKdc.start()
    kdc.admin('addprinc -randkey alice', 'addprinc -randkey HTTP/bus.example')
    service = Keytab.read(kdc.keytab('service.keytab', 'HTTP/bus.example'))
    kdc.keytab('alice.keytab', 'alice')
  }, 60_000)

  afterAll(() => kdc.stop())

  function java(input: string, ...args: readonly string[]): string[] {
    const source = fileURLToPath(new URL('../testing/java/GssPeer.java', import.meta.url))
    const options = [
      `-Djava.security.krb5.conf=${kdc.file('krb5.conf')}`,
      '-Djavax.security.auth.useSubjectCredsOnly=true',
    ]
    return execFileSync('java', [...options, source, ...args], {
      input,
      encoding: 'utf8',
      stdio: ['pipe', 'pipe', 'pipe'],
    })
      .trim()
      .split(' ')
  }

  test('its token is accepted, with the same key on both sides', () => {
    const [token = '', key] = java(
      '',
      'initiate',
      'alice@TEST.EXAMPLE',
      kdc.file('alice.keytab'),
      'HTTP/bus.example@TEST.EXAMPLE',
    )
    const ticket = acceptTicket(
      unwrapGss(Buffer.from(token, 'base64')),
      { keytab: service, replays: new ReplayCache(1000) },
      { now: Date.now(), skew: 300_000 },
    )
    expect(ticket).toMatchObject({ principal: 'alice@TEST.EXAMPLE', service: 'HTTP/bus.example@TEST.EXAMPLE' })
    expect(ticket.key.toString('base64')).toBe(key)
  }, 60_000)

  test('it accepts our token, with the same key on both sides', async () => {
    const keytab = Keytab.read(readFileSync(kdc.file('alice.keytab')))
    const client = new KerberosClient({
      principal: 'alice@TEST.EXAMPLE',
      secret: { keytab },
      kdcs: [{ host: '127.0.0.1', port: kdc.port }],
    })
    const { element, secret } = holdTicket(
      await client.ticketFor('HTTP/bus.example', Date.now()),
      'gss',
      'id',
      Date.now(),
    )
    const [text] = element.children
    const [principal, key] = java(
      text !== undefined && 'value' in text ? text.value : '',
      'accept',
      'HTTP/bus.example@TEST.EXAMPLE',
      kdc.file('service.keytab'),
    )
    expect(principal).toBe('alice@TEST.EXAMPLE')
    expect(key).toBe(secret?.toString('base64'))
  }, 60_000)
})
