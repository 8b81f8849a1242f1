import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEFAULT_SETTINGS } from 'viaduct'
import type { RecordedLog } from 'viaduct/testing'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { artifact, memoryBus } from '../../test/memory-bus.ts'

const API = artifact(`<api name="Orders" context="/orders">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
  <handlers>
    <handler class="org.wso2.micro.integrator.security.handler.RESTBasicAuthHandler">
      <property name="roles" value="clerk, admin"/>
      <property name="realm" value="orders"/>
    </handler>
  </handlers>
</api>`)

const USERS = JSON.stringify({
  users: {
    alice: { password: 'alice:secret', roles: ['clerk'] },
    bob: { password: 'bob-secret', roles: ['guest'] },
    chloé: { password: 'pâsse', roles: ['admin'] },
  },
})

const folder = new TestFolder({ 'security/users.json': USERS })
let bus: Awaited<ReturnType<typeof memoryBus>>
beforeAll(async () => {
  bus = await memoryBus({ 'orders.xml': API }, { home: folder.path })
})
afterAll(() => folder[Symbol.dispose]())

const ask = (authorization?: string) =>
  bus.request({
    method: 'GET',
    target: '/orders',
    headers: authorization === undefined ? {} : { Authorization: authorization },
  })
const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

test('the configuration is right', () => {
  expect(bus.diagnostics).toEqual([])
})

test('a user with one of the roles comes in, whatever letters and colons his password has', async () => {
  expect((await ask(basic('alice', 'alice:secret'))).status).toBe(200)
  expect((await ask(basic('chloé', 'pâsse'))).status).toBe(200)
})

test('a user without a role is refused, and not asked to log in again', async () => {
  const answer = await ask(basic('bob', 'bob-secret'))
  expect(answer.status).toBe(403)
  expect(answer.headers.get('WWW-Authenticate')).toBeUndefined()
})

test.each([
  undefined,
  '',
  'Basic',
  'Basic !!!',
  'Bearer abc',
  basic('alice', 'wrong'),
  basic('', 'alice:secret'),
  basic('nobody', 'x'),
  `Basic ${Buffer.from('alice').toString('base64')}`,
  `Basic ${'A'.repeat(10_000)}`,
])('%.40s is asked to log in', async (authorization) => {
  const answer = await ask(authorization)
  expect(answer.status).toBe(401)
  expect(answer.headers.get('WWW-Authenticate')).toBe('Basic realm="orders", charset="UTF-8"')
})

test('a wrong password counts once, also where accounts can wait for approval', async () => {
  using home = new TestFolder({})
  const settings = { identity: { ...DEFAULT_SETTINGS.identity, store: 'database' as const } }
  const guarded = await memoryBus({ 'orders.xml': API }, { home: home.path, settings })
  expect(guarded.diagnostics).toEqual([])
  const log = guarded.services.log as RecordedLog
  const tooMany = () => log.lines.filter((line) => line.includes('too many wrong passwords'))
  const headers = { Authorization: basic('eve', 'guessed') }
  const guess = () => guarded.request({ method: 'GET', target: '/orders', headers })
  for (let wrong = 1; wrong < settings.identity.attempts; wrong++) expect((await guess()).status).toBe(401)
  expect(tooMany()).toEqual([])
  await guess()
  expect(tooMany()).toHaveLength(1)
})
