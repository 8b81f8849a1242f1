import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize, sep } from 'node:path'
import { describe, expect, test } from 'vitest'

// A room may import `node:` modules, its own folder, and what is listed here. Nothing else.
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  runtime: ['busboy', 'chokidar', 'ldapts'],
  mediators: ['viaduct', 'viaduct/xslt', 'libxml2-wasm', 'ajv', 'ajv-draft-04'],
  sequences: ['viaduct'],
  proxies: ['viaduct'],
  endpoints: ['viaduct'],
  transports: ['viaduct', 'undici'],
  security: ['viaduct'],
  entitlement: ['viaduct', 'pg'],
  stores: ['viaduct', 'pg'],
  identity: ['viaduct'],
  mail: ['viaduct', 'nodemailer'],
  workflow: ['viaduct'],
  xslt: ['viaduct'],
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
  mail: 300,
  workflow: 300,
  xslt: 300,
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

/** Rooms whose folders are kinds of one thing: none of them knows another. The folders of the other rooms are layers. */
const ROOMS_OF_KINDS: ReadonlySet<string> = new Set(['mediators', 'sequences', 'proxies', 'endpoints', 'transports'])

/** What one kind may know of another all the same, and why. */
const BETWEEN_KINDS: ReadonlyMap<string, string> = new Map([
  ['proxies/inbound -> proxies/api', 'an inbound endpoint hands its messages to APIs'],
  ['proxies/inbound -> proxies/proxy', 'and to proxies'],
  ['proxies/proxy -> proxies/wsdl', 'a proxy publishes a description'],
])

/** The folder of a kind; undefined for files of the room itself, which all of its kinds share. */
function kindOf(room: string, file: string): string | undefined {
  const [first, ...rest] = file.slice(room.length + 1).split(sep)
  return rest.length === 0 ? undefined : `${room}/${first}`
}

const isInside = (path: string, folder: string): boolean => path.startsWith(folder + sep)

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

  test('what one kind may know of another is still used', () => {
    const used = new Set(
      [...ROOMS_OF_KINDS].flatMap((room) =>
        sources(room)
          .filter((file) => !isTest(file))
          .flatMap((file) =>
            importsOf(file).map(
              (specifier) => `${kindOf(room, file)} -> ${kindOf(room, normalize(join(dirname(file), specifier)))}`,
            ),
          ),
      ),
    )
    expect([...BETWEEN_KINDS.keys()].filter((pair) => !used.has(pair))).toEqual([])
  })

  test('runtime/xml and runtime/diagnostic.ts import nothing of the rest of the runtime', () => {
    const files = [...sources('runtime/xml').filter((file) => !isTest(file)), 'runtime/diagnostic.ts']
    const wrong = files.flatMap((file) =>
      importsOf(file)
        .filter((specifier) => specifier.startsWith('.'))
        .map((specifier) => normalize(join(dirname(file), specifier)))
        .filter((target) => !isInside(target, join('runtime', 'xml')) && target !== join('runtime', 'diagnostic.ts'))
        .map((target) => `${file} imports ${target}`),
    )
    expect(wrong).toEqual([])
  })
})

function allowedImport(room: string, file: string, specifier: string, allowed: readonly string[]): boolean {
  if (specifier.startsWith('node:') || allowed.includes(specifier)) return true
  if (!specifier.startsWith('.')) return false
  const target = normalize(join(dirname(file), specifier))
  if (!isInside(target, room)) return false
  const [from, to] = [kindOf(room, file), kindOf(room, target)]
  // Files of the room itself gather its kinds (index.ts), or are what its kinds share.
  if (!ROOMS_OF_KINDS.has(room) || from === undefined || to === undefined) return true
  return from === to || BETWEEN_KINDS.has(`${from} -> ${to}`)
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
      .filter((file) => !isTest(file) && /\bconsole\.\w|\bprocess\.(?:exit|env)\b/.test(withoutComments(file)))
    expect(wrong).toEqual([])
  })

  test('no module of a room holds mutable state', () => {
    const wrong = Object.keys(MAY_IMPORT)
      .flatMap(sources)
      .filter((file) => !isTest(file))
      .flatMap((file) =>
        mutableNames(withoutComments(file).replaceAll(/`[^`]*`/g, '``')).map((name) => `${file}: ${name}`),
      )
    expect(wrong).toEqual([])
  })
})

/** `let`, collections that start empty, and collections that the file changes, at the top of a module. */
function mutableNames(text: string): string[] {
  const names = [...text.matchAll(/^(?:export )?let (\w+)/gm)].map(([, name = '']) => name)
  for (const [, name = '', made = ''] of text.matchAll(
    /^(?:export )?const (\w+)(?:: (?!Readonly)[^=\n]+)? =\s+(new (?:Weak)?(?:Map|Set)(?:<[^>\n]*>)?\(\)|new (?:Map|Set)\b|\[|\{)/gm,
  )) {
    const changed = new RegExp(
      `\\b${name}(?:\\.(?:set|add|delete|clear|push|pop|shift|splice|unshift)\\(|(?:\\.\\w+|\\[[^\\]\\n]*\\]) (?:=|\\+=) )`,
    )
    if (made.endsWith('()') || changed.test(text)) names.push(name)
  }
  return names
}

test.each([
  ['let count = 0', ['count']],
  ['export const seen = new Map<string, number>()', ['seen']],
  ['const seen: Set<string> = new Set()', ['seen']],
  ["const seen = new Set(['a'])\nfunction note() {\n  seen.add('b')\n}", ['seen']],
  ['const list: string[] = []\nconst note = () => list.push("a")', ['list']],
  ['const table = {\n a: 1 }\nconst note = () => {\n  table.a = 2\n}', ['table']],
  [
    "const NONE: ReadonlyMap<string, string> = new Map()\nconst KINDS = new Set(['a'])\nconst TABLE = { a: 1 }\nfunction f() {\n  let n = TABLE.a\n  const m = new Map()\n}",
    [],
  ],
])('state at the top of a module is found: %j', (text, names) => {
  expect(mutableNames(text)).toEqual(names)
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
