import { expect, test } from 'vitest'
import { openDatabase } from './open-database.ts'
import { POSTGRES_MISSING, postgresPrograms, startPostgres } from './testing/postgres-server.ts'

const present = postgresPrograms() !== undefined

test.skipIf(!present && process.env['CI'] !== 'true')(
  present ? 'a server that goes away is told, and used again when it is back' : POSTGRES_MISSING,
  async () => {
    await using server = await startPostgres()
    const settings = { url: await server.database('bus'), password: server.password, connections: 3 }
    await using database = await openDatabase(settings, '')
    await database.migrate('things', ['CREATE TABLE things (id TEXT PRIMARY KEY)'])
    await database.run('INSERT INTO things VALUES (?)', 'before')
    const during = Promise.withResolvers<unknown>()
    const broken = database.transaction(async (queries) => {
      await queries.run('INSERT INTO things VALUES (?)', 'during')
      await during.promise
      await queries.run('INSERT INTO things VALUES (?)', 'never')
    })
    broken.catch(() => {})
    await server.restart(async () => {
      during.resolve(undefined)
      await expect(broken).rejects.toThrow()
      await expect(database.all('SELECT * FROM things')).rejects.toThrow()
    })
    await database.run('INSERT INTO things VALUES (?)', 'after')
    expect((await database.all('SELECT id FROM things ORDER BY id')).map(({ id }) => id)).toEqual(['after', 'before'])
    await expect(openDatabase({ ...settings, password: 'wrong' }, '')).rejects.toThrow(/password/)
  },
)
