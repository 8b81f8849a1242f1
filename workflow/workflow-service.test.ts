import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type FacilityMap, type Settings } from 'viaduct'
import { TestFolder } from '../runtime/testing/folder.ts'
import { eachDatabase } from '../stores/testing/each-database.ts'
import { artifact, memoryBus } from '../test/memory-bus.ts'
import { RateLimit } from './sign-up/rate-limit.ts'
import { SignUpDesk } from './sign-up/sign-up-desk.ts'

const API = artifact(`<api name="Orders" context="/orders">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
  <handlers><handler class="org.wso2.rest.BasicAuthHandler"/></handlers>
</api>`)

const APPROVAL = `<WorkFlowExtensions>
  <UserSignUp executor="org.wso2.carbon.apimgt.impl.workflow.UserSignUpApprovalWorkflowExecutor">
    <Property name="roles">subscriber, Internal/subscriber</Property>
    <Property name="adminEmail">admin@example.com, boss@example.com</Property>
    <Property name="portalUrl">http://localhost:9164/</Property>
  </UserSignUp>
  <ApplicationCreation executor="ApplicationCreationApprovalWorkflowExecutor"/>
  <SubscriptionCreation executor="SubscriptionCreationSimpleWorkflowExecutor"/>
</WorkFlowExtensions>`

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

type Bus = Awaited<ReturnType<typeof memoryBus>>

async function busOf(extensions: string, settings: Partial<Settings> = {}) {
  const home = new TestFolder({ 'workflow-extensions.xml': extensions })
  const workflow = { ...DEFAULT_SETTINGS.workflow, signUpsPerHour: 1000 }
  const bus: Bus = await memoryBus({ 'orders.xml': API }, { home: home.path, settings: { workflow, ...settings } })
  const facility = <K extends keyof FacilityMap>(name: K): FacilityMap[K] => {
    const found = bus.bus.deployment?.facility(name)
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }
  const account = { state: 'active' as const, claims: new Map<string, string>() }
  await facility('users').accounts?.add({ ...account, name: 'root', password: 'root-secret', roles: ['admin'] })
  await facility('users').accounts?.add({ ...account, name: 'guest', password: 'guest-secret', roles: ['guest'] })
  const request = (method: string, target: string, body?: string, headers: Record<string, string> = {}) =>
    bus.request({ method, target, headers, ...(body === undefined ? {} : { body }) })
  const json = { 'Content-Type': 'application/json' }
  return {
    ...bus,
    facility,
    request,
    get: (target: string, headers: Record<string, string> = {}) => request('GET', target, undefined, headers),
    signUp: async (registration: object, headers: Record<string, string> = {}) => {
      const answer = await request('POST', '/signup/users', JSON.stringify(registration), { ...json, ...headers })
      return { ...answer, value: JSON.parse(answer.text) as { reference: string; status: string; fields: object } }
    },
    login: (name: string, password: string) =>
      request('GET', '/orders', undefined, { Authorization: basic(name, password) }),
    decide: (reference: string, body: object, as = basic('root', 'root-secret')) =>
      request(
        'POST',
        `/api/am/admin/v0.17/workflows/update-workflow-status?workflowReferenceId=${reference}`,
        JSON.stringify(body),
        { ...json, Authorization: as },
      ),
    async [Symbol.asyncDispose]() {
      await bus.bus.stop()
      home[Symbol.dispose]()
    },
  }
}

const person = (userName: string) => ({ userName, password: `${userName}-secret`, email: `${userName}@example.com` })

