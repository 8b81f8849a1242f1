import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { Database, Settings } from 'viaduct'

/** A database with an end. */
export type OpenDatabase = Database & AsyncDisposable

/** Opens the database of a home: that of `database.url`, or the file `data/viaduct.db`. Rejects when it cannot be reached. */
export async function openDatabase(
  { url, password, connections }: Settings['database'],
  home: string,
): Promise<OpenDatabase> {
  if (url === '') {
    if (home === '') throw new Error('there is no home to keep it in')
    const { SqliteDatabase } = await import('./sqlite-database.ts')
    return new SqliteDatabase(databaseFile(home))
  }
  const { openPostgres } = await import('./postgres-database.ts')
  return openPostgres(url, password, connections)
}

const databaseFile = (home: string): string => join(home, 'data', 'viaduct.db')

/** A server is there whether or not this bus has used it; a file is made by its first use. */
export const databaseExists = ({ url }: Settings['database'], home: string): boolean =>
  url !== '' || (home !== '' && existsSync(databaseFile(home)))

/** The address without anything that must not be shown. */
export function shownDatabase(url: string): string {
  return url === '' ? 'data/viaduct.db' : url.replace(/\/\/[^/@]*@/, '//').replace(/\?.*$/, '')
}
