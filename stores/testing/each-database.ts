import { afterAll, beforeAll, describe, test } from 'vitest'
import { TestFolder } from '../../runtime/testing/folder.ts'
import { openDatabase, type OpenDatabase } from '../open-database.ts'
import { POSTGRES_MISSING, postgresPrograms, type PostgresServer, startPostgres } from './postgres-server.ts'

/** Opens databases that nobody has used. */
export interface DatabaseKind {
  readonly name: 'SQLite' | 'PostgreSQL'
  /** The same `name` opens the same database again. */
  readonly open: (name: string) => Promise<OpenDatabase>
}

const PRESENT = postgresPrograms() !== undefined

/** Runs the same tests over every kind of database. PostgreSQL is skipped where it is not installed, but not on a build server. */
export function eachDatabase(tests: (kind: DatabaseKind) => void): void {
  describe('SQLite', () => {
    const folder = new TestFolder()
    afterAll(() => folder[Symbol.dispose]())
    tests({
      name: 'SQLite',
      open: (name) => openDatabase({ url: '', password: '', connections: 5 }, folder.file(name)),
    })
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
    tests({
      name: 'PostgreSQL',
      open: async (name) => openDatabase({ url: await urlOf(name), password: server.password, connections: 5 }, ''),
    })
  })
}
