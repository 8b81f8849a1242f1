import { expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type NewAccount } from 'viaduct'
import { testServices } from 'viaduct/testing'
import { eachDatabase } from '../stores/testing/each-database.ts'
import { DatabaseUsers } from './database-users.ts'
import { GuardedStore } from './guarded-store.ts'

const alice: NewAccount = {
  name: 'Alice',
  password: 'alice-secret',
  state: 'pending',
  roles: [],
  claims: new Map([['email', 'alice@example.com']]),
}

eachDatabase(({ open }) => {
  const users = async (name: string) => {
    const database = await open(name)
    const source = new DatabaseUsers(database, () => 1_000)
    const store = new GuardedStore(source, DEFAULT_SETTINGS.identity, testServices())
    const { accounts } = store
    if (accounts === undefined) throw new Error('no accounts')
    return { database, store, accounts, [Symbol.asyncDispose]: () => database[Symbol.asyncDispose]() }
  }

  test('a pending account cannot log in, and its owner is told what it waits for', async () => {
    await using bus = await users('pending')
    expect(await bus.accounts.add(alice)).toBe(true)
    expect(await bus.store.authenticate('alice', 'alice-secret')).toBeUndefined()
    expect(await bus.store.find('alice')).toBeUndefined()
    expect(await bus.accounts.stateFor('alice', 'alice-secret')).toBe('pending')
    expect(await bus.accounts.stateFor('alice', 'wrong')).toBeUndefined()
    expect(await bus.accounts.get('ALICE')).toEqual({
      name: 'Alice',
      state: 'pending',
      roles: [],
      claims: new Map([['email', 'alice@example.com']]),
    })
  })

  test('an account that is made active logs in with its roles at once, although its password was remembered', async () => {
    await using bus = await users('active')
    await bus.accounts.add(alice)
    await bus.accounts.stateFor('alice', 'alice-secret')
    expect(await bus.accounts.change('alice', { state: 'active', roles: ['subscriber'] })).toBe(true)
    expect(await bus.store.authenticate('alice', 'alice-secret')).toMatchObject({
      name: 'Alice',
      roles: ['subscriber'],
    })
    expect(await bus.accounts.change('alice', { state: 'locked' })).toBe(true)
    expect(await bus.store.authenticate('alice', 'alice-secret')).toBeUndefined()
    expect((await bus.accounts.get('alice'))?.claims.get('email')).toBe('alice@example.com')
  })

  test('a name is taken in every way of writing it', async () => {
    await using bus = await users('taken')
    expect(await bus.accounts.add(alice)).toBe(true)
    expect(await bus.accounts.add({ ...alice, name: 'aLICE' })).toBe(false)
    expect(await bus.accounts.add({ ...alice, name: 'alice' })).toBe(false)
    const both = await Promise.all([1, 2].map(() => bus.accounts.add({ ...alice, name: 'bob' })))
    expect(both.filter(Boolean)).toHaveLength(1)
  })

  test('a new password takes the place of the old one', async () => {
    await using bus = await users('password')
    await bus.accounts.add({ ...alice, state: 'active' })
    await bus.store.authenticate('alice', 'alice-secret')
    expect(await bus.accounts.setPassword('alice', 'other-secret')).toBe(true)
    expect(await bus.store.authenticate('alice', 'alice-secret')).toBeUndefined()
    expect(await bus.store.authenticate('alice', 'other-secret')).toBeDefined()
    expect(await bus.accounts.setPassword('carol', 'x')).toBe(false)
  })

  test('a removed account is gone, and its name free', async () => {
    await using bus = await users('removed')
    await bus.accounts.add({ ...alice, state: 'active' })
    await bus.store.authenticate('alice', 'alice-secret')
    expect(await bus.accounts.remove('alice')).toBe(true)
    expect(await bus.accounts.remove('alice')).toBe(false)
    expect(await bus.store.authenticate('alice', 'alice-secret')).toBeUndefined()
    expect(await bus.accounts.change('alice', { state: 'active' })).toBe(false)
    expect(await bus.accounts.add(alice)).toBe(true)
  })

  test('a change for an origin concerns no account of another, or of none', async () => {
    await using bus = await users('origin')
    const { accounts } = bus
    await accounts.add({ ...alice, origin: 'first' })
    expect((await accounts.get('alice'))?.origin).toBe('first')
    expect(await accounts.change('alice', { state: 'locked' }, undefined, 'second')).toBe(false)
    expect(await accounts.remove('alice', undefined, 'second')).toBe(false)
    expect(await accounts.change('alice', { state: 'active' }, undefined, 'first')).toBe(true)
    expect((await accounts.get('alice'))?.state).toBe('active')
    expect(await accounts.remove('alice', undefined, 'first')).toBe(true)
    await accounts.add(alice)
    expect(await accounts.remove('alice', undefined, 'first')).toBe(false)
    expect(await accounts.get('alice')).not.toHaveProperty('origin')
    const enrol = await accounts.prepare({ ...alice, name: 'bob' })
    await bus.database.transaction((queries) => enrol(queries, 'third'))
    expect((await accounts.get('bob'))?.origin).toBe('third')
  })

  test('changes are part of a transaction, and undone with it', async () => {
    await using bus = await users('within')
    await bus.accounts.add(alice)
    const enrol = await bus.accounts.prepare({ ...alice, name: 'bob' })
    const failing = bus.database.transaction(async (queries) => {
      expect(await enrol(queries)).toBe(true)
      expect(await bus.accounts.change('alice', { state: 'active' }, queries)).toBe(true)
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect((await bus.accounts.list()).map(({ name, state }) => `${name} ${state}`)).toEqual(['Alice pending'])
  })

  test('only hashes are in the database', async () => {
    await using bus = await users('hashes')
    await bus.accounts.add(alice)
    const [row] = await bus.database.all('SELECT * FROM users')
    expect(JSON.stringify(row)).not.toContain('alice-secret')
    expect(row).toMatchObject({ key: 'alice', state: 'pending', created: 1_000, changed: 1_000 })
    expect(await bus.store.password('alice')).toBeUndefined()
  })

  test('names that are SQL are names', async () => {
    await using bus = await users('injection')
    const name = `x' OR '1'='1`
    expect(await bus.store.find(name)).toBeUndefined()
    await bus.accounts.add({ ...alice, name, state: 'active' })
    expect((await bus.store.find(name))?.name).toBe(name)
    expect(await bus.accounts.remove(`${name}; DROP TABLE users; --`)).toBe(false)
    expect(await bus.accounts.list()).toHaveLength(1)
  })
})