eachDatabase(({ settings }) => {
  let bus: Awaited<ReturnType<typeof busOf>>
  beforeAll(async () => {
    bus = await busOf(APPROVAL, { database: await settings('workflows') })
  })
  afterAll(() => bus[Symbol.asyncDispose]())

  test('the configuration is right', () => {
    expect(bus.diagnostics).toEqual([])
  })

  test('an approved user can log in, and not before; he and the administrators are written to', async () => {
    const { status, value, headers } = await bus.signUp({ ...person('alice'), givenName: 'Alice' })
    expect([status, value.status]).toEqual([202, 'CREATED'])
    expect(headers.get('Location')).toBe(`/signup/users/${value.reference}`)
    expect((await bus.login('alice', 'alice-secret')).status).toBe(403)
    const decision = await bus.facility('workflows').decide(value.reference, 'APPROVED', 'root', 'welcome')
    expect(decision).toMatchObject({ outcome: 'decided', workflow: { status: 'APPROVED', step: '', error: '' } })
    expect((await bus.login('alice', 'alice-secret')).status).toBe(200)
    expect((await bus.facility('users').find('alice'))?.roles).toEqual(['subscriber', 'Internal/subscriber'])
    const letters = await bus.facility('mail').letters(value.reference)
    expect(new Map(letters.map(({ subject, to }) => [to.join(), subject]))).toEqual(
      new Map([
        ['admin@example.com', 'Please decide: Approve the sign-up of alice from the tenant domain carbon.super'],
        ['boss@example.com', 'Please decide: Approve the sign-up of alice from the tenant domain carbon.super'],
        ['alice@example.com', 'Your account is ready'],
      ]),
    )
    const mine = letters.find(({ to }) => to.includes('alice@example.com'))
    expect((await bus.facility('mail').letter(mine?.id ?? ''))?.text).toContain('Hello Alice')
    expect(JSON.parse((await bus.get(`/signup/users/${value.reference}`)).text)).toEqual({
      reference: value.reference,
      status: 'APPROVED',
    })
  })

  test('a rejected user is gone, and still written to', async () => {
    const { value } = await bus.signUp(person('bob'))
    await bus.decide(value.reference, { status: 'REJECTED', description: 'unknown here' })
    expect((await bus.login('bob', 'bob-secret')).status).toBe(401)
    expect(await bus.facility('users').accounts?.get('bob')).toBeUndefined()
    const letters = await bus.facility('mail').letters(value.reference)
    expect(letters.map(({ subject }) => subject)).toContain('Your account was not approved')
    expect(await bus.facility('workflows').history(value.reference)).toMatchObject([
      { status: 'CREATED', actor: 'bob', comment: '' },
      { status: 'REJECTED', actor: 'root', comment: 'unknown here' },
    ])
  })

  test.each(['APPROVED', 'REJECTED'] as const)(
    'once its account was removed by hand, a sign-up that is %s does nothing to a later account of the name',
    async (status) => {
      const accounts = bus.facility('users').accounts
      const name = `reused-${status.toLowerCase()}`
      const old = (await bus.signUp(person(name))).value.reference
      await accounts?.remove(name)
      const later = (await bus.signUp({ ...person(name), password: 'later-secret' })).value.reference
      const { outcome } = await bus.facility('workflows').decide(old, status, 'root', '')
      expect(outcome).toBe('decided')
      expect(await accounts?.get(name)).toMatchObject({ state: 'pending', roles: [], origin: later })
      const letters = await bus.facility('mail').letters(old)
      expect(letters.filter(({ to }) => to.includes(`${name}@example.com`))).toEqual([])
      await bus.facility('workflows').decide(later, 'APPROVED', 'root', '')
      expect((await bus.login(name, 'later-secret')).status).toBe(200)
    },
  )

  test('of many who decide at once one decides, and what follows happens once', async () => {
    const { value } = await bus.signUp(person('carol'))
    const workflows = bus.facility('workflows')
    const decisions = await Promise.all(
      Array.from({ length: 12 }, (_, i) =>
        workflows.decide(value.reference, i % 2 === 0 ? 'APPROVED' : 'REJECTED', `admin ${i}`, ''),
      ),
    )
    const won = decisions.filter(({ outcome }) => outcome === 'decided')
    expect(won).toHaveLength(1)
    expect(decisions.filter(({ outcome }) => outcome === 'late')).toHaveLength(11)
    const workflow = await bus.facility('workflows').get(value.reference)
    const active = (await bus.facility('users').find('carol')) !== undefined
    expect(active).toBe(workflow?.status === 'APPROVED')
    const letters = await bus.facility('mail').letters(value.reference)
    expect(letters.filter(({ to }) => to.includes('carol@example.com'))).toHaveLength(1)
    expect(await bus.facility('workflows').history(value.reference)).toHaveLength(2)
  })

  test('a name that is taken is told to nobody: same answer, a letter in the end, and the account untouched', async () => {
    await bus.signUp(person('dora')).then(({ value }) => bus.decide(value.reference, { status: 'APPROVED' }))
    const again = await bus.signUp({ ...person('Dora'), email: 'mallory@example.com' })
    expect([again.status, again.value.status]).toEqual([202, 'CREATED'])
    for (const status of ['APPROVED', 'REJECTED']) {
      const { value } = status === 'APPROVED' ? again : await bus.signUp({ ...person('dora'), email: 'm2@example.com' })
      await bus.decide(value.reference, { status })
      const letters = await bus.facility('mail').letters(value.reference)
      expect(letters.map(({ subject }) => subject)).toContain('Please choose another name')
    }
    expect((await bus.login('dora', 'dora-secret')).status).toBe(200)
    expect((await bus.facility('users').find('dora'))?.claims.get('email')).toBe('dora@example.com')
  })

  test('a name that two want at once is had by one', async () => {
    const both = await Promise.all([bus.signUp(person('emil')), bus.signUp(person('emil'))])
    expect(both.map(({ status }) => status)).toEqual([202, 202])
    const workflows = await Promise.all(both.map(({ value }) => bus.facility('workflows').get(value.reference)))
    expect(workflows.filter((each) => each?.payload.get('taken') === 'true')).toHaveLength(1)
  })

  test('other types have executors of their own', async () => {
    const workflows = bus.facility('workflows')
    const payload = new Map([
      ['userName', 'root'],
      ['email', 'root@example.com'],
    ])
    const application = await workflows.submit({
      type: 'AM_APPLICATION_CREATION',
      subject: 'Shop',
      actor: 'root',
      payload,
    })
    expect(application.status).toBe('CREATED')
    await workflows.decide(application.reference, 'APPROVED', 'root', '')
    const [letter] = await bus.facility('mail').letters(application.reference)
    expect(letter).toMatchObject({
      subject: 'Approved: Approve the creation of the application Shop by root',
      to: ['root@example.com'],
    })
    const subscription = await workflows.submit({
      type: 'AM_SUBSCRIPTION_CREATION',
      subject: 'Quotes',
      actor: 'root',
      payload,
    })
    expect(subscription).toMatchObject({ status: 'APPROVED', step: '' })
    expect(await workflows.history(subscription.reference)).toMatchObject([{ actor: 'root' }, { actor: 'executor' }])
    const unknown = workflows.submit({ type: 'AM_COMMENTS_ADD', subject: 'x', actor: 'root' })
    await expect(unknown).rejects.toThrow('no executor is configured for AM_COMMENTS_ADD')
  })

  test('the list is filtered by status and type, the newest first', async () => {
    const workflows = bus.facility('workflows')
    const list = await workflows.list({ status: 'APPROVED', type: 'AM_USER_SIGNUP' })
    expect(list.length).toBeGreaterThan(0)
    expect(list.every(({ status, type }) => status === 'APPROVED' && type === 'AM_USER_SIGNUP')).toBe(true)
    const times = (await workflows.list()).map(({ created }) => created)
    expect(times).toEqual(times.toSorted((a, b) => b - a))
  })
})

