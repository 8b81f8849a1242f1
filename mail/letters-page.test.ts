import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { type ConsoleRequest, html, MailFailure, type MailSender } from 'viaduct'
import { RecordedLog } from 'viaduct/testing'
import { TestFolder } from '../runtime/testing/folder.ts'
import { artifact, memoryBus } from '../test/memory-bus.ts'
import { lettersPage } from './letters-page.ts'

const API = artifact(`<api name="Ping" context="/ping">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
</api>`)

async function office() {
  const home = new TestFolder()
  const bus = await memoryBus({ 'ping.xml': API }, { home: home.path })
  const mail = bus.bus.deployment?.facility('mail')
  if (mail === undefined) throw new Error('no mail')
  return {
    mail,
    home,
    page: lettersPage(mail),
    log: bus.services.log as RecordedLog,
    async [Symbol.asyncDispose]() {
      await bus.bus.stop()
      home[Symbol.dispose]()
    },
  }
}

const request = (changes: Partial<ConsoleRequest> = {}): ConsoleRequest => ({
  method: 'GET',
  path: '',
  query: new URLSearchParams(),
  form: new URLSearchParams(),
  user: { name: 'root', roles: [], claims: new Map() },
  mayChange: true,
  formToken: html`<input type="hidden" name="token" value="t" />`,
  ...changes,
})

const textOf = (answer: Awaited<ReturnType<ReturnType<typeof lettersPage>['answer']>>): string =>
  answer !== undefined && 'main' in answer ? `${answer.title} ${answer.main.text}` : ''

const sent = (mail: MailSender, about: string) =>
  expect.poll(async () => (await mail.letters(about)).map(({ state }) => state), { timeout: 5_000 }).toEqual(['sent'])

test('nothing is there before the first letter, not even a database', async () => {
  await using post = await office()
  expect(textOf(await post.page.answer(request()))).toContain('No letter has been written yet')
  expect(await post.page.count?.()).toBe(0)
  expect(await post.mail.letters()).toEqual([])
  expect(existsSync(post.home.file('data'))).toBe(false)
})

test('letters are listed and shown, whatever is in them', async () => {
  await using post = await office()
  const subject = '<b>"Hi"</b>'
  const id = await post.mail.queue({ to: ['a@b'], cc: ['c@d'], subject, text: '<script>alert(1)</script>' }, 'ref')
  await sent(post.mail, 'ref')
  const list = textOf(await post.page.answer(request()))
  expect(list).toContain('&lt;b&gt;&quot;Hi&quot;&lt;/b&gt;')
  const shown = textOf(await post.page.answer(request({ path: `/${id}` })))
  expect(shown).toContain('&lt;script&gt;')
  expect(shown).toContain('c@d')
  expect(shown + list).not.toContain('<script')
  expect(await post.page.answer(request({ path: '/nothing' }))).toBeUndefined()
  expect(await post.page.answer(request({ method: 'POST', path: '/x' }))).toBeUndefined()
})

test('only a letter that was given up can be sent again', async () => {
  await using post = await office()
  const id = await post.mail.queue({ to: ['a@b'], subject: 'Hi' }, 'ref')
  await sent(post.mail, 'ref')
  const answer = await post.page.answer(request({ method: 'POST', path: '/retry', form: new URLSearchParams({ id }) }))
  expect(answer).toMatchObject({ redirect: '/mail', failed: true })
})

test('a letter that is sent at once is there when the promise is kept', async () => {
  await using post = await office()
  const messageId = await post.mail.send({ to: ['a@b'], subject: 'Hi', text: 'x' })
  expect(messageId).toMatch(/^<[\da-f-]{36}@localhost>$/)
  expect(await post.mail.letters()).toEqual([])
  await expect(post.mail.send({ to: ['a@b\r\nBcc: c@d'], subject: 'Hi' })).rejects.toThrow(MailFailure)
  await expect(post.mail.queue({ to: [], subject: 'Hi' }, 'ref')).rejects.toThrow('it has no recipient')
})

test('a sender of the settings that is no address refuses the configuration', async () => {
  const { DEFAULT_SETTINGS } = await import('viaduct')
  using home = new TestFolder()
  const settings = { mail: { ...DEFAULT_SETTINGS.mail, from: 'nobody' } }
  const bus = await memoryBus({ 'ping.xml': API }, { home: home.path, settings })
  expect(bus.diagnostics).toEqual(['viaduct.config.json:1:1 error setting-invalid: mail.from "nobody" is no address'])
})
