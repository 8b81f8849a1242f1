import { appendFileSync, mkdirSync, openSync, renameSync, symlinkSync, utimesSync, writeSync, closeSync } from 'node:fs'
import { setTimeout } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { TestFolder } from './testing/folder.ts'
import { HomeWatch } from './watch.ts'

/** A watch that counts, and lets a test wait for the next change. */
async function counting(folder: TestFolder, paths = [folder.path]) {
  let changes = 0
  let notify = () => {}
  const watch = await HomeWatch.open(paths, () => {
    changes++
    notify()
  })
  return {
    get changes() {
      return changes
    },
    next: () => new Promise<void>((resolve) => (notify = resolve)),
    watch,
    [Symbol.asyncDispose]: () => watch[Symbol.asyncDispose](),
  }
}

/** Longer than a change takes to be noticed. */
const quiet = () => setTimeout(500)

test('a changed, a new, a renamed and a deleted file are noticed within a second', async () => {
  using folder = new TestFolder({ 'a/1.xml': 'one' })
  await using seen = await counting(folder)
  const acts = [
    () => folder.write('a/1.xml', 'two'),
    () => folder.write('b/2.xml', 'new'),
    () => renameSync(folder.file('b/2.xml'), folder.file('b/3.xml')),
    () => folder.remove('a/1.xml'),
    () => folder.remove('b'),
  ]
  for (const [i, act] of acts.entries()) {
    const next = seen.next()
    const started = performance.now()
    act()
    await next
    expect(performance.now() - started).toBeLessThan(1000)
    expect(seen.changes).toBe(i + 1)
  }
})

test('a file that is written again with the same content is no change', async () => {
  using folder = new TestFolder({ 'a.xml': 'one' })
  await using seen = await counting(folder)
  folder.write('a.xml', 'one')
  utimesSync(folder.file('a.xml'), new Date(), new Date(Date.now() + 5000))
  await quiet()
  expect(seen.changes).toBe(0)
})

test('many files at once are one change', async () => {
  using folder = new TestFolder()
  await using seen = await counting(folder)
  const next = seen.next()
  for (let i = 0; i < 50; i++) folder.write(`sequences/${i}.xml`, String(i))
  await next
  await quiet()
  expect(seen.changes).toBe(1)
})

test('a file that grows slowly is looked at when it is complete', async () => {
  using folder = new TestFolder()
  await using seen = await counting(folder)
  const file = openSync(folder.file('a.xml'), 'w')
  for (let i = 0; i < 8; i++) {
    await setTimeout(60)
    writeSync(file, `part ${i} `)
  }
  expect(seen.changes).toBe(0)
  const next = seen.next()
  closeSync(file)
  await next
  expect(seen.changes).toBe(1)
})

test('a home that never rests is looked at all the same', async () => {
  using folder = new TestFolder({ 'a.xml': '' })
  await using seen = await counting(folder)
  const until = performance.now() + 2500
  while (performance.now() < until) {
    appendFileSync(folder.file('a.xml'), 'x')
    await setTimeout(30)
  }
  expect(seen.changes).toBeGreaterThan(0)
})

test('a change during the call is told by another call, never at the same time', async () => {
  using folder = new TestFolder({ 'a.xml': '1' })
  let active = 0
  let most = 0
  let calls = 0
  const { promise, resolve } = Promise.withResolvers<void>()
  const changed = async () => {
    most = Math.max(most, ++active)
    if (++calls === 1) folder.write('a.xml', '3')
    else resolve()
    await setTimeout(200)
    active--
  }
  await using _ = await HomeWatch.open([folder.path], changed)
  folder.write('a.xml', '2')
  await promise
  expect({ calls, most }).toEqual({ calls: 2, most: 1 })
})

test('what editors and version control leave behind is no change', async () => {
  using folder = new TestFolder({ 'a.xml': '1' })
  await using seen = await counting(folder)
  for (const name of [
    'a.xml~',
    '.a.xml.swp',
    '.#a.xml',
    'a.xml.tmp',
    '.git/index',
    'node_modules/x/index.js',
    '4913',
  ]) {
    folder.write(name, 'x')
  }
  await quiet()
  expect(seen.changes).toBe(0)
})

test('files that do not exist yet can be watched, and more can be followed', async () => {
  using folder = new TestFolder({ 'home.xml': '1' })
  await using seen = await counting(folder, [folder.file('home.xml'), folder.file('mediators')])
  let next = seen.next()
  folder.write('mediators/a.ts', 'x')
  await next
  folder.write('other/wsdl.xml', '1')
  await seen.watch.follow([folder.file('other/wsdl.xml')])
  next = seen.next()
  folder.write('other/wsdl.xml', '2')
  await next
  expect(seen.changes).toBe(2)
})

test('a mounted configuration that is swapped by a symbolic link is a change', async () => {
  using folder = new TestFolder({ '..v1/a.xml': '1', '..v2/a.xml': '2' })
  symlinkSync('..v1', folder.file('..data'))
  mkdirSync(folder.file('proxies'))
  symlinkSync('../..data/a.xml', folder.file('proxies/a.xml'))
  await using seen = await counting(folder)
  const next = seen.next()
  symlinkSync('..v2', folder.file('..data_new'))
  renameSync(folder.file('..data_new'), folder.file('..data'))
  await next
  expect(seen.changes).toBe(1)
})

test('symbolic links in a circle end', async () => {
  using folder = new TestFolder({ 'a/b.xml': '1' })
  symlinkSync('..', folder.file('a/up'))
  symlinkSync('..', folder.file('a/again'))
  await using seen = await counting(folder)
  const next = seen.next()
  folder.write('a/b.xml', '2')
  await next
  expect(seen.changes).toBe(1)
})

test('nothing is told after the watch is closed', async () => {
  using folder = new TestFolder({ 'a.xml': '1' })
  const seen = await counting(folder)
  folder.write('a.xml', '2')
  await seen[Symbol.asyncDispose]()
  await quiet()
  expect(seen.changes).toBe(0)
})