describe('the REST callback', () => {
  let bus: Awaited<ReturnType<typeof busOf>>
  beforeAll(async () => {
    bus = await busOf(APPROVAL)
  })
  afterAll(() => bus[Symbol.asyncDispose]())

  test('wants a user with the role', async () => {
    const { value } = await bus.signUp(person('alice'))
    const wrong = await bus.decide(value.reference, { status: 'APPROVED' }, basic('root', 'wrong'))
    expect([wrong.status, wrong.headers.get('WWW-Authenticate')]).toEqual([
      401,
      'Basic realm="viaduct", charset="UTF-8"',
    ])
    expect((await bus.decide(value.reference, { status: 'APPROVED' }, basic('guest', 'guest-secret'))).status).toBe(403)
    expect((await bus.facility('workflows').get(value.reference))?.status).toBe('CREATED')
  })

  test('takes the same decision twice, and another one not', async () => {
    const { value } = await bus.signUp(person('bob'))
    expect((await bus.decide(value.reference, { status: 'approved' })).status).toBe(200)
    expect((await bus.decide(value.reference, { status: 'APPROVED' })).status).toBe(200)
    const other = await bus.decide(value.reference, { status: 'REJECTED' })
    expect([other.status, other.text]).toEqual([409, expect.stringContaining('APPROVED already')])
    expect((await bus.login('bob', 'bob-secret')).status).toBe(200)
  })

  test('knows what is unknown or wrong', async () => {
    expect((await bus.decide(crypto.randomUUID(), { status: 'APPROVED' })).status).toBe(404)
    expect((await bus.decide("' OR 1=1 --", { status: 'APPROVED' })).status).toBe(404)
    const { value } = await bus.signUp(person('carol'))
    expect((await bus.decide(value.reference, { status: 'MAYBE' })).status).toBe(409)
    expect((await bus.decide(value.reference, [])).status).toBe(409)
  })

  test('takes a form as API Manager 3.0 sends it, and lists what waits', async () => {
    const { value } = await bus.signUp(person('dora'))
    const headers = { Authorization: basic('root', 'root-secret') }
    const list = JSON.parse(
      (await bus.get('/api/am/admin/v4/workflows?workflowType=AM_USER_SIGNUP', headers)).text,
    ) as {
      list: { referenceId: string; workflowStatus: string }[]
    }
    expect(list.list).toContainEqual(
      expect.objectContaining({ referenceId: value.reference, workflowStatus: 'CREATED' }),
    )
    const form = new URLSearchParams({ workflowReference: value.reference, status: 'APPROVED', description: 'ok' })
    const type = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const target = '/api/am/admin/v0.15/workflows/update-workflow-status'
    expect((await bus.request('POST', target, form.toString(), { ...headers, ...type })).status).toBe(200)
    expect((await bus.request('PUT', target, '', headers)).status).toBe(405)
  })
})

