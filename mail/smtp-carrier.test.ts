import { describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Mail, type MailFailure, type Settings } from 'viaduct'
import { SmtpCarrier } from './smtp-carrier.ts'
import { type SmtpOptions, SmtpServer } from './testing/smtp-server.ts'

const letter: Mail = { to: ['alice@example.com'], subject: 'Grüße', text: 'Hello\n.\nbye' }

async function carrying(options: SmtpOptions, changes: Partial<Settings['mail']> = {}) {
  const server = new SmtpServer(options)
  const port = await server.listen()
  const carrier = new SmtpCarrier({
    ...DEFAULT_SETTINGS.mail,
    host: 'localhost',
    port,
    security: 'none',
    timeout: 1_000,
    trust: server.authority,
    ...changes,
  })
  return {
    server,
    carry: (mail: Mail = letter, id = '<1@test>') => carrier.carry(mail, id),
    async [Symbol.asyncDispose]() {
      await carrier[Symbol.asyncDispose]()
      await server[Symbol.asyncDispose]()
    },
  }
}

const failureOf = (work: Promise<void>): Promise<MailFailure> =>
  work.then(
    () => {
      throw new Error('it was taken')
    },
    (failure: unknown) => failure as MailFailure,
  )

describe('a letter', () => {
  test('arrives as it was written', async () => {
    await using mail = await carrying({})
    await mail.carry({
      ...letter,
      cc: ['Bob B <bob@example.com>'],
      bcc: ['carol@example.com'],
      replyTo: 'help@example.com',
      html: '<p>Hello</p>',
      headers: new Map([['X-Order', '7']]),
      attachments: [{ name: 'a.xml', mediaType: 'application/xml', content: Buffer.from('<a/>') }],
    })
    const [got] = mail.server.received
    expect(got?.from).toBe('viaduct@localhost')
    expect(got?.to).toEqual(['alice@example.com', 'bob@example.com', 'carol@example.com'])
    for (const part of [
      'Message-ID: <1@test>',
      'Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=',
      'Cc: Bob B <bob@example.com>',
      'Reply-To: help@example.com',
      'X-Order: 7',
      'Content-Type: text/html',
      'filename=a.xml',
      'PGEvPg==',
    ])
      expect(got?.raw).toContain(part)
    expect(got?.raw).not.toContain('carol')
  })

  test('has no bare line feeds and no lines that are too long', async () => {
    await using mail = await carrying({})
    await mail.carry({ ...letter, text: `${'x'.repeat(5_000)}\n${'ä'.repeat(2_000)}\n.\n..\n` })
    const { raw = '' } = mail.server.received[0] ?? {}
    expect(raw.replaceAll('\r\n', '')).not.toMatch(/[\r\n]/)
    expect(Math.max(...raw.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998)
  })

  test('never reads a file or an address that it names', async () => {
    await using mail = await carrying({})
    const attachments = [{ name: '/etc/passwd', mediaType: 'text/plain', content: Buffer.from('harmless') }]
    await mail.carry({ ...letter, html: '<img src="file:///etc/passwd">', attachments })
    expect(mail.server.received[0]?.raw).not.toContain('root:')
  })
})

describe('a server that does not take the letter', () => {
  const cases: readonly [what: string, options: SmtpOptions, reason: RegExp, final: boolean][] = [
    [
      'greets with a refusal',
      { misbehave: (verb) => (verb === 'GREETING' ? '554 no service' : undefined) },
      /554/,
      false,
    ],
    ['greets with come later', { misbehave: (verb) => (verb === 'GREETING' ? '421 later' : undefined) }, /421/, false],
    ['refuses the sender for now', { misbehave: (verb) => (verb === 'MAIL' ? '451 later' : undefined) }, /451/, false],
    ['refuses the sender', { misbehave: (verb) => (verb === 'MAIL' ? '550 not you' : undefined) }, /550/, true],
    [
      'refuses the recipient for now',
      { misbehave: (verb) => (verb === 'RCPT' ? '450 greylisted' : undefined) },
      /450|rejected/i,
      false,
    ],
    [
      'refuses the recipient',
      { misbehave: (verb) => (verb === 'RCPT' ? '550 no such user' : undefined) },
      /550|rejected/i,
      true,
    ],
    ['refuses the text for now', { misbehave: (verb) => (verb === 'TAKEN' ? '452 full' : undefined) }, /452/, false],
    ['refuses the text', { misbehave: (verb) => (verb === 'TAKEN' ? '554 spam' : undefined) }, /554/, true],
    [
      'says nothing',
      { misbehave: (verb) => (verb === 'GREETING' ? 'silence' : undefined) },
      /greeting|timeout/i,
      false,
    ],
    [
      'falls silent after the text',
      { misbehave: (verb) => (verb === 'TAKEN' ? 'silence' : undefined) },
      /timeout/i,
      false,
    ],
    [
      'goes away in between',
      { misbehave: (verb) => (verb === 'DATA' ? 'close' : undefined) },
      /clos|reset|ECONNRESET/i,
      false,
    ],
  ]
  test.each(cases)('%s', async (_what, options, reason, final) => {
    await using mail = await carrying(options)
    const failure = await failureOf(mail.carry())
    expect(failure.message).toMatch(reason)
    expect(failure.message).not.toContain('\n')
    expect(failure.final).toBe(final)
  })

  test('is not there', async () => {
    const carrier = new SmtpCarrier({
      ...DEFAULT_SETTINGS.mail,
      host: '127.0.0.1',
      port: 1,
      security: 'none',
      timeout: 500,
    })
    expect((await failureOf(carrier.carry(letter, '<1@test>'))).final).toBe(false)
    await carrier[Symbol.asyncDispose]()
  })
})

describe('security', () => {
  test('starttls and tls secure the connection before anything is said', async () => {
    for (const security of ['starttls', 'tls'] as const) {
      await using mail = await carrying({ security }, { security })
      await mail.carry()
      expect(mail.server.received[0]?.secure).toBe(true)
      expect(mail.server.commands.indexOf('MAIL')).toBeLessThan(mail.server.commands.length)
    }
  })

  test('a server that cannot start TLS, or is not the one it says, gets nothing', async () => {
    await using plain = await carrying({}, { security: 'starttls' })
    await expect(plain.carry()).rejects.toThrow()
    await using foreign = await carrying({ security: 'starttls' }, { security: 'starttls', trust: '' })
    expect((await failureOf(foreign.carry())).message).toMatch(/self.signed/)
    expect([...plain.server.received, ...foreign.server.received]).toEqual([])
    expect(plain.server.commands.filter((each) => each.startsWith('MAIL'))).toEqual([])
  })

  test('a login is sent, and one that is wrong leaves the letter for later', async () => {
    const login = { user: 'bus', password: 's3cret' }
    await using right = await carrying({ login }, login)
    await right.carry()
    expect(right.server.received[0]?.user).toBe('bus')
    await using wrong = await carrying({ login }, { user: 'bus', password: 'other' })
    const failure = await failureOf(wrong.carry())
    expect(failure.final).toBe(false)
    expect(failure.message).not.toContain('other')
  })
})

test('many letters go over few connections', async () => {
  await using mail = await carrying({}, { connections: 2 })
  await Promise.all(Array.from({ length: 20 }, (_, i) => mail.carry(letter, `<${i}@test>`)))
  expect(mail.server.received).toHaveLength(20)
  expect(mail.server.mostConnections).toBeLessThanOrEqual(2)
})
