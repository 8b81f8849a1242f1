import { expect, test } from 'vitest'
import { TestFolder } from '../runtime/testing/folder.ts'
import { artifact, memoryBus } from '../test/memory-bus.ts'

const API = artifact(`<api name="Orders" context="/orders">
  <resource methods="GET"><inSequence><respond/></inSequence></resource>
  <handlers><handler class="org.wso2.rest.BasicAuthHandler"/></handlers>
</api>`)

const basic = (name: string, password: string): string =>
  `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`

test('without a file the users are in the database of the home, which is made when somebody is asked for', async () => {
  using home = new TestFolder()
  const bus = await memoryBus({ 'orders.xml': API }, { home: home.path })
  expect(bus.diagnostics).toEqual([])
  const users = bus.bus.deployment?.facility('users')
  await users?.accounts?.add({ name: 'alice', password: 's', state: 'pending', roles: [], claims: new Map() })
  const ask = () => bus.request({ method: 'GET', target: '/orders', headers: { Authorization: basic('alice', 's') } })
  expect((await ask()).status).toBe(403)
  await users?.accounts?.change('alice', { state: 'active' })
  expect((await ask()).status).toBe(200)
  await users?.accounts?.remove('alice')
  expect((await ask()).status).toBe(401)
  await bus.bus.stop()
})

test('a file with mistakes refuses the configuration, each told where it is', async () => {
  using home = new TestFolder({ 'security/users.json': '{ "users": {\n "alice": {} } }' })
  const { diagnostics } = await memoryBus({ 'orders.xml': API }, { home: home.path })
  expect(diagnostics).toEqual(['security/users.json:2:11 error users-invalid: "alice" needs a password'])
})

test('a file or a directory that the settings name but is not there refuses the configuration', async () => {
  using home = new TestFolder()
  const { DEFAULT_SETTINGS } = await import('viaduct')
  const { identity } = DEFAULT_SETTINGS
  const file = await memoryBus(
    { 'o.xml': API },
    { home: home.path, settings: { identity: { ...identity, store: 'file' } } },
  )
  expect(file.diagnostics).toEqual(['security/users.json:1:1 error users-invalid: the file cannot be read'])
  const ldap = await memoryBus(
    { 'o.xml': API },
    { home: home.path, settings: { identity: { ...identity, store: 'ldap' } } },
  )
  expect(ldap.diagnostics).toEqual(['viaduct.config.json:1:1 error setting-invalid: identity.ldap.url is empty'])
})