describe('the SOAP callback', () => {
  let bus: Awaited<ReturnType<typeof busOf>>
  beforeAll(async () => {
    bus = await busOf(APPROVAL)
  })
  afterAll(() => bus[Symbol.asyncDispose]())

  const resume = (reference: string, status: string, authorization = basic('root', 'root-secret')) =>
    bus.request(
      'POST',
      '/services/WorkflowCallbackService',
      `<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>
        <resumeEvent xmlns="http://callback.workflow.apimgt.carbon.wso2.org"><workflowReference>${reference}</workflowReference>
        <status>${status}</status><description>a &lt; b</description></resumeEvent></s:Body></s:Envelope>`,
      { 'Content-Type': 'text/xml', SOAPAction: 'urn:resumeEvent', Authorization: authorization },
    )

  test('resumes by reference, once', async () => {
    const { value } = await bus.signUp(person('alice'))
    for (let i = 0; i < 2; i++) {
      const answer = await resume(value.reference, 'APPROVED')
      expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('<error>false</error>')])
    }
    const other = await resume(value.reference, 'REJECTED')
    expect([other.status, other.text]).toEqual([500, expect.stringContaining('APPROVED already')])
    expect((await bus.facility('workflows').history(value.reference))[1]?.comment).toBe('a < b')
  })

  test('answers faults in the version of the caller, and 401 to who proves nothing', async () => {
    const unknown = await resume(crypto.randomUUID(), 'APPROVED')
    expect([unknown.status, unknown.text]).toEqual([500, expect.stringContaining('faultcode')])
    expect((await resume('x', 'APPROVED', 'Basic x')).status).toBe(401)
    expect((await resume('x', 'APPROVED', basic('guest', 'guest-secret'))).status).toBe(403)
    const wsdl = await bus.get('/services/WorkflowCallbackService?wsdl')
    expect(wsdl.text).toContain('targetNamespace="http://callback.workflow.apimgt.carbon.wso2.org"')
    expect((await bus.get('/services/WorkflowCallbackService')).status).toBe(405)
  })
})

