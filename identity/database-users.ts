import type {
  Account,
  AccountChange,
  AccountState,
  AccountStore,
  Database,
  Enrolment,
  NewAccount,
  Queries,
  SqlRow,
  User,
} from 'viaduct'
import { hashPassword, matchesHash } from './password-hash.ts'
import type { UserSource } from './user-source.ts'

const TABLES = [
  `CREATE TABLE users (
    key TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('pending', 'active', 'locked')),
    roles TEXT NOT NULL,
    claims TEXT NOT NULL,
    created BIGINT NOT NULL,
    changed BIGINT NOT NULL
  )`,
  "ALTER TABLE users ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
]

/** Accounts in the database of the bus. Only hashes of passwords are kept. */
export class DatabaseUsers implements UserSource, Omit<AccountStore, 'stateFor'> {
  readonly accounts = this
  readonly #database: Database
  readonly #now: () => number

  constructor(database: Database, now: () => number) {
    this.#database = database
    this.#now = now
  }

  async verify(name: string, password: string): Promise<Account | undefined> {
    const row = await this.#row(name)
    const matches = await matchesHash(password, row && textOf(row, 'hash'))
    return matches && row !== undefined ? accountOf(row) : undefined
  }

  async find(name: string): Promise<User | undefined> {
    const account = await this.get(name)
    return account?.state === 'active' ? account : undefined
  }

  async password(): Promise<undefined> {
    return undefined
  }

  async list(): Promise<readonly Account[]> {
    const database = await this.#ready()
    return (await database.all('SELECT * FROM users ORDER BY key')).map(accountOf)
  }

  async get(name: string): Promise<Account | undefined> {
    const row = await this.#row(name)
    return row && accountOf(row)
  }

  async prepare({ name, password, state, roles, claims, origin = '' }: NewAccount): Promise<Enrolment> {
    await this.#ready()
    const hash = await hashPassword(password)
    const now = this.#now()
    const values = [keyOf(name), name, hash, state, JSON.stringify(roles), claimsText(claims), now, now]
    return async (queries, made = origin) => (await queries.run(INSERT, ...values, made)) === 1
  }

  async add(account: NewAccount): Promise<boolean> {
    const enrol = await this.prepare(account)
    return this.#database.transaction((queries) => enrol(queries))
  }

  async change(
    name: string,
    { state, roles, claims }: AccountChange,
    within?: Queries,
    origin?: string,
  ): Promise<boolean> {
    const queries = within ?? (await this.#ready())
    const changed = await queries.run(
      `UPDATE users SET state = COALESCE(?, state), roles = COALESCE(?, roles), claims = COALESCE(?, claims), changed = ?
       WHERE key = ? AND origin = COALESCE(?, origin)`,
      state ?? null,
      roles === undefined ? null : JSON.stringify(roles),
      claims === undefined ? null : claimsText(claims),
      this.#now(),
      keyOf(name),
      origin ?? null,
    )
    return changed === 1
  }

  async setPassword(name: string, password: string): Promise<boolean> {
    const database = await this.#ready()
    const hash = await hashPassword(password)
    const changed = await database.run(
      'UPDATE users SET hash = ?, changed = ? WHERE key = ?',
      hash,
      this.#now(),
      keyOf(name),
    )
    return changed === 1
  }

  async remove(name: string, within?: Queries, origin?: string): Promise<boolean> {
    const queries = within ?? (await this.#ready())
    const sql = 'DELETE FROM users WHERE key = ? AND origin = COALESCE(?, origin)'
    return (await queries.run(sql, keyOf(name), origin ?? null)) === 1
  }

  async #row(name: string): Promise<SqlRow | undefined> {
    const database = await this.#ready()
    const [row] = await database.all('SELECT * FROM users WHERE key = ?', keyOf(name))
    return row
  }

  async #ready(): Promise<Database> {
    await this.#database.migrate('users', TABLES)
    return this.#database
  }
}

const INSERT = `INSERT INTO users (key, name, hash, state, roles, claims, created, changed, origin)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING`

/** What makes two names one: case and the ways in which Unicode writes one letter. */
const keyOf = (name: string): string => name.normalize('NFKC').toLowerCase()

const claimsText = (claims: ReadonlyMap<string, string>): string => JSON.stringify([...claims])

const textOf = (row: SqlRow, column: string): string => String(row[column])

function accountOf(row: SqlRow): Account {
  const origin = textOf(row, 'origin')
  return {
    name: textOf(row, 'name'),
    state: textOf(row, 'state') as AccountState,
    roles: JSON.parse(textOf(row, 'roles')) as string[],
    claims: new Map(JSON.parse(textOf(row, 'claims')) as [string, string][]),
    ...(origin === '' ? {} : { origin }),
  }
}
