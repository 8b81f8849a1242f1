import { DEFAULT_SETTINGS, defineArtifact, defineFacility, type PasswordCallback, type UserStore } from 'viaduct'
import { compileElement } from 'viaduct/testing'
import { describe, expect, test } from 'vitest'
import { Modules } from '../../runtime/modules/modules.ts'
import { passwordSource, type PasswordSource } from './password-source.ts'

const STORE: UserStore = {
  authenticate: (name, password) =>
    Promise.resolve(
      name === 'carol' && password === 'stored' ? { name, roles: ['staff'], claims: new Map() } : undefined,
    ),
  find: (name) => Promise.resolve(name === 'carol' ? { name, roles: ['staff'], claims: new Map() } : undefined),
  prove: (name, fits) =>
    Promise.resolve(
      fits(name === 'carol' ? 'stored' : undefined) ? { name, roles: ['staff'], claims: new Map() } : undefined,
    ),
  password: (name) => Promise.resolve(name === 'carol' ? 'stored' : undefined),
}

const moduleOf = (callback: unknown, kind: 'function' | 'class' = 'function') =>
  new Modules([
    {
      ...(kind === 'function' ? { kind, mediate: callback as never } : { kind, create: callback as never }),
      names: ['com.acme.Callback'],
      exportName: 'default',
      file: 'mediators/callback.ts',
      url: '',
      isolation: 'none',
      timeout: 1000,
    },
  ])

const AT = { file: 'p.xml', line: 4, column: 2, endLine: 4, endColumn: 9 }

function source(name: string | undefined, modules = new Modules([]), users: UserStore | undefined = STORE) {
  const probe = defineArtifact({
    name: 'probe',
    folders: [],
    summary: 'A test.',
    compile: (_config, { linker }) => ({
      source: passwordSource(name === undefined ? undefined : { name, at: AT }, linker),
    }),
  })
  const facilities =
    users === undefined ? [] : [defineFacility({ name: 'users', summary: 'Users.', create: () => users })]
  const { value, diagnostics } = compileElement(probe, '<probe/>', { modules, facilities })
  return { passwords: value?.source as PasswordSource, diagnostics }
}

const alice: PasswordCallback = ({ user, usage }) =>
  user === 'alice' ? (usage === 'key' ? 'of the key' : 'wonderland') : undefined

describe('without a callback', () => {
  test('passwords are those of the users of the bus', async () => {
    const { passwords } = source(undefined)
    expect(await passwords.password('carol')).toBe('stored')
    expect(passwords.keyPassword('carol')).toBeUndefined()
    expect(passwords.users).toBe(STORE)
  })

  test('there may be no users at all', async () => {
    const { passwords } = source(undefined, new Modules([]), undefined)
    expect(passwords.users === undefined || (await passwords.password('nobody')) === undefined).toBe(true)
  })

  test.each(['org.wso2.carbon.security.util.ServicePasswordCallbackHandler', 'samples.userguide.PWCallback'])(
    '%s means the same',
    async (name) => {
      const { passwords, diagnostics } = source(name)
      expect(diagnostics).toEqual([])
      expect(await passwords.password('carol')).toBe('stored')
    },
  )
})

describe('a callback in mediators/', () => {
  test('knows passwords of users and keys', async () => {
    const { passwords, diagnostics } = source('com.acme.Callback', moduleOf(alice))
    expect(diagnostics).toEqual([])
    expect(await passwords.password('alice')).toBe('wonderland')
    expect(passwords.keyPassword('alice')).toBe('of the key')
  })

  test('lets in whose password it knows; roles are those of the store', async () => {
    const { passwords } = source('com.acme.Callback', moduleOf(alice))
    expect(await passwords.users?.authenticate('alice', 'wonderland')).toMatchObject({ name: 'alice', roles: [] })
    expect(await passwords.users?.authenticate('alice', 'wonderlanD')).toBeUndefined()
    expect(await passwords.users?.authenticate('alice', '')).toBeUndefined()
    expect(await passwords.users?.authenticate('carol', 'stored')).toMatchObject({ roles: ['staff'] })
    expect(await passwords.users?.find('alice')).toMatchObject({ name: 'alice' })
    expect(await passwords.users?.find('nobody')).toBeUndefined()
    expect(await passwords.users?.password('alice')).toBe('wonderland')
    expect(await passwords.users?.password('carol')).toBe('stored')
  })

  test('counts wrong passwords and digests of a caller, and then refuses right ones', async () => {
    for (const way of ['text', 'digest'] as const) {
      const { users } = source('com.acme.Callback', moduleOf(alice)).passwords
      const attempt = (password: string, from: string) =>
        way === 'text'
          ? users?.authenticate('alice', password, from)
          : users?.prove('alice', (known) => known === password, from)
      for (let i = 0; i < DEFAULT_SETTINGS.identity.attempts; i++) {
        expect(await attempt('wonderland', '10.0.0.1')).toBeDefined()
        expect(await attempt('wrong', '10.0.0.1')).toBeUndefined()
      }
      expect(await attempt('wonderland', '10.0.0.1')).toBeUndefined()
      expect(await attempt('wonderland', '10.0.0.2')).toBeDefined()
    }
  })

  test('proves digests, of others the store does', async () => {
    const { users } = source('com.acme.Callback', moduleOf(alice)).passwords
    expect(await users?.prove('alice', (known) => known === 'wonderland')).toMatchObject({ name: 'alice', roles: [] })
    expect(await users?.prove('carol', (known) => known === 'stored')).toMatchObject({ roles: ['staff'] })
    expect(await users?.prove('nobody', (known) => known !== undefined)).toBeUndefined()
  })

  test('may take its time, but not for keys', async () => {
    const slow: PasswordCallback = ({ user }) => Promise.resolve(user === 'alice' ? 'later' : undefined)
    const slowly = moduleOf(slow)
    expect(await source('com.acme.Callback', slowly).passwords.password('alice')).toBe('later')
    const probe = defineArtifact({
      name: 'probe',
      folders: [],
      summary: 'A test.',
      compile: (_config, { linker }) => ({
        key: passwordSource({ name: 'com.acme.Callback', at: AT }, linker).keyPassword('alice'),
      }),
    })
    const { value, diagnostics } = compileElement(probe, '<probe/>', { modules: slowly })
    expect(value?.key).toBeUndefined()
    expect(diagnostics).toEqual([
      expect.stringContaining('p.xml:4:2 error module-failed: com.acme.Callback answers a promise'),
    ])
  })

  test('that is missing, or no function, is a mistake', () => {
    expect(source('com.acme.Gone').diagnostics).toEqual([expect.stringContaining('p.xml:4:2 error class-unknown')])
    class Handler {
      readonly handles = true
    }
    expect(source('com.acme.Callback', moduleOf(Handler, 'class')).diagnostics).toEqual([
      expect.stringContaining(
        'p.xml:4:2 error module-failed: mediators/callback.ts exports a class; a password callback is a function',
      ),
    ])
  })
})