describe('sign-up', () => {
  test('with a simple executor is an account at once, and still tells nobody whether a name was free', async () => {
    await using bus = await busOf(
      '<WorkFlowExtensions><UserSignUp executor="UserSignUpSimpleWorkflowExecutor"/></WorkFlowExtensions>',
    )
    const first = await bus.signUp(person('alice'))
    expect([first.status, first.value.status]).toEqual([202, 'CREATED'])
    expect((await bus.login('alice', 'alice-secret')).status).toBe(200)
    const second = await bus.signUp({ ...person('alice'), password: 'other-secret' })
    expect([second.status, second.value.status]).toEqual([202, 'CREATED'])
    expect((await bus.login('alice', 'other-secret')).status).toBe(401)
  })

  test('without an executor for it is not there', async () => {
    await using bus = await busOf('<WorkFlowExtensions/>')
    expect((await bus.get('/signup')).status).not.toBe(200)
    expect((await bus.get('/services/WorkflowCallbackService?wsdl')).status).not.toBe(200)
  })

  test('of one address is limited, by page, REST and SOAP together', async () => {
    await using bus = await busOf(APPROVAL, { workflow: { roles: ['admin'], signUpsPerHour: 2 } })
    expect((await bus.signUp(person('one'))).status).toBe(202)
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const page = await bus.request('POST', '/signup', new URLSearchParams(person('two')).toString(), form)
    expect(page.status).toBe(303)
    const third = await bus.signUp(person('three'))
    expect([third.status, third.headers.get('Retry-After')]).toEqual([429, '3600'])
    expect((await bus.request('POST', '/signup', new URLSearchParams(person('four')).toString(), form)).status).toBe(
      429,
    )
    expect((await bus.signUp({ userName: '!' })).status).toBe(400)
  })

  test('of one network of IPv6 is limited, whatever addresses it has', async () => {
    await using bus = await busOf(APPROVAL)
    const { accounts } = bus.facility('users')
    if (accounts === undefined) throw new Error('no accounts')
    const desk = new SignUpDesk(accounts, bus.facility('workflows'), new RateLimit(bus.services.platform, 1))
    const from = async (address: string, name: string) =>
      (await desk.signUp({ ...person(name), givenName: '', lastName: '' }, address, '')).kind
    expect(await from('2001:db8:1:2::1', 'six')).toBe('accepted')
    expect(await from('2001:db8:1:2:ffff::9', 'seven')).toBe('limited')
    expect(await from('2001:db8:1:3::1', 'eight')).toBe('accepted')
  })

  test('says by field what is wrong, in JSON, in a fault and on the page', async () => {
    await using bus = await busOf(APPROVAL)
    const wrong = await bus.signUp({ userName: 'a b', password: 'short', email: 'x', givenName: 'x\u0000' })
    expect(wrong.status).toBe(400)
    expect(Object.keys(wrong.value.fields)).toEqual(['userName', 'password', 'email', 'givenName'])
    for (const body of ['', '[]', '{', '"x"'])
      expect((await bus.request('POST', '/signup/users', body, { 'Content-Type': 'application/json' })).status).toBe(
        400,
      )
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const page = await bus.request('POST', '/signup', 'userName=%22%3E%3Cscript%3Ealert(1)%3C/script%3E', form)
    expect(page.status).toBe(400)
    expect(page.text).not.toContain('<script')
    expect(page.text).toContain('aria-invalid="true"')
    expect(page.headers.get('Content-Security-Policy')).toContain("default-src 'none'")
  })

  test('by SOAP registers a user and tells how his request stands', async () => {
    await using bus = await busOf(APPROVAL)
    const call = async (operation: string, fields: string) => {
      const body = `<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body><${operation} xmlns="urn:viaduct:signup">${fields}</${operation}></s:Body></s:Envelope>`
      return bus.request('POST', '/services/SelfSignUpService', body, { 'Content-Type': 'application/soap+xml' })
    }
    const made = await call(
      'registerUser',
      '<userName>alice</userName><password>alice-secret</password><email>a@example.com</email>',
    )
    const [, reference = ''] = /<workflowReference>([^<]+)</.exec(made.text) ?? []
    expect([made.status, reference]).toEqual([200, expect.stringMatching(/^[\da-f-]{36}$/)])
    expect((await call('getStatus', `<workflowReference>${reference}</workflowReference>`)).text).toContain('CREATED')
    const wrong = await call('registerUser', '<userName>a</userName>')
    expect([wrong.status, wrong.text]).toEqual([400, expect.stringContaining('password: At least 8 characters')])
    expect((await call('dropUsers', '')).status).toBe(400)
  })

  test('in the language of the browser leads to letters in that language', async () => {
    await using bus = await busOf(APPROVAL)
    const { value } = await bus.signUp(person('alice'), { 'Accept-Language': 'de-AT,de;q=0.8' })
    expect((await bus.facility('workflows').get(value.reference))?.payload.get('locale')).toBe('de-AT')
    const strange = await bus.signUp(person('bob'), { 'Accept-Language': '../../etc' })
    expect((await bus.facility('workflows').get(strange.value.reference))?.payload.get('locale')).toBe('')
  })
})

