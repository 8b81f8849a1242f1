import { type Database, defineFacility, type Queries, type SqlRow, type SqlValue } from 'viaduct'
import { databaseExists, openDatabase, type OpenDatabase, shownDatabase } from './open-database.ts'

/** The database of the bus, opened when something is first asked of it and closed with the last deployment that uses it. */
export const database = defineFacility({
  name: 'database',
  summary: 'What must not be lost: accounts, workflows, letters under way.',
  create(linker) {
    const { settings, home } = linker.services
    const { url } = settings.database
    const shared = linker.state(
      'database',
      JSON.stringify([settings.database, home]),
      () =>
        new SharedDatabase({
          open: () => openDatabase(settings.database, home),
          exists: () => databaseExists(settings.database, home),
          shown: shownDatabase(url),
        }),
    )
    linker.onStart(() => shared.use())
    linker.onStop(() => shared.release())
    return shared
  },
})

export interface SharedParts {
  readonly open: () => Promise<OpenDatabase>
  readonly exists: () => boolean
  /** Its address for people. */
  readonly shown: string
}

/** Passes everything on to a database that is opened late, and again when opening it failed. */
export class SharedDatabase implements Database {
  readonly #parts: SharedParts
  readonly #migrated = new Map<string, Promise<void>>()
  #users = 0
  #opened: Promise<OpenDatabase> | undefined

  constructor(parts: SharedParts) {
    this.#parts = parts
  }

  use(): void {
    this.#users++
  }

  async release(): Promise<void> {
    if (--this.#users > 0 || this.#opened === undefined) return
    const opened = this.#opened
    this.#opened = undefined
    this.#migrated.clear()
    await (await opened)[Symbol.asyncDispose]()
  }

  exists(): boolean {
    return this.#opened !== undefined || this.#parts.exists()
  }

  async all(sql: string, ...values: readonly SqlValue[]): Promise<readonly SqlRow[]> {
    return (await this.#database()).all(sql, ...values)
  }

  async run(sql: string, ...values: readonly SqlValue[]): Promise<number> {
    return (await this.#database()).run(sql, ...values)
  }

  async transaction<T>(work: (queries: Queries) => Promise<T>): Promise<T> {
    return (await this.#database()).transaction(work)
  }

  /** Once per opening; asking again costs nothing. */
  migrate(area: string, steps: readonly string[]): Promise<void> {
    let migrated = this.#migrated.get(area)
    if (migrated === undefined) {
      migrated = this.#database().then((opened) => opened.migrate(area, steps))
      this.#migrated.set(area, migrated)
      migrated.catch(() => this.#migrated.delete(area))
    }
    return migrated
  }

  #database(): Promise<OpenDatabase> {
    if (this.#opened === undefined) {
      const opening = this.#parts.open().catch((failure: unknown) => {
        this.#opened = undefined
        const reason = failure instanceof Error ? failure.message : 'unknown'
        throw new Error(`the database ${this.#parts.shown} cannot be used: ${reason}`, { cause: failure })
      })
      this.#opened = opening
    }
    return this.#opened
  }
}
