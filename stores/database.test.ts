import { readdirSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { TestFolder } from '../runtime/testing/folder.ts'
import { SharedDatabase } from './database-facility.ts'
import { openDatabase, shownDatabase } from './open-database.ts'
import { eachDatabase } from './testing/each-database.ts'

const THINGS = ['CREATE TABLE things (id TEXT PRIMARY KEY, size BIGINT NOT NULL)']

eachDatabase(({ open }) => {
  test('rows come back as they were written, large times included', async () => {
    await using database = await open('roundtrip')
    await database.migrate('things', THINGS)
    expect(await database.run('INSERT INTO things (id, size) VALUES (?, ?)', 'a', 4_102_444_800_000)).toBe(1)
    expect(await database.all('SELECT id, size FROM things')).toEqual([{ id: 'a', size: 4_102_444_800_000 }])
    expect(await database.run('UPDATE things SET size = 2 WHERE id = ?', 'b')).toBe(0)
  })

  test('a transaction that rejects leaves nothing behind', async () => {
    await using database = await open('rollback')
    await database.migrate('things', THINGS)
    const failing = database.transaction(async (queries) => {
      await queries.run('INSERT INTO things VALUES (?, ?)', 'a', 1)
      throw new Error('changed my mind')
    })
    await expect(failing).rejects.toThrow('changed my mind')
    expect(await database.all('SELECT * FROM things')).toEqual([])
  })

  test('a statement that the database refuses undoes its transaction', async () => {
    await using database = await open('refused')
    await database.migrate('things', THINGS)
    const failing = database.transaction(async (queries) => {
      await queries.run('INSERT INTO things VALUES (?, ?)', 'a', 1)
      await queries.run('INSERT INTO things VALUES (?, ?)', 'a', 2)
    })
    await expect(failing).rejects.toThrow(/unique/i)
    expect(await database.all('SELECT * FROM things')).toEqual([])
    await database.transaction((queries) => queries.run('INSERT INTO things VALUES (?, ?)', 'a', 3))
    expect(await database.all('SELECT size FROM things')).toEqual([{ size: 3 }])
  })

  test('a reader does not see what is not committed', async () => {
    await using database = await open('isolated')
    await database.migrate('things', THINGS)
    await database.transaction(async (queries) => {
      await queries.run('INSERT INTO things VALUES (?, ?)', 'a', 1)
      expect(await database.all('SELECT * FROM things')).toEqual([])
      expect(await queries.all('SELECT id FROM things')).toEqual([{ id: 'a' }])
    })
    expect(await database.all('SELECT id FROM things')).toEqual([{ id: 'a' }])
  })

  test('of many transactions that change one row on a condition, one wins', async () => {
    await using database = await open('race')
    await using other = await open('race')
    await database.migrate('things', THINGS)
    await database.run('INSERT INTO things VALUES (?, ?)', 'a', 0)
    const attempts = Array.from({ length: 20 }, (_, i) =>
      (i % 2 === 0 ? database : other).transaction((queries) =>
        queries.run('UPDATE things SET size = ? WHERE id = ? AND size = 0', i + 1, 'a'),
      ),
    )
    expect((await Promise.all(attempts)).filter((changed) => changed === 1)).toHaveLength(1)
  })

  test('steps of an area run once, by whoever comes first, and later ones are added', async () => {
    await using database = await open('steps')
    await using other = await open('steps')
    await Promise.all([database.migrate('things', THINGS), other.migrate('things', THINGS)])
    await database.run('INSERT INTO things VALUES (?, ?)', 'a', 1)
    await other.migrate('things', [...THINGS, "ALTER TABLE things ADD COLUMN colour TEXT DEFAULT 'red'"])
    expect(await other.all('SELECT colour FROM things')).toEqual([{ colour: 'red' }])
    await expect(database.migrate('things', THINGS)).rejects.toThrow('made by a newer version (2)')
  })

  test('what was committed is there when the database is opened again', async () => {
    {
      await using database = await open('again')
      await database.migrate('things', THINGS)
      await database.transaction((queries) => queries.run('INSERT INTO things VALUES (?, ?)', 'a', 1))
    }
    await using database = await open('again')
    expect(await database.all('SELECT id FROM things')).toEqual([{ id: 'a' }])
  })
})

test('a shared database is opened at its first use and closed with its last user', async () => {
  using folder = new TestFolder()
  let opened = 0
  const open = () => {
    opened++
    return openDatabase({ url: '', password: '', connections: 1 }, folder.path)
  }
  const shared = new SharedDatabase({ open, exists: () => opened > 0, shown: 'here' })
  shared.use()
  shared.use()
  expect([opened, shared.exists()]).toEqual([0, false])
  await shared.migrate('things', THINGS)
  await Promise.all([shared.all('SELECT * FROM things'), shared.migrate('things', THINGS)])
  await shared.release()
  await shared.run('INSERT INTO things VALUES (?, ?)', 'a', 1)
  expect(opened).toBe(1)
  await shared.release()
  shared.use()
  expect(await shared.all('SELECT id FROM things')).toEqual([{ id: 'a' }])
  expect(opened).toBe(2)
  await shared.release()
})

test('a database that cannot be opened says which and why, without its password, and is tried again', async () => {
  let fail = true
  using folder = new TestFolder()
  const open = async () => {
    if (fail) throw new Error('connection refused')
    return openDatabase({ url: '', password: '', connections: 1 }, folder.path)
  }
  const shared = new SharedDatabase({
    open,
    exists: () => true,
    shown: shownDatabase('postgres://bus:secret@db.example:5432/bus?sslkey=x'),
  })
  shared.use()
  await expect(shared.all('SELECT 1')).rejects.toThrow(
    'the database postgres://db.example:5432/bus cannot be used: connection refused',
  )
  fail = false
  expect(await shared.all('SELECT 1 AS one')).toEqual([{ one: 1 }])
  await shared.release()
})

test('a damaged file is refused', async () => {
  using folder = new TestFolder({ 'data/viaduct.db': `SQLite format 3\0${'x'.repeat(8192)}` })
  await expect(openDatabase({ url: '', password: '', connections: 1 }, folder.path)).rejects.toThrow(
    /malformed|not a database|unable to open/,
  )
})

test('nobody else can read the file', async () => {
  using folder = new TestFolder({ 'data/.keep': '' })
  await using database = await openDatabase({ url: '', password: '', connections: 1 }, folder.path)
  await database.migrate('things', THINGS)
  for (const name of readdirSync(folder.file('data')).filter((each) => each.startsWith('viaduct.db')))
    expect([name, statSync(folder.file(`data/${name}`)).mode & 0o077]).toEqual([name, 0])
})