describe('WS executors of applications and subscriptions', () => {
  const properties =
    '<Property name="serviceEndpoint">http://bps.example/p</Property><Property name="callbackURL">http://bus/c</Property>'
  const extensions = ['ApplicationCreation', 'SubscriptionCreation']
    .map((each) => `<${each} executor="${each}WSWorkflowExecutor">${properties}</${each}>`)
    .join('')

  test('send what the services of API Manager expect, every value escaped', async () => {
    await using bus = await busOf(`<WorkFlowExtensions>${extensions}</WorkFlowExtensions>`)
    const values = {
      userName: 'alice',
      tier: 'Gold',
      callbackUrl: 'http://a?b&c',
      description: '<b>',
      applicationName: 'Shop',
      apiVersion: '1.0',
      apiContext: '/q',
      apiProvider: 'root',
    }
    const payload = new Map(Object.entries(values))
    const workflows = bus.facility('workflows')
    const application = await workflows.submit({
      type: 'AM_APPLICATION_CREATION',
      subject: 'Shop',
      actor: 'alice',
      payload,
    })
    const subscription = await workflows.submit({
      type: 'AM_SUBSCRIPTION_CREATION',
      subject: 'Quotes',
      actor: 'alice',
      payload,
    })
    const [first, second] = bus.sender.requests.map(({ text }) =>
      /<wor:(\w+) [\s\S]*<\/wor:\1>/.exec(text)?.[0].replaceAll(/ xmlns:wor="([^"]*)"/g, ' $1'),
    )
    expect(first).toBe(
      '<wor:ApplicationApprovalWorkFlowProcessRequest http://workflow.application.apimgt.carbon.wso2.org>' +
        '<wor:applicationName>Shop</wor:applicationName><wor:applicationTier>Gold</wor:applicationTier>' +
        '<wor:applicationCallbackUrl>http://a?b&amp;c</wor:applicationCallbackUrl>' +
        '<wor:applicationDescription>&lt;b&gt;</wor:applicationDescription><wor:tenantDomain>carbon.super</wor:tenantDomain>' +
        `<wor:userName>alice</wor:userName><wor:workflowExternalRef>${application.reference}</wor:workflowExternalRef>` +
        '<wor:callBackURL>http://bus/c</wor:callBackURL></wor:ApplicationApprovalWorkFlowProcessRequest>',
    )
    expect(second).toBe(
      '<wor:SubscriptionApprovalWorkFlowProcessRequest http://workflow.subscription.apimgt.carbon.wso2.org>' +
        '<wor:apiName>Quotes</wor:apiName><wor:apiVersion>1.0</wor:apiVersion><wor:apiContext>/q</wor:apiContext>' +
        '<wor:apiProvider>root</wor:apiProvider><wor:subscriber>alice</wor:subscriber>' +
        '<wor:applicationName>Shop</wor:applicationName><wor:tierName>Gold</wor:tierName>' +
        `<wor:workflowExternalRef>${subscription.reference}</wor:workflowExternalRef>` +
        '<wor:callBackURL>http://bus/c</wor:callBackURL></wor:SubscriptionApprovalWorkFlowProcessRequest>',
    )
  })
})

