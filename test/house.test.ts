import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

// A room may import `node:` modules, its own folder, and what is listed here. Nothing else.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runtime: ['busboy', 'chokidar'],
  mediators: ['viaduct'],
  sequences: ['viaduct'],
  proxies: ['viaduct'],
  endpoints: ['viaduct'],
  transports: ['viaduct', 'undici'],
  security: ['viaduct'],
  entitlement: ['viaduct'],
  stores: ['viaduct', 'pg'],
  identity: ['viaduct', 'ldapts'],
  workflow: ['viaduct', 'nodemailer'],
  'samples/backends': ['viaduct'],
}

const LONGEST_FILE: Readonly<Record<string, number>> = {
  runtime: 300,
  mediators: 250,
  sequences: 250,
  proxies: 300,
  endpoints: 300,
  transports: 300,
  security: 300,
  entitlement: 300,
  stores: 300,
  identity: 300,
  workflow: 300,
  cli: 300,
  'samples/backends': 400,
}

/** Debts: files over their room's budget, each with the reason. */
const OVER_BUDGET: Readonly<Record<string, string>> = {}

const BANNED_WORDS = /(?:^|-)(?:manager|helpers?|utils?|common|misc|base|impl|abstract)(?:-|\.)/

const sources = (room: string): string[] =>
  existsSync(room)
    ? readdirSync(room, { recursive: true, encoding: 'utf8' })
        .filter((name) => name.endsWith('.ts') && !name.includes('node_modules'))
        .map((name) => join(room, name))
    : []

const isTest = (file: string): boolean => file.endsWith('.test.ts') || file.includes(`${sep}testing${sep}`)

const importsOf = (file: string): string[] =>
  [
    ...readFileSync(file, 'utf8').matchAll(
      /^(?:import|export)\b[^'"]*?from\s+'([^']+)'|^import\s+'([^']+)'|\bimport\('([^']+)'\)/gm,
    ),
  ].map((match) => match[1] ?? match[2] ?? match[3] ?? '')

/** A unit is a folder inside a room; `runtime` and `cli` are one unit each. */
const unitOf = (room: string, file: string): string =>
  room === 'runtime' || room.includes('/') ? room : join(room, file.split(sep)[1] ?? '')

describe('rooms', () => {
  for (const [room, allowed] of Object.entries(MAY_IMPORT)) {
    test(`${room} imports only node, itself and ${allowed.join(', ')}`, () => {
      expect(existsSync(room), `the room ${room} is gone; take it out of this test`).toBe(true)
      const wrong = sources(room)
        .filter((file) => !isTest(file))
        .flatMap((file) =>
          importsOf(file)
            .filter((specifier) => !allowedImport(room, file, specifier, allowed))
            .map((specifier) => `${file} imports ${specifier}`),
        )
      expect(wrong).toEqual([])
    })
  }

  test('runtime/xml and runtime/diagnostic.ts import nothing of the rest of the runtime', () => {
    const files = [...sources('runtime/xml').filter((file) => !isTest(file)), 'runtime/diagnostic.ts']
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => normalize(join(dirname(file), specifier)))
        .filter((target) => !target.startsWith(join('runtime', 'xml')) && target !== join('runtime', 'diagnostic.ts'))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })
})

function allowedImport(room: string, file: string, specifier: string, allowed: readonly string[]): boolean {
  if (specifier.startsWith('node:') || allowed.includes(specifier)) return true
  if (!specifier.startsWith('.')) return false
  const target = normalize(join(dirname(file), specifier))
  // The list of a room (index.ts) gathers its units; a unit that gathers others (a group) may use their factories.
  return (
    target.startsWith(dirname(file) === room ? room : unitOf(room, file)) ||
    (room !== 'mediators' && target.startsWith(room))
  )
}

describe('files', () => {
  for (const [room, budget] of Object.entries(LONGEST_FILE)) {
    test(`no file of ${room} is longer than ${budget} lines`, () => {
      const long = sources(room)
        .filter((file) => !isTest(file) && !(file in OVER_BUDGET))
        .map((file) => [file, readFileSync(file, 'utf8').trimEnd().split('\n').length] as const)
        .filter(([, lines]) => lines > budget)
      expect(long).toEqual([])
    })
  }

  test('every debt of length still exists and is still over its budget', () => {
    const paid = Object.keys(OVER_BUDGET).filter((file) => {
      const budget = LONGEST_FILE[Object.keys(LONGEST_FILE).find((room) => file.startsWith(`${room}/`)) ?? ''] ?? 0
      return !existsSync(file) || readFileSync(file, 'utf8').trimEnd().split('\n').length <= budget
    })
    expect(paid).toEqual([])
  })

  test('no file is named after a drawer', () => {
    const drawers = [...Object.keys(LONGEST_FILE), 'test', 'bench']
      .flatMap(sources)
      .filter((file) => BANNED_WORDS.test(file.split(sep).at(-1) ?? ''))
    expect(drawers).toEqual([])
  })

  test('only cli writes to the console, exits, or reads the environment', () => {
    const wrong = Object.keys(MAY_IMPORT)
      .flatMap(sources)
      .filter((file) => !isTest(file) && /\bconsole\.|\bprocess\.(?:exit|env)\b/.test(withoutComments(file)))
    expect(wrong).toEqual([])
  })

  test('no module of a room holds mutable state', () => {
    const wrong = Object.keys(MAY_IMPORT)
      .flatMap(sources)
      .filter((file) => !isTest(file))
      .flatMap((file) =>
        withoutComments(file)
          .split('\n')
          .filter((line) => /^(?:export )?let /.test(line))
          .map((line) => `${file}: ${line}`),
      )
    expect(wrong).toEqual([])
  })
})

const withoutComments = (file: string): string =>
  readFileSync(file, 'utf8').replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')

describe('mediators', () => {
  const units = existsSync('mediators')
    ? readdirSync('mediators').filter((name) => name !== 'testing' && statSync(join('mediators', name)).isDirectory())
    : []

  for (const unit of units) {
    test(`${unit} has definition, test, page and a line in the list`, () => {
      const files = readdirSync(join('mediators', unit))
      expect(files).toEqual(expect.arrayContaining([`${unit}.ts`, `${unit}.test.ts`, `${unit}.md`]))
      expect(readFileSync('mediators/index.ts', 'utf8')).toContain(`./${unit}/${unit}.ts`)
    })
  }
})

describe('COMPAT', () => {
  test('every COMPAT identifier has a test that names it and a line in docs/compat.md, and the reverse', () => {
    const rooms = [...Object.keys(MAY_IMPORT), 'cli']
    const text = (files: string[]) => files.map((file) => readFileSync(file, 'utf8')).join('\n')
    const used = new Set(
      [...text(rooms.flatMap(sources).filter((file) => !isTest(file))).matchAll(/COMPAT ([a-z0-9-]+)/g)].map(
        ([, id]) => id,
      ),
    )
    const tests = text([...rooms, 'test'].flatMap(sources).filter(isTest))
    const page = existsSync('docs/compat.md') ? readFileSync('docs/compat.md', 'utf8') : ''
    const listed = new Set([...page.matchAll(/^\| `([a-z0-9-]+)` /gm)].map(([, id]) => id))
    expect([...used].filter((id) => id !== undefined && !tests.includes(id))).toEqual([])
    expect([...used].filter((id) => !listed.has(id))).toEqual([])
    expect([...listed].filter((id) => !used.has(id))).toEqual([])
  })
})
