import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from 'viaduct'
import { TestFolder } from '../runtime/testing/folder.ts'
import { artifact, memoryBus } from '../test/memory-bus.ts'

const API = artifact(`<api name="Orders" context="/orders">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
  <handlers><handler class="org.wso2.rest.BasicAuthHandler"/></handlers>
</api>`)

const EXTENSIONS = `<WorkFlowExtensions>
  <UserSignUp executor="org.wso2.carbon.apimgt.impl.workflow.UserSignUpApprovalWorkflowExecutor">
    <Property name="roles">subscriber, Internal/subscriber</Property>
    <Property name="adminEmail">admin@example.com</Property>
    <Property name="portalUrl">http://localhost:9164</Property>
  </UserSignUp>
</WorkFlowExtensions>`

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

type Bus = Awaited<ReturnType<typeof memoryBus>>

const post = (bus: Bus, target: string, body: unknown, headers: Record<string, string> = {}) =>
  bus.request({
    method: 'POST',
    target,
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })

const get = (bus: Bus, target: string, headers: Record<string, string> = {}) =>
  bus.request({ method: 'GET', target, headers })

const alice = { userName: 'alice', password: 'alice-secret', email: 'alice@example.com', givenName: 'Alice' }

describe('self sign-up with approval', () => {
  let home: TestFolder
  let bus: Bus
  beforeAll(async () => {
    home = new TestFolder({ 'workflow-extensions.xml': EXTENSIONS })
    bus = await memoryBus(
      { 'orders.xml': API },
      { home: home.path, settings: { workflow: { ...DEFAULT_SETTINGS.workflow, signUpsPerHour: 1000 } } },
    )
    await bus.bus.deployment?.facility('users')?.accounts?.add({
      name: 'root',
      password: 'root-secret',
      state: 'active',
      roles: ['admin'],
      claims: new Map(),
    })
  })
  afterAll(async () => {
    await bus.bus.stop()
    home[Symbol.dispose]()
  })
  const facility = <K extends 'workflows' | 'users' | 'mail'>(name: K) => {
    const found = bus.bus.deployment?.facility(name)
    if (found === undefined) throw new Error(`no ${name}`)
    return found
  }

  test('the configuration is right', () => {
    expect(bus.diagnostics).toEqual([])
  })

  test('an approved user can log in, and not before; he and the administrator are written to', async () => {
    const accepted = await post(bus, '/signup/users', alice)
    expect(accepted.status).toBe(202)
    const { reference, status } = JSON.parse(accepted.text) as { reference: string; status: string }
    expect(status).toBe('CREATED')
    const login = () => get(bus, '/orders', { Authorization: basic('alice', 'alice-secret') })
    expect((await login()).status).toBe(403)
    const decision = await facility('workflows').decide(reference, 'APPROVED', 'root', 'welcome')
    expect(decision).toMatchObject({ outcome: 'decided', workflow: { status: 'APPROVED', step: '', error: '' } })
    expect((await login()).status).toBe(200)
    expect((await facility('users').find('alice'))?.roles).toEqual(['subscriber', 'Internal/subscriber'])
    const letters = await facility('mail').letters(reference)
    expect(new Map(letters.map(({ subject, to }) => [subject, to.join()]))).toEqual(
      new Map([
        ['Please decide: Approve the sign-up of alice from the tenant domain carbon.super', 'admin@example.com'],
        ['Your account is ready', 'alice@example.com'],
      ]),
    )
    expect((await get(bus, `/signup/users/${reference}`)).text).toContain('APPROVED')
  })
})
