import { afterAll, beforeAll, expect, test } from 'vitest'
import { TestFolder } from '../runtime/testing/folder.ts'
import { type RunningBus, startBus } from './workflow/running-bus.ts'

const FILE = 'security/users.json'
const usersText = (users: object): string => JSON.stringify({ users }, undefined, 2)

const home = new TestFolder({
  'apis/orders.xml': `<api xmlns="http://ws.apache.org/ns/synapse" name="Orders" context="/orders">
    <resource methods="GET"><inSequence><respond/></inSequence></resource>
    <handlers><handler class="org.wso2.rest.BasicAuthHandler"/></handlers>
  </api>`,
  [FILE]: usersText({ alice: { password: 'one' } }),
})
let bus: RunningBus
beforeAll(async () => {
  bus = await startBus(home.path)
})
afterAll(async () => {
  await bus[Symbol.asyncDispose]()
  home[Symbol.dispose]()
})

const login = async (name: string, password: string): Promise<number> => {
  const Authorization = `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`
  return (await fetch(`${bus.url}/orders`, { headers: { Authorization } })).status
}
const deployed = (number: number) =>
  expect.poll(() => bus.output(), { timeout: 10_000 }).toContain(`deployment ${number} is live`)

test('a change of the file is taken at once: new users, new passwords, users who are gone', async () => {
  expect([await login('alice', 'one'), await login('bob', 'two')]).toEqual([200, 401])
  home.write(FILE, usersText({ alice: { password: 'other' }, bob: { password: 'two' } }))
  await deployed(2)
  expect([await login('alice', 'one'), await login('alice', 'other'), await login('bob', 'two')]).toEqual([
    401, 200, 200,
  ])
  home.write(FILE, usersText({ alice: { password: 'other' } }))
  await deployed(3)
  expect([await login('alice', 'other'), await login('bob', 'two')]).toEqual([200, 401])
})

test('a file with a mistake is refused with its place, and everybody can still log in', async () => {
  home.write(FILE, '{ "users": {\n  "alice": { "pasword": "x" } } }')
  await expect.poll(() => bus.output(), { timeout: 10_000 }).toMatch(/users\.json:2:14 error users-invalid/)
  expect(await login('alice', 'other')).toBe(200)
})

test('no password is in the log', () => {
  expect(bus.output()).not.toMatch(/"other"|"two"/)
})
