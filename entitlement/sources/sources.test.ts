import { DatabaseSync } from 'node:sqlite'
import { Client } from 'pg'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DEFAULT_SETTINGS, type Settings } from 'viaduct'
import { SLAPD_MISSING, type Slapd, slapdPresent, startSlapd } from '../../identity/testing/slapd.ts'
import {
  POSTGRES_MISSING,
  postgresPrograms,
  type PostgresServer,
  startPostgres,
} from '../../stores/testing/postgres-server.ts'
import { TestFolder } from '../../runtime/testing/folder.ts'
import {
  apply,
  condition,
  decide,
  designator,
  policy,
  request,
  rule,
  shown,
  SUBJECT,
  value,
} from '../testing/policies.ts'
import { LdapSource } from './ldap-source.ts'
import { postgresReader, sqliteReader } from './row-readers.ts'
import { SqlSource } from './sql-source.ts'

const DEFAULTS = DEFAULT_SETTINGS.policies

const has = (id: string, text: string, type = 'string'): string =>
  policy('p', rule('r', 'Permit', condition(apply(`${type}-is-in`, value(text, type), designator(SUBJECT, id, type)))))

const asked = (subject: string) => {
  const [first, ...rest] = request(subject, 'r', 'read').categories
  const attributes = first?.attributes.map((each) => ({ ...each, id: DEFAULTS.ldap.key })) ?? []
  return { categories: [{ category: SUBJECT, attributes }, ...rest] }
}

describe('attributes from a database', () => {
  const folder = new TestFolder()
  const file = folder.file('staff.db')
  beforeAll(() => {
    const database = new DatabaseSync(file)
    database.exec(`CREATE TABLE staff (name TEXT, role TEXT, level INTEGER, since TEXT);
      INSERT INTO staff VALUES ('alice', 'doctor', 7, NULL), ('alice', 'teacher', 7, NULL), ('bob', 'nurse', 3, '2020-01-01')`)
    database.close()
  })
  afterAll(() => folder[Symbol.dispose]())

  const source = (query: string, attributes: Readonly<Record<string, string>>): SqlSource =>
    new SqlSource({ ...DEFAULTS.sql, query, attributes }, sqliteReader(file, query))

  const staff = 'SELECT role, level, since FROM staff WHERE name = ?'

  test('are the columns of all rows of the subject, each value once', async () => {
    await using stack = new AsyncDisposableStack()
    const sql = source(staff, { role: 'role', level: 'level integer', since: 'since date' })
    stack.defer(() => sql.close())
    const sources = [sql]
    expect((await decide(has('role', 'doctor'), asked('alice'), { sources })).decision).toBe('Permit')
    expect((await decide(has('role', 'teacher'), asked('alice'), { sources })).decision).toBe('Permit')
    expect((await decide(has('role', 'nurse'), asked('alice'), { sources })).decision).toBe('NotApplicable')
    expect((await decide(has('level', '7', 'integer'), asked('alice'), { sources })).decision).toBe('Permit')
    expect((await decide(has('since', '2020-01-01', 'date'), asked('bob'), { sources })).decision).toBe('Permit')
    const once = policy(
      'p',
      rule(
        'r',
        'Permit',
        condition(
          apply(
            'integer-equal',
            apply('integer-bag-size', designator(SUBJECT, 'level', 'integer')),
            value('1', 'integer'),
          ),
        ),
      ),
    )
    expect((await decide(once, asked('alice'), { sources })).decision).toBe('Permit')
  })

  test.each(["alice' OR '1'='1", 'nobody', ''])('of the subject %j are none', async (subject) => {
    const sources = [source(staff, { role: 'role' })]
    expect((await decide(has('role', 'doctor'), asked(subject), { sources })).decision).toBe('NotApplicable')
  })

  test('are not looked for without a subject, or with two', async () => {
    const sources = [source(staff, { role: 'role' })]
    expect((await decide(has('role', 'doctor'), { categories: [] }, { sources })).decision).toBe('NotApplicable')
  })

  test('a query that is wrong is found when the policies are read', () => {
    expect(() => source('SELECT role FROM nowhere WHERE name = ?', {})).toThrow(/no such table/)
  })

  test('a query that writes is refused', async () => {
    const sources = [source("UPDATE staff SET role = 'doctor' WHERE name = ? RETURNING role", { role: 'role' })]
    expect(shown(await decide(has('role', 'doctor'), asked('bob'), { sources }))).toBe('Indeterminate{P}')
  })

  test('an attribute with an unknown data type is refused', () => {
    expect(() => source(staff, { role: 'role text' })).toThrow(/there is no data type "text"/)
  })
})

const PRESENT = postgresPrograms() !== undefined

