import { DatabaseSync } from 'node:sqlite'
import type { Database, Settings } from 'viaduct'
import type { RowReader } from './sql-source.ts'

type SqlSettings = Settings['policies']['sql']

/** A person has few rows; a query that finds more is not one for a person. */
const MOST_ROWS = 1000

/** A file of SQLite, which nothing can be written to from here. Throws when it cannot be opened or the query is wrong. */
export function sqliteReader(file: string, query: string): RowReader {
  const database = new DatabaseSync(file, { readOnly: true })
  const statement = database.prepare(query)
  return {
    rows(key) {
      const rows = []
      for (const row of statement.iterate(key)) if (rows.push({ ...row }) >= MOST_ROWS) break
      return rows
    },
    close: () => database.close(),
  }
}

/** The database of the bus. */
export const databaseReader = (database: Database, query: string): RowReader => ({
  rows: async (key) => (await database.all(query, key)).slice(0, MOST_ROWS),
  close: () => {},
})

/** A PostgreSQL server, over connections of its own that can only read. */
export function postgresReader({ database, password, query, timeout }: SqlSettings): RowReader {
  const opened = openPool(database, password, timeout)
  let next = 0
  const text = query.replaceAll('?', () => `$${++next}`)
  return {
    async rows(key) {
      const pool = await opened()
      const { rows } = await pool.query(text, [key])
      return (rows as Record<string, unknown>[]).slice(0, MOST_ROWS)
    },
    async close() {
      await (await opened().catch(() => undefined))?.end()
    },
  }
}

/** Connects when it is first needed: policies are read also where the server cannot be reached. */
function openPool(url: string, password: string, timeout: number) {
  const open = async () => {
    const { default: postgres } = await loadPg()
    const pool = new postgres.Pool({
      connectionString: withPassword(url, password),
      max: 4,
      connectionTimeoutMillis: timeout,
      statement_timeout: timeout,
      options: '-c default_transaction_read_only=on',
    })
    // A connection that breaks while it is idle is replaced when it is needed.
    pool.on('error', () => {})
    return pool
  }
  let pool: ReturnType<typeof open> | undefined
  return () => (pool ??= open())
}

function withPassword(url: string, password: string): string {
  const whole = new URL(url)
  if (password !== '') whole.password = encodeURIComponent(password)
  return whole.href
}

async function loadPg(): Promise<typeof import('pg')> {
  try {
    return await import('pg')
  } catch {
    throw new Error('policies.sql needs the package pg for PostgreSQL: npm install pg')
  }
}
