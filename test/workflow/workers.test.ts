import { afterAll, beforeAll, expect, test } from 'vitest'
import { main } from '../../cli/main.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { type RunningBus, startBus } from './running-bus.ts'

const home = new TestFolder({
  'workflow-extensions.xml':
    '<WorkFlowExtensions><UserSignUp executor="UserSignUpApprovalWorkflowExecutor"/></WorkFlowExtensions>',
  'apis/orders.xml': `<api xmlns="http://ws.apache.org/ns/synapse" name="Orders" context="/orders">
    <resource methods="GET"><inSequence><respond/></inSequence></resource>
    <handlers><handler class="org.wso2.rest.BasicAuthHandler"/></handlers>
  </api>`,
  'viaduct.config.json': '{ "workers": 2, "identity": { "remember": 0 } }',
})
let bus: RunningBus
beforeAll(async () => {
  const io = { out() {}, error() {}, environment: {}, cwd: home.path, terminal: false }
  await main(['user', 'add', 'root', '--password', 'root-secret', '--role', 'admin'], io)
  bus = await startBus(home.path)
})
afterAll(async () => {
  await bus[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

test('several processes share workflows, and one of them has the console', async () => {
  expect(bus.password).not.toBe('')
  const references = await Promise.all(
    Array.from({ length: 6 }, async (_, i) => {
      const body = JSON.stringify({ userName: `user${i}`, password: 'a-long-password', email: 'u@example.com' })
      const headers = { 'Content-Type': 'application/json', Connection: 'close' }
      const answer = await fetch(`${bus.url}/signup/users`, { method: 'POST', headers, body })
      return ((await answer.json()) as { reference: string }).reference
    }),
  )
  const form = new URLSearchParams({ user: 'admin', password: bus.password, next: '/tasks' })
  const login = await fetch(`${bus.console}/login`, { method: 'POST', body: form, redirect: 'manual' })
  expect(login.status).toBe(303)
  const cookie = login.headers.get('Set-Cookie')?.split(';')[0] ?? ''
  for (const reference of references.slice(0, 5)) {
    const page = await (await fetch(`${bus.console}/tasks`, { headers: { cookie } })).text()
    expect(page).toContain('user5')
    const token = /name="token" value="([^"]+)"/.exec(page)?.[1] ?? ''
    const decision = new URLSearchParams({ token, status: 'APPROVED', comment: '' })
    const target = `${bus.console}/tasks/${reference}/decide`
    const decided = await fetch(target, { method: 'POST', body: decision, headers: { cookie }, redirect: 'manual' })
    expect(decided.headers.get('Location')).toBe('/tasks')
  }
  const Authorization = `Basic ${Buffer.from('user0:a-long-password').toString('base64')}`
  for (let i = 0; i < 4; i++)
    expect((await fetch(`${bus.url}/orders`, { headers: { Authorization, Connection: 'close' } })).status).toBe(200)
  expect((await fetch(`${bus.console}/health/ready`)).status).toBe(200)
})
