import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { type Database, type Queries, sleep, type SqlRow, type SqlValue } from 'viaduct'
import { InTurn } from './in-turn.ts'
import { migrate } from './migrations.ts'

/** Other processes may hold the file for so long, milliseconds. */
const PATIENCE = 10_000
/** Pause before the file is tried again: the event loop goes on meanwhile, as SQLite's own waiting would not let it. */
const PAUSE = 10
/** SQLITE_BUSY. */
const BUSY = 5

/** What is acknowledged is on the disk (`FULL`): a commit that the machine forgets when it loses power is none. */
const PRAGMAS = `
  PRAGMA journal_mode = WAL;
  PRAGMA synchronous = FULL;
  PRAGMA busy_timeout = ${PATIENCE};
  PRAGMA foreign_keys = ON;
  PRAGMA journal_size_limit = 67108864;
  PRAGMA trusted_schema = OFF;
`

/**
 * A file. One connection writes, transactions in turn; another one reads what is committed, so that nobody who only reads
 * waits for a transaction or sees half of it.
 */
export class SqliteDatabase implements Database, AsyncDisposable {
  readonly #writer: DatabaseSync
  readonly #reader: DatabaseSync
  readonly #turn = new InTurn()

  /** Creates the file, and its folder, readable by nobody else. Throws when it cannot be used. */
  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
    // SQLite gives its other files the same rights.
    closeSync(openSync(file, 'a', 0o600))
    this.#writer = new DatabaseSync(file)
    this.#writer.exec(PRAGMAS)
    const [check] = this.#writer.prepare('PRAGMA quick_check(1)').all()
    if (check?.['quick_check'] !== 'ok') throw new Error(`${file} is damaged: ${String(check?.['quick_check'])}`)
    this.#writer.exec('PRAGMA busy_timeout = 0')
    this.#reader = new DatabaseSync(file, { readOnly: true })
    this.#reader.exec(`PRAGMA busy_timeout = ${PATIENCE}`)
  }

  exists(): boolean {
    return true
  }

  async all(sql: string, ...values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return rows(this.#reader, sql, values)
  }

  run(sql: string, ...values: readonly SqlValue[]): Promise<number> {
    return this.transaction((queries) => queries.run(sql, ...values))
  }

  transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return this.#turn.run(async () => {
      const db = this.#writer
      await begin(db)
      try {
        const result = await work({
          all: async (sql, ...values) => rows(db, sql, values),
          run: async (sql, ...values) => changes(db, sql, values),
        })
        db.exec('COMMIT')
        return result
      } catch (failure) {
        if (db.isTransaction) db.exec('ROLLBACK')
        throw failure
      }
    })
  }

  migrate(area: string, steps: readonly string[]): Promise<void> {
    return this.transaction((queries) => migrate(queries, area, steps))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#turn.idle()
    this.#reader.close()
    this.#writer.close()
  }
}

async function begin(db: DatabaseSync): Promise<void> {
  for (const started = performance.now(); ; await sleep(PAUSE)) {
    try {
      db.exec('BEGIN IMMEDIATE')
      return
    } catch (failure) {
      const code = failure instanceof Error && 'errcode' in failure ? failure.errcode : undefined
      if (code !== BUSY || performance.now() - started > PATIENCE) throw failure
    }
  }
}

const rows = (db: DatabaseSync, sql: string, values: readonly SqlValue[]): readonly SqlRow[] =>
  db.prepare(sql).all(...values) as readonly SqlRow[]

const changes = (db: DatabaseSync, sql: string, values: readonly SqlValue[]): number =>
  Number(db.prepare(sql).run(...values).changes)
