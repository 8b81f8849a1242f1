import { describe, expect, test } from 'vitest'
import { Deadlines, DEFAULT_SETTINGS } from 'viaduct'
import { RecordedLog, TestPlatform } from 'viaduct/testing'
import { FileUsers } from './file-users.ts'
import { GuardedStore } from './guarded-store.ts'
import { readUsersFile } from './read-users-file.ts'

const USERS = JSON.stringify({
  users: { alice: { password: 'alice-secret', roles: ['clerk'] }, bob: { password: 'bob-secret' } },
})

function guarded(changes: Partial<(typeof DEFAULT_SETTINGS)['identity']> = {}) {
  const platform = new TestPlatform()
  const log = new RecordedLog()
  const source = new FileUsers(readUsersFile(USERS, 'users.json', () => {}))
  let asked = 0
  const counted = {
    verify: (name: string, password: string) => (asked++, source.verify(name, password)),
    find: (name: string) => source.find(name),
    password: (name: string) => source.password(name),
  }
  const store = new GuardedStore(
    counted,
    { ...DEFAULT_SETTINGS.identity, ...changes },
    { platform, log, deadlines: new Deadlines() },
  )
  return { store, platform, log, asked: () => asked }
}

describe('who logs in', () => {
  test('is the user whose password it is, and nobody else', async () => {
    const { store } = guarded()
    expect(await store.authenticate('alice', 'alice-secret')).toMatchObject({ name: 'alice', roles: ['clerk'] })
    expect(await store.authenticate('alice', 'bob-secret')).toBeUndefined()
    expect(await store.authenticate('carol', 'alice-secret')).toBeUndefined()
  })

  test('with an empty or enormous name or password is nobody, and costs nothing', async () => {
    const { store, asked } = guarded()
    for (const [name, password] of [
      ['', 'x'],
      ['alice', ''],
      ['a'.repeat(300), 'x'],
      ['alice', 'x'.repeat(2000)],
    ] as const)
      expect(await store.authenticate(name, password)).toBeUndefined()
    expect(asked()).toBe(0)
  })

  test('keeps the password for digests where it is in clear', async () => {
    const { store } = guarded()
    expect(await store.password('alice')).toBe('alice-secret')
    expect(await store.password('carol')).toBeUndefined()
  })
})

describe('a digest', () => {
  test('proves a user by a password that is not sent', async () => {
    const { store } = guarded()
    expect(await store.prove('alice', (password) => password === 'alice-secret')).toMatchObject({ roles: ['clerk'] })
    expect(await store.prove('alice', () => false)).toBeUndefined()
    const seen: unknown[] = []
    expect(await store.prove('carol', (password) => (seen.push(password), false))).toBeUndefined()
    expect(seen).toEqual([undefined])
  })

  test('that is wrong counts like a wrong password: five of one caller refuse right ones', async () => {
    const { store, platform, log } = guarded({ remember: 0 })
    const right = (from: string) => store.prove('alice', (password) => password === 'alice-secret', from)
    for (let i = 0; i < 5; i++) {
      expect(await right('10.0.0.1')).toBeDefined()
      expect(await store.prove('alice', () => false, '10.0.0.1')).toBeUndefined()
    }
    expect(await right('10.0.0.1')).toBeUndefined()
    expect(await store.authenticate('alice', 'alice-secret', '10.0.0.1')).toBeUndefined()
    expect(await right('10.0.0.2')).toBeDefined()
    expect(log.lines).toHaveLength(1)
    platform.advance(60_000)
    expect(await right('10.0.0.1')).toBeDefined()
  })
})

describe('a right password', () => {
  test('is not checked again for a while', async () => {
    const { store, platform, asked } = guarded({ remember: 60_000 })
    for (let i = 0; i < 5; i++) expect(await store.authenticate('alice', 'alice-secret')).toBeDefined()
    expect(asked()).toBe(1)
    platform.advance(60_001)
    await store.authenticate('alice', 'alice-secret')
    expect(asked()).toBe(2)
  })

  test('is checked every time when nothing is remembered', async () => {
    const { store, asked } = guarded({ remember: 0 })
    await store.authenticate('alice', 'alice-secret')
    await store.authenticate('alice', 'alice-secret')
    expect(asked()).toBe(2)
  })

  test('of one name does not open another whose letters run together with it', async () => {
    const { store } = guarded()
    await store.authenticate('alice', 'alice-secret')
    expect(await store.authenticate('alicea', 'lice-secret')).toBeUndefined()
  })
})

describe('wrong passwords', () => {
  const wrong = async (store: GuardedStore, times: number, name: string, from?: string) => {
    for (let i = 0; i < times; i++) await store.authenticate(name, `wrong ${i}`, from)
  }

  test('five of one caller refuse the right one too, for a minute', async () => {
    const { store, platform, log } = guarded()
    await wrong(store, 5, 'alice', '10.0.0.1')
    expect(await store.authenticate('alice', 'alice-secret', '10.0.0.1')).toBeUndefined()
    expect(log.lines).toEqual(['WARN too many wrong passwords for "alice": 10.0.0.1 must wait'])
    platform.advance(60_001)
    expect(await store.authenticate('alice', 'alice-secret', '10.0.0.1')).toBeDefined()
  })

  test('of one caller lock neither others out nor other names', async () => {
    const { store } = guarded()
    await wrong(store, 5, 'alice', '10.0.0.1')
    expect(await store.authenticate('alice', 'alice-secret', '10.0.0.2')).toBeDefined()
    expect(await store.authenticate('bob', 'bob-secret', '10.0.0.1')).toBeDefined()
  })

  test('of many callers for one name are refused after fifty', async () => {
    const { store, asked } = guarded()
    for (let i = 0; i < 60; i++) await store.authenticate('alice', 'wrong', `10.0.0.${i}`)
    expect(asked()).toBe(50)
    expect(await store.authenticate('alice', 'alice-secret', '10.1.1.1')).toBeUndefined()
  })

  test('are counted for the name however it is written, and for names that do not exist', async () => {
    const { store, asked } = guarded()
    for (const name of ['carol', 'Carol', 'CAROL', 'cArol', 'caRol', 'carOl']) await store.authenticate(name, 'x')
    expect(asked()).toBe(5)
  })
})

test('a crowd of wrong passwords is checked two at a time, and beyond five hundred refused at once', async () => {
  let inside = 0
  let most = 0
  const gate: (() => void)[] = []
  const source = {
    verify: async () => {
      most = Math.max(most, ++inside)
      await new Promise<void>((resolve) => gate.push(resolve))
      inside--
      return undefined
    },
    find: async () => undefined,
    password: async () => undefined,
  }
  const services = { platform: new TestPlatform(), log: new RecordedLog(), deadlines: new Deadlines() }
  const store = new GuardedStore(source, DEFAULT_SETTINGS.identity, services)
  const crowd = Array.from({ length: 510 }, (_, i) =>
    store.authenticate(`name ${i}`, 'x').then(() => 'checked', String),
  )
  const open = setInterval(() => gate.splice(0).forEach((next) => next()))
  const outcomes = await Promise.all(crowd)
  clearInterval(open)
  expect(most).toBe(2)
  expect(outcomes.filter((each) => each === 'checked')).toHaveLength(502)
  expect(outcomes.at(-1)).toBe('Error: too many passwords wait to be checked')
})
