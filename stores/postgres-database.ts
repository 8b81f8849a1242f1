import type { Pool, PoolClient } from 'pg'
import type { Queries, SqlRow, SqlValue } from 'viaduct'
import { migrate } from './migrations.ts'
import type { OpenDatabase } from './open-database.ts'

/** A connection must be there, and a statement answered, within this time, milliseconds. */
const PATIENCE = 10_000

/** Any number that nobody else locks. */
const MIGRATING = 8280

/** Opens a pool on a PostgreSQL server. Rejects when the package `pg` is not installed or the server cannot be reached. */
export async function openPostgres(url: string, password: string, connections: number): Promise<OpenDatabase> {
  const { default: pg } = await import('pg').catch(() => {
    throw new Error('database.url names PostgreSQL, which needs the package pg: npm install pg')
  })
  // Bigint columns hold times and counts, which a number holds exactly.
  const pool = new pg.Pool({
    connectionString: withPassword(url, password),
    max: connections,
    connectionTimeoutMillis: PATIENCE,
    statement_timeout: PATIENCE,
    query_timeout: PATIENCE,
    application_name: 'viaduct',
    types: {
      getTypeParser: (oid, format) => (oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format)),
    },
  })
  // An idle connection that breaks is replaced by the pool; whoever uses one that breaks is told by his next statement.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  const database = new PostgresDatabase(pool)
  await database.all('SELECT 1 AS one')
  return database
}

/** In the URL, since what the driver reads there hides what is given beside it. */
function withPassword(url: string, password: string): string {
  if (password === '') return url
  const whole = new URL(url)
  whole.password = encodeURIComponent(password)
  return whole.href
}

class PostgresDatabase implements OpenDatabase {
  readonly #pool: Pool

  constructor(pool: Pool) {
    this.#pool = pool
  }

  exists(): boolean {
    return true
  }

  all(sql: string, ...values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return rows(this.#pool, sql, values)
  }

  run(sql: string, ...values: readonly SqlValue[]): Promise<number> {
    return changes(this.#pool, sql, values)
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect()
    let broken: Error | undefined
    try {
      await client.query('BEGIN')
      const result = await work({
        all: (sql, ...values) => rows(client, sql, values),
        run: (sql, ...values) => changes(client, sql, values),
      })
      await client.query('COMMIT')
      return result
    } catch (failure) {
      broken = await rolledBack(client)
      throw failure
    } finally {
      client.release(broken)
    }
  }

  migrate(area: string, steps: readonly string[]): Promise<void> {
    return this.transaction(async (queries) => {
      // Two buses that start at once both find no table, and creating one is no statement that waits.
      await queries.all('SELECT pg_advisory_xact_lock(?)', MIGRATING)
      await migrate(queries, area, steps)
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pool.end()
  }
}

/** Why the connection cannot be used again; undefined when it can. */
async function rolledBack(client: PoolClient): Promise<Error | undefined> {
  try {
    await client.query('ROLLBACK')
    return undefined
  } catch (failure) {
    return failure instanceof Error ? failure : new Error('the connection is broken')
  }
}

async function rows(on: Pool | PoolClient, sql: string, values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
  return (await on.query<Record<string, SqlValue>>(numbered(sql), [...values])).rows
}

async function changes(on: Pool | PoolClient, sql: string, values: readonly SqlValue[]): Promise<number> {
  return (await on.query(numbered(sql), [...values])).rowCount ?? 0
}

/** `?` as `$1`, `$2` …; our statements hold no question marks in texts. */
function numbered(sql: string): string {
  let number = 0
  return sql.replaceAll('?', () => `$${++number}`)
}
