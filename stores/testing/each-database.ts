import { afterAll, beforeAll, describe, test } from 'vitest'
import type { Settings } from 'viaduct'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { openDatabase, type OpenDatabase } from '../open-database.ts'
import { POSTGRES_MISSING, postgresPrograms, type PostgresServer, startPostgres } from './postgres-server.ts'

/** Opens databases that nobody has used. */
export interface DatabaseKind {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** The same `name` opens the same database again. */
  readonly open: (name: string) => Promise<OpenDatabase>
  /** For a bus of its own; one with SQLite keeps it in its home. */
  readonly settings: (name: string) => Promise<Settings['database']>
}

const PRESENT = postgresPrograms() !== undefined

/** Runs the same tests over every kind of database. PostgreSQL is skipped where it is not installed, but not on a build server. */
export function eachDatabase(tests: (kind: DatabaseKind) => void): void {
  describe('SQLite', () => {
    const folder = new TestFolder()
    afterAll(() => folder[Symbol.dispose]())
    const settings = { url: '', password: '', connections: 5 }
    tests({ name: 'SQLite', open: (name) => openDatabase(settings, folder.file(name)), settings: async () => settings })
  })
  if (!PRESENT && process.env['CI'] !== 'true') {
    test.skip(POSTGRES_MISSING)
    return
  }
  describe('PostgreSQL', () => {
    let server: PostgresServer
    const urls = new Map<string, Promise<string>>()
    beforeAll(async () => {
      server = await startPostgres()
    })
    afterAll(() => server[Symbol.asyncDispose]())
    const urlOf = (name: string): Promise<string> => {
      const url = urls.get(name) ?? server.database(name)
      urls.set(name, url)
      return url
    }
    const settings = async (name: string) => ({ url: await urlOf(name), password: server.password, connections: 5 })
    tests({ name: 'PostgreSQL', open: async (name) => openDatabase(await settings(name), ''), settings })
  })
}
