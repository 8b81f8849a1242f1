import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Settings } from 'viaduct'
import { LdapUsers } from './ldap-users.ts'
import { SLAPD_MISSING, type Slapd, slapdPresent, startSlapd } from './testing/slapd.ts'

describe.skipIf(!slapdPresent && process.env['CI'] !== 'true')(slapdPresent ? 'LDAP' : SLAPD_MISSING, () => {
  let slapd: Slapd
  beforeAll(async () => {
    slapd = await startSlapd()
  })
  afterAll(() => slapd[Symbol.asyncDispose]())

  const store = (changes: Partial<Settings['identity']['ldap']> = {}) =>
    new LdapUsers({
      ...DEFAULT_SETTINGS.identity.ldap,
      url: slapd.url,
      bindDn: 'cn=admin,dc=example,dc=com',
      bindPassword: 'admin-secret',
      userBase: 'ou=people,dc=example,dc=com',
      roleBase: 'ou=roles,dc=example,dc=com',
      ...changes,
    })

  test('a user is known by his password, with roles and claims', async () => {
    const user = await store().verify('alice', 'alice-secret')
    expect(user).toEqual({
      name: 'alice',
      state: 'active',
      roles: ['admin', 'clerk'],
      claims: new Map([
        ['email', 'alice@example.com'],
        ['givenName', 'alice'],
        ['lastName', 'Example'],
      ]),
    })
  })

  test('wrong passwords and unknown names are nobody', async () => {
    expect(await store().verify('alice', 'bob-secret')).toBeUndefined()
    expect(await store().verify('carol', 'alice-secret')).toBeUndefined()
  })

  test('an empty password is nobody, although the directory takes such a bind', async () => {
    expect(await store().verify('alice', '')).toBeUndefined()
  })

  test.each(['*', 'ali*', 'alice)(uid=*', '*)(|(uid=*', 'a\\2a', '\0', 'alice,ou=people', '(', '\\'])(
    'the name %j finds nobody',
    async (name) => {
      expect(await store().find(name)).toBeUndefined()
      expect(await store().verify(name, 'alice-secret')).toBeUndefined()
    },
  )

  test('a filter that finds more than one finds nobody', async () => {
    expect(await store({ userFilter: '(sn=Example)' }).find('alice')).toBeUndefined()
  })

  test('the name is that of the directory, however it was written', async () => {
    expect((await store().find('ALICE'))?.name).toBe('alice')
  })

  test('without a base for roles there are none', async () => {
    expect((await store({ roleBase: '' }).find('bob'))?.roles).toEqual([])
  })

  test('claims come from the attributes of the settings', async () => {
    const user = await store({ claims: { email: 'MAIL', display: 'cn', missing: 'street' } }).find('bob')
    expect([...(user?.claims ?? [])]).toEqual([
      ['email', 'bob@example.com'],
      ['display', 'bob of example'],
    ])
  })

  test('StartTLS works with the authority of the server, and only with it', async () => {
    const user = await store({ startTls: true, trust: slapd.authority }).verify('bob', 'bob-secret')
    expect(user?.name).toBe('bob')
    await expect(store({ startTls: true }).verify('bob', 'bob-secret')).rejects.toThrow(/self.signed/)
  })

  test('a directory that is not there or refuses the service rejects, which is no wrong password', async () => {
    await expect(store({ url: 'ldap://localhost:1' }).verify('alice', 'alice-secret')).rejects.toThrow(
      /ECONNREFUSED|connect/,
    )
    await expect(store({ bindPassword: 'wrong' }).verify('alice', 'alice-secret')).rejects.toThrow()
    await expect(store({ bindDn: '' }).find('alice')).rejects.toThrow()
  })

  test('passwords are never read', async () => {
    expect(await store().password()).toBeUndefined()
  })
})
