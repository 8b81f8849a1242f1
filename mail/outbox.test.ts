import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Mail, type Settings, sleep, systemPlatform } from 'viaduct'
import { RecordedLog, TestPlatform, testServices } from 'viaduct/testing'
import { eachDatabase } from '../stores/testing/each-database.ts'
import { Outbox } from './outbox.ts'
import { PostOffice } from './post-office.ts'
import { type SmtpOptions, SmtpServer } from './testing/smtp-server.ts'

const letter: Mail = {
  to: ['alice@example.com'],
  bcc: ['bob@example.com'],
  subject: 'Grüße',
  text: 'Hello',
  headers: new Map([['X-A', 'b']]),
  attachments: [{ name: 'a.bin', mediaType: 'application/octet-stream', content: Buffer.from([0, 255, 10]) }],
}

eachDatabase(({ open }) => {
  const outboxOf = async (name: string, platform = new TestPlatform()) => {
    const database = await open(name)
    const outbox = new Outbox(database, platform, 'bus.example')
    await outbox.open()
    return { database, outbox, platform, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
  }

  test('a letter comes out of the database as it went in, under one message id for ever', async () => {
    await using box = await outboxOf('same')
    await box.outbox.add(letter, 'ref')
    const [first] = await box.outbox.claim(5, 1_000)
    expect(first?.mail).toEqual(letter)
    expect(first?.messageId).toMatch(/^<[\da-f-]{36}@bus\.example>$/)
    if (first !== undefined) await box.outbox.later(first, '451 later', 500)
    expect(await box.outbox.claim(5, 1_000)).toEqual([])
    box.platform.advance(501)
    const [again] = await box.outbox.claim(5, 1_000)
    expect([again?.messageId, again?.attempts]).toEqual([first?.messageId, 2])
  })

  test('a letter exists only if its transaction commits', async () => {
    await using box = await outboxOf('within')
    const failing = box.database.transaction(async (queries) => {
      await box.outbox.add(letter, 'ref', queries)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await box.outbox.letters()).toEqual([])
  })

  test('of two who deliver, each letter is one’s; what one leaves behind is free when its lease ends', async () => {
    await using box = await outboxOf('lease')
    for (let i = 0; i < 10; i++) await box.outbox.add({ ...letter, subject: `${i}` }, 'ref')
    const [mine, theirs] = await Promise.all([box.outbox.claim(6, 1_000), box.outbox.claim(6, 1_000)])
    const subjects = [...mine, ...theirs].map(({ mail }) => mail.subject)
    expect(new Set(subjects).size).toBe(subjects.length)
    expect(subjects.length).toBeGreaterThanOrEqual(6)
    box.platform.advance(1_001)
    const all = await box.outbox.claim(10, 1_000)
    expect(all).toHaveLength(10)
    const [late] = mine
    if (late !== undefined) await box.outbox.sent(late)
    expect((await box.outbox.letters()).filter(({ state }) => state === 'sent')).toEqual([])
  })

  test('what was given up can be tried again, and only that', async () => {
    await using box = await outboxOf('retry')
    const id = await box.outbox.add(letter, 'ref')
    expect(await box.outbox.retry(id)).toBe(false)
    const [claimed] = await box.outbox.claim(1, 1_000)
    if (claimed !== undefined) await box.outbox.failed(claimed, '550 no such user')
    expect(await box.outbox.letters('ref')).toMatchObject([
      { id, state: 'failed', error: '550 no such user', attempts: 1 },
    ])
    expect(await box.outbox.claim(1, 1_000)).toEqual([])
    expect(await box.outbox.retry(id)).toBe(true)
    expect(await box.outbox.claim(1, 1_000)).toHaveLength(1)
    expect(await box.outbox.letters('other')).toEqual([])
  })

  test('letters that were sent are forgotten in the end, others never', async () => {
    await using box = await outboxOf('forget')
    await box.outbox.add(letter, 'sent')
    const [claimed] = await box.outbox.claim(1, 1_000)
    if (claimed !== undefined) await box.outbox.sent(claimed)
    await box.outbox.add(letter, 'queued')
    box.platform.advance(10_000)
    await box.outbox.forget(box.platform.now())
    expect((await box.outbox.letters()).map(({ about }) => about)).toEqual(['queued'])
  })

  const officeOf = async (name: string, options: SmtpOptions, changes: Partial<Settings['mail']> = {}) => {
    const server = new SmtpServer(options)
    const port = await server.listen()
    const mail = {
      ...DEFAULT_SETTINGS.mail,
      host: '127.0.0.1',
      port,
      security: 'none' as const,
      timeout: 300,
      retry: 50,
    }
    const log = new RecordedLog()
    const platform = { ...systemPlatform, random: () => 0.5 }
    const services = testServices({ settings: { ...DEFAULT_SETTINGS, mail: { ...mail, ...changes } }, log, platform })
    const database = await open(name)
    const outbox = new Outbox(database, platform, 'bus.example')
    const office = new PostOffice(outbox, services)
    office.use()
    return {
      server,
      outbox,
      log,
      async post(subject = 'Hi') {
        await outbox.add({ to: ['alice@example.com'], subject, text: 'x' }, 'ref')
        office.notice()
      },
      async [Symbol.asyncDispose]() {
        await office.release()
        await database[Symbol.asyncDispose]()
        await server[Symbol.asyncDispose]()
      },
    }
  }
  const until = async (done: () => boolean | Promise<boolean>): Promise<void> => {
    for (let i = 0; i < 200; i++) {
      if (await done()) return
      await sleep(25)
    }
    throw new Error('it did not happen')
  }
  const states = async (outbox: Outbox) => (await outbox.letters()).map(({ state }) => state)

  test('a server that says later twice gets the letter the third time', async () => {
    await using mail = await officeOf('later', {
      misbehave: (verb, n) => (verb === 'RCPT' && n < 2 ? '451 later' : undefined),
    })
    await mail.post()
    await until(async () => (await states(mail.outbox))[0] === 'sent')
    expect(mail.server.received).toHaveLength(1)
    expect((await mail.outbox.letters())[0]).toMatchObject({ attempts: 3, error: '' })
    expect(mail.log.lines.filter((line) => line.startsWith('WARN'))).toHaveLength(2)
  })

  test('a recipient who does not exist is given up at once and stays visible', async () => {
    await using mail = await officeOf('final', {
      misbehave: (verb) => (verb === 'RCPT' ? '550 no such user' : undefined),
    })
    await mail.post()
    await until(async () => (await states(mail.outbox))[0] === 'failed')
    expect((await mail.outbox.letters())[0]).toMatchObject({
      attempts: 1,
      error: expect.stringMatching(/550|rejected/),
    })
  })

  test('a server that never takes it is given up after the attempts of the settings', async () => {
    await using mail = await officeOf(
      'never',
      { misbehave: (verb) => (verb === 'MAIL' ? '451 later' : undefined) },
      { attempts: 3, retry: 20 },
    )
    await mail.post()
    await until(async () => (await states(mail.outbox))[0] === 'failed')
    expect((await mail.outbox.letters())[0]?.attempts).toBe(3)
  })

  test('when the acknowledgement is lost the letter comes once more, under the same message id', async () => {
    await using mail = await officeOf('ackloss', {
      misbehave: (verb, n) => (verb === 'TAKEN' && n === 0 ? 'close' : undefined),
    })
    await mail.post()
    await until(async () => (await states(mail.outbox))[0] === 'sent')
    const ids = mail.server.received.map(({ raw }) => /^Message-ID: (.*)$/m.exec(raw)?.[1])
    expect(ids).toHaveLength(2)
    expect(new Set(ids).size).toBe(1)
  })

  test('a server that falls silent holds up its letter only, and only for the timeout', async () => {
    await using mail = await officeOf('silent', {
      misbehave: (verb, n) => (verb === 'DATA' && n === 0 ? 'silence' : undefined),
    })
    await mail.post('first')
    await mail.post('second')
    await until(async () => (await states(mail.outbox)).every((state) => state === 'sent'))
    const subjects = mail.server.received.map(({ raw }) => /^Subject: (.*)$/m.exec(raw)?.[1]?.trim())
    expect(new Set(subjects)).toEqual(new Set(['first', 'second']))
    expect(subjects).toHaveLength(2)
  })
})
