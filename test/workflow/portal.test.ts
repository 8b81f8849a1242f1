import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { setTimeout as sleep } from 'node:timers/promises'
import { main } from '../../cli/main.ts'
import { SmtpServer } from '../../mail/testing/smtp-server.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { BROWSER_MISSING, browserProgram, picture, shortcomings, TestBrowser } from './browser.ts'
import { type RunningBus, startBus } from './running-bus.ts'

const EXTENSIONS = `<WorkFlowExtensions>
  <UserSignUp executor="org.wso2.carbon.apimgt.impl.workflow.UserSignUpApprovalWorkflowExecutor">
    <Property name="roles">subscriber</Property>
  </UserSignUp>
</WorkFlowExtensions>`

const SECURED = `<api xmlns="http://ws.apache.org/ns/synapse" name="Orders" context="/orders">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
  <handlers><handler class="org.wso2.rest.BasicAuthHandler"><property name="roles" value="subscriber"/></handler></handlers>
</api>`

const present = browserProgram !== undefined

describe.skipIf(!present && process.env['CI'] !== 'true')(present ? 'in a browser' : BROWSER_MISSING, () => {
  let smtp: SmtpServer
  let home: TestFolder
  let bus: RunningBus
  let browser: TestBrowser
  let refused = true

  beforeAll(async () => {
    smtp = new SmtpServer({
      misbehave: (verb) =>
        verb === 'RCPT' && refused && smtp.commands.at(-1)?.includes('full@') ? '550 mailbox full' : undefined,
    })
    const port = await smtp.listen()
    home = new TestFolder({
      'workflow-extensions.xml': EXTENSIONS,
      'apis/orders.xml': SECURED,
      'viaduct.config.json': JSON.stringify({
        mail: { host: '127.0.0.1', port, security: 'none', timeout: 2_000, retry: 100 },
        workflow: { signUpsPerHour: 1_000 },
        admin: { viewers: ['auditor'] },
      }),
    })
    const io = { out() {}, error() {}, environment: {}, cwd: home.path, terminal: false }
    for (const [name, role] of [
      ['carol', 'admin'],
      ['vera', 'auditor'],
      ['mallory', 'guest'],
    ] as const)
      await main(['user', 'add', name, '--password', `${name}-secret`, '--role', role], io)
    ;[bus, browser] = await Promise.all([startBus(home.path), TestBrowser.open()])
  })
  afterAll(async () => {
    await browser[Symbol.asyncDispose]()
    await bus[Symbol.asyncDispose]()
    await smtp[Symbol.asyncDispose]()
    home[Symbol.dispose]()
  })

  const login = async (page: Page, user: string, password: string): Promise<void> => {
    await page.goto(`${bus.console}/`)
    await page.fill('#user', user)
    await page.fill('#password', password)
    await page.click('button')
  }
  const noticeOf = async (page: Page): Promise<string> => ((await page.textContent('.notice')) ?? '').trim()
  const signUp = async (page: Page, userName: string, email = `${userName}@example.com`): Promise<void> => {
    await page.goto(`${bus.url}/signup`)
    await page.fill('#userName', userName)
    await page.fill('#password', `${userName}-secret`)
    await page.fill('#email', email)
    await page.fill('#givenName', 'Dana')
    await page.click('button')
    await page.waitForURL(/\/signup\/requests\//)
  }
  const call = async (userName: string): Promise<number> => {
    const Authorization = `Basic ${Buffer.from(`${userName}:${userName}-secret`).toString('base64')}`
    return (await fetch(`${bus.url}/orders`, { headers: { Authorization } })).status
  }
  const letterTo = async (address: string): Promise<string> => {
    for (let i = 0; i < 200; i++) {
      const letter = smtp.received.find(({ to }) => to.includes(address))
      if (letter !== undefined) return letter.raw
      await sleep(50)
    }
    throw new Error(`no letter came to ${address}`)
  }

  test('sign up, approve, get a mail, call what is secured', async () => {
    const [user, admin] = [await browser.person(), await browser.person()]
    await user.goto(`${bus.url}/signup`)
    await picture(user, 'signup')
    expect(await shortcomings(user)).toEqual([])
    await signUp(user, 'dana')
    expect(await user.textContent('h1')).toBe('Your request awaits approval')
    await picture(user, 'signup-pending')
    expect(await call('dana')).toBe(403)

    await admin.goto(`${bus.console}/`)
    await picture(admin, 'console-login')
    await login(admin, 'admin', bus.password)
    expect(await admin.textContent('h1')).toBe('Tasks')
    await picture(admin, 'console-tasks')
    await admin.click('text=dana')
    expect(await admin.textContent('main')).toContain('dana@example.com')
    await admin.fill('#comment', 'Welcome <b>aboard</b>!')
    await picture(admin, 'console-task')
    await admin.click('text=Approve')
    expect(await noticeOf(admin)).toBe('dana is approved.')

    const letter = await letterTo('dana@example.com')
    expect(letter).toContain('Subject: Your account is ready')
    expect(letter).toContain('Welcome <b>aboard</b>!')
    expect(letter.replaceAll('=\r\n', '')).toContain('Welcome &lt;b&gt;aboard&lt;/b&gt;!')
    expect(await call('dana')).toBe(200)
    await user.reload()
    expect(await user.textContent('h1')).toBe('Your account is ready')
  })

  test('sign up, reject with the keyboard alone, get a mail, be nobody', async () => {
    const [user, admin] = [await browser.person(), await browser.person('dark')]
    await signUp(user, 'erik')
    await login(admin, 'carol', 'carol-secret')
    await picture(admin, 'console-tasks-dark')
    const tabTo = async (selector: string): Promise<void> => {
      for (let i = 0; i < 40; i++) {
        await admin.keyboard.press('Tab')
        if (await admin.evaluate((each: string) => document.activeElement?.matches(each) === true, selector)) return
      }
      throw new Error(`the keyboard does not reach ${selector}`)
    }
    await tabTo('tbody a')
    await admin.keyboard.press('Enter')
    await admin.waitForURL(/\/tasks\/./)
    await tabTo('textarea')
    await admin.keyboard.type('Who are you?')
    await tabTo('button[value=REJECTED]')
    await admin.keyboard.press('Enter')
    await admin.waitForURL(/\/tasks$/)
    const letter = await letterTo('erik@example.com')
    expect(letter).toContain('Subject: Your account was not approved')
    expect(letter).toContain('Who are you?')
    expect(await call('erik')).toBe(401)
    await admin.goto(`${bus.console}/tasks?all`)
    await admin.click('text=erik')
    expect(await admin.textContent('.history')).toMatch(/rejected\s+by carol/)
    await picture(admin, 'console-history-dark')
    expect(await shortcomings(admin)).toEqual([])
  })

  test('of two administrators at once one decides, and the other is told', async () => {
    const [user, one, other] = [await browser.person(), await browser.person(), await browser.person()]
    await signUp(user, 'frida')
    await login(one, 'admin', bus.password)
    await login(other, 'carol', 'carol-secret')
    for (const page of [one, other]) await page.click('text=frida')
    await Promise.all([one.click('text=Approve'), other.click('button[value=REJECTED]')])
    await Promise.all([one.waitForSelector('.notice'), other.waitForSelector('.notice')])
    const notices = await Promise.all([noticeOf(one), noticeOf(other)])
    expect(notices.filter((each) => each.startsWith('Somebody was faster: '))).toHaveLength(1)
    expect(notices.filter((each) => /^frida is (approved|rejected)\.$/.test(each))).toHaveLength(1)
    await letterTo('frida@example.com')
    await sleep(300)
    expect(smtp.received.filter(({ to }) => to.includes('frida@example.com'))).toHaveLength(1)
    const loser = notices[0].startsWith('Somebody') ? one : other
    await picture(loser, 'console-late')
  })

  test('a letter that was given up is shown with its reason, and can be sent again', async () => {
    const [user, admin] = [await browser.person(), await browser.person()]
    await signUp(user, 'gus', 'full@example.com')
    await login(admin, 'admin', bus.password)
    await admin.click('text=gus')
    await admin.click('text=Approve')
    await admin.waitForSelector('.notice')
    await expect
      .poll(async () => (await admin.goto(`${bus.console}/mail`), await admin.textContent('main')), { timeout: 10_000 })
      .toContain('given up')
    expect(await admin.textContent('header')).toMatch(/Mail\s*1/)
    await picture(admin, 'console-mail')
    expect(await shortcomings(admin)).toEqual([])
    expect(await call('gus')).toBe(200)
    refused = false
    await admin.click('text=Send again')
    await letterTo('full@example.com')
  })

  test('wrong entries are told at their fields, and the password is asked for again', async () => {
    const user = await browser.person()
    await user.goto(`${bus.url}/signup`)
    await user.fill('#userName', '<script>')
    await user.fill('#password', 'short')
    await user.fill('#email', 'x@y')
    await user.click('button')
    expect(await user.textContent('#userName-objection')).toContain('letters')
    expect(await user.inputValue('#userName')).toBe('<script>')
    expect(await user.inputValue('#password')).toBe('')
    expect(await shortcomings(user)).toEqual([])
    await picture(user, 'signup-wrong')
  })

  test('who may only look sees no buttons and is refused', async () => {
    const [user, viewer] = [await browser.person(), await browser.person()]
    await signUp(user, 'hanna')
    await login(viewer, 'vera', 'vera-secret')
    await viewer.click('text=hanna')
    expect(await viewer.locator('main button').count()).toBe(0)
    const token = await viewer.getAttribute('input[name=token]', 'value')
    const form = { token: token ?? '', status: 'APPROVED' }
    const answer = await viewer.request.post(`${viewer.url()}/decide`, { form })
    expect(answer.status()).toBe(403)
    expect(await call('hanna')).toBe(403)
  })

  test('a form without its token, with a foreign one or from another site changes nothing', async () => {
    const [user, admin] = [await browser.person(), await browser.person()]
    await signUp(user, 'igor')
    await login(admin, 'admin', bus.password)
    await admin.click('text=igor')
    const target = `${admin.url()}/decide`
    const status = 'APPROVED'
    const token = (await admin.getAttribute('input[name=token]', 'value')) ?? ''
    for (const form of [{ status }, { status, token: '' }, { status, token: token.replace(/^./, '~') }])
      expect((await admin.request.post(target, { form })).status()).toBe(403)
    const headers = { Origin: 'http://evil.example' }
    expect((await admin.request.post(target, { form: { status, token }, headers })).status()).toBe(403)
    expect((await fetch(target, { method: 'POST', body: new URLSearchParams({ status, token }) })).status).toBe(401)
    expect(await call('igor')).toBe(403)
  })

  test('who has no role, or no password, stays outside', async () => {
    const stranger = await browser.person()
    await login(stranger, 'mallory', 'mallory-secret')
    expect(await stranger.textContent('.notice')).toContain('no role')
    await login(stranger, 'admin', 'wrong')
    expect(await stranger.textContent('.notice')).toContain('wrong')
    expect(await shortcomings(stranger)).toEqual([])
    for (let i = 0; i < 5; i++) await login(stranger, 'admin', 'wrong')
    expect(await stranger.textContent('.notice')).toContain('Too many wrong passwords')
  })

  test('pages complain about nothing: no script, style or file is refused or missing', () => {
    expect(browser.complaints).toEqual([])
  })
})