describe('workflow-extensions.xml', () => {
  const check = async (extensions: string) => {
    await using bus = await busOfWrong(extensions)
    return bus.diagnostics
  }
  const busOfWrong = async (extensions: string) => {
    const home = new TestFolder({ 'workflow-extensions.xml': extensions })
    const bus = await memoryBus({ 'orders.xml': API }, { home: home.path })
    return {
      diagnostics: bus.diagnostics.map((each) => each.replace(`${home.path}/`, '')),
      async [Symbol.asyncDispose]() {
        await bus.bus.stop()
        home[Symbol.dispose]()
      },
    }
  }

  test.each([
    ['<WorkFlowExtensions', '1:20 error xml-malformed:'],
    ['<Workflows/>', '1:1 error element-unknown: <Workflows>: expected <WorkFlowExtensions>'],
    [
      '<WorkFlowExtensions>\n  <UserSignup executor="x"/></WorkFlowExtensions>',
      '2:3 error element-unknown: <WorkFlowExtensions> has no child <UserSignup>; did you mean "UserSignUp"?',
    ],
    [
      '<WorkFlowExtensions>\n  <UserSignUp/></WorkFlowExtensions>',
      '2:3 error attribute-missing: <UserSignUp> needs the attribute "executor"',
    ],
    [
      '<WorkFlowExtensions><UserSignUp\n executor="com.acme.UserSignUpAproval"/></WorkFlowExtensions>',
      '2:12 error class-unknown: there is no class "com.acme.UserSignUpAproval"',
    ],
    [
      '<WorkFlowExtensions>\n<UserSignUp executor="ApplicationCreationSimpleWorkflowExecutor"/></WorkFlowExtensions>',
      '2:1 error constraint-violated: ApplicationCreationSimpleWorkflowExecutor is for AM_APPLICATION_CREATION',
    ],
    [
      '<WorkFlowExtensions><UserSignUp executor="UserSignUpSimpleWorkflowExecutor">\n <Property name="role">x</Property></UserSignUp></WorkFlowExtensions>',
      '2:2 error module-failed: role: it has neither setRole() nor a field "role"',
    ],
    [
      '<WorkFlowExtensions><UserSignUp executor="UserSignUpWSWorkflowExecutor">\n <Property name="password">$SYSTEM:NOT_SET</Property></UserSignUp></WorkFlowExtensions>',
      '2:2 error parameter-unresolved:',
    ],
  ])('%s is refused where it is wrong', async (extensions, expected) => {
    expect((await check(extensions))[0]).toContain(`workflow-extensions.xml:${expected}`)
  })

  test('as API Manager ships it is taken as it is', async () => {
    const simple = (element: string, kind = element) =>
      `<${element} executor="org.wso2.carbon.apimgt.impl.workflow.${kind}SimpleWorkflowExecutor"/>`
    const { WORKFLOW_TYPES } = await import('./workflow-types.ts')
    const elements = WORKFLOW_TYPES.map(({ element }) => simple(element, element.replace(/^Production|^Sandbox/, '')))
    await using bus = await busOf(`<WorkFlowExtensions>${elements.join('')}</WorkFlowExtensions>`)
    expect(bus.diagnostics).toEqual([])
    const workflows = bus.facility('workflows')
    expect(workflows.types).toEqual(new Set<string>(WORKFLOW_TYPES.map(({ type }) => type)))
    const keys = await workflows.submit({ type: 'AM_APPLICATION_REGISTRATION_SANDBOX', subject: 'Shop', actor: 'a' })
    expect(keys).toMatchObject({ status: 'APPROVED', step: '' })
  })

  test('asks people about any kind of request', async () => {
    const approval =
      '<SubscriptionDeletion executor="SubscriptionDeletionApprovalWorkflowExecutor"><Property name="adminEmail">boss@example.com</Property></SubscriptionDeletion>'
    await using bus = await busOf(`<WorkFlowExtensions>${approval}</WorkFlowExtensions>`)
    const payload = new Map([['userName', 'alice']])
    const { reference, status } = await bus
      .facility('workflows')
      .submit({ type: 'AM_SUBSCRIPTION_DELETION', subject: 'Quotes', actor: 'alice', payload })
    expect(status).toBe('CREATED')
    expect((await bus.facility('mail').letters(reference))[0]?.subject).toBe(
      'Please decide: Deletion of a subscription: Quotes by alice',
    )
  })

  test('names classes that are built in by what they do', async () => {
    const { BUILT_IN } = await import('./executors/built-in.ts')
    for (const [name, create] of BUILT_IN) {
      if (!create.name.startsWith('General')) expect(create.name).toBe(name)
      expect(name).toMatch(/^\w+(?:Simple|Approval|WS)WorkflowExecutor$/)
      expect(() => new create().sendMail({ to: ['a@b'], subject: 'x' })).toThrow('works only when the bus asks it to')
    }
  })

  test('asks for accounts that the bus keeps when users are in a file', async () => {
    using home = new TestFolder({ 'workflow-extensions.xml': APPROVAL, 'security/users.json': '{ "users": {} }' })
    const bus = await memoryBus({ 'orders.xml': API }, { home: home.path })
    expect(bus.diagnostics[0]).toContain('sign-ups need accounts that the bus keeps: set identity.store to database')
  })
})