describe.skipIf(!PRESENT && process.env['CI'] !== 'true')(
  PRESENT ? 'attributes from PostgreSQL' : POSTGRES_MISSING,
  () => {
    let server: PostgresServer
    let url: string
    beforeAll(async () => {
      server = await startPostgres()
      url = await server.database('staff')
      const client = new Client({ connectionString: url.replace('@', `:${server.password}@`) })
      await client.connect()
      await client.query(`CREATE TABLE staff (name TEXT, role TEXT, level INTEGER, active BOOLEAN);
      INSERT INTO staff VALUES ('alice', 'doctor', 7, true), ('bob', 'nurse', 3, false)`)
      await client.end()
    })
    afterAll(() => server[Symbol.asyncDispose]())

    const use = async (
      query: string,
      text: string,
      subject: string,
      changes: Partial<Settings['policies']['sql']> = {},
    ) => {
      const attributes = { role: 'role', level: 'level integer', active: 'active boolean' }
      const settings = { ...DEFAULTS.sql, database: url, password: server.password, query, attributes, ...changes }
      const sql = new SqlSource(settings, postgresReader(settings))
      try {
        return shown(await decide(text, asked(subject), { sources: [sql] }))
      } finally {
        await sql.close()
      }
    }
    const staff = 'SELECT role, level, active FROM staff WHERE name = ?'

    test('are the columns of the rows of the subject', async () => {
      expect(await use(staff, has('role', 'doctor'), 'alice')).toBe('Permit')
      expect(await use(staff, has('role', 'doctor'), 'bob')).toBe('NotApplicable')
      expect(await use(staff, has('level', '3', 'integer'), 'bob')).toBe('Permit')
      expect(await use(staff, has('active', 'true', 'boolean'), 'alice')).toBe('Permit')
    })

    test("of the subject \"alice' OR '1'='1\" are none", async () => {
      expect(await use(staff, has('role', 'doctor'), "alice' OR '1'='1")).toBe('NotApplicable')
    })

    test.each([
      ['a query that writes', "UPDATE staff SET role = 'doctor' WHERE name = ? RETURNING role", {}],
      ['a query that is wrong', 'SELECT role FROM nowhere WHERE name = ?', {}],
      ['a query that takes too long', 'SELECT role FROM staff, pg_sleep(60) WHERE name = ?', { timeout: 200 }],
      ['a wrong password', staff, { password: 'wrong' }],
      ['nobody there', staff, { database: 'postgres://bus@127.0.0.1:9/staff', timeout: 500 }],
    ])('with %s are Indeterminate', async (_, query, changes) => {
      expect(await use(query, has('role', 'doctor'), 'bob', changes)).toBe('Indeterminate{P}')
    })
  },
)

describe.skipIf(!slapdPresent && process.env['CI'] !== 'true')(
  slapdPresent ? 'attributes from a directory' : SLAPD_MISSING,
  () => {
    let slapd: Slapd
    beforeAll(async () => {
      slapd = await startSlapd()
    })
    afterAll(() => slapd[Symbol.asyncDispose]())

    const source = (changes: Partial<Settings['policies']['ldap']> = {}) =>
      new LdapSource({
        ...DEFAULTS.ldap,
        url: slapd.url,
        bindDn: 'cn=admin,dc=example,dc=com',
        bindPassword: 'admin-secret',
        base: 'ou=people,dc=example,dc=com',
        attributes: { mail: 'mail rfc822Name', surname: 'SN' },
        ...changes,
      })

    const use = async (changes: Partial<Settings['policies']['ldap']>, text: string, subject: string) => {
      const ldap = source(changes)
      try {
        return shown(await decide(text, asked(subject), { sources: [ldap] }))
      } finally {
        await ldap.close()
      }
    }

    const RFC822 = 'urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name'
    const mail = policy(
      'p',
      rule(
        'r',
        'Permit',
        condition(apply('rfc822Name-is-in', value('alice@EXAMPLE.com', RFC822), designator(SUBJECT, 'mail', RFC822))),
      ),
    )

    test('are those of the entry of the subject, in the types that the settings say', async () => {
      expect(await use({}, mail, 'alice')).toBe('Permit')
      expect(await use({}, mail, 'bob')).toBe('NotApplicable')
      expect(await use({}, has('surname', 'Example'), 'bob')).toBe('Permit')
    })

    test.each(['*', 'ali*', 'alice)(uid=*', 'nobody', '\0', '$`'])('of the subject %j are none', async (subject) => {
      expect(await use({}, has('surname', 'Example'), subject)).toBe('NotApplicable')
    })

    test('over StartTLS need a certificate that can be trusted', async () => {
      expect(await use({ startTls: true, trust: slapd.authority }, mail, 'alice')).toBe('Permit')
      expect(await use({ startTls: true }, mail, 'alice')).toBe('Indeterminate{P}')
    })

    test.each([
      ['a wrong password', { bindPassword: 'wrong' }],
      ['nobody there', { url: 'ldap://127.0.0.1:9' }],
      ['a filter that finds two', { filter: '(sn=Example)' }],
    ])('with %s are Indeterminate', async (_, changes) => {
      expect(await use(changes, mail, 'alice')).toBe('Indeterminate{P}')
    })

    test('come again when the connection was lost', async () => {
      const ldap = source()
      expect((await decide(mail, asked('alice'), { sources: [ldap] })).decision).toBe('Permit')
      await ldap.close()
      expect((await decide(mail, asked('alice'), { sources: [ldap] })).decision).toBe('Permit')
      await ldap.close()
    })
  },
)
