import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'

const run = promisify(execFile)
const root = process.cwd()
const user = mkdtempSync(join(tmpdir(), 'viaduct-package-'))
const installed = join(user, 'node_modules/viaduct')
const tsc = join(root, 'node_modules/typescript/bin/tsc')

/** The package as `npm install` would lay it out in a folder of a user. */
beforeAll(async () => {
  mkdirSync(installed, { recursive: true })
  // Mistakes of types are for the type check to tell; what is built is built all the same.
  await run(process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', join(installed, 'dist')], {
    cwd: root,
  }).catch(() => undefined)
  for (const name of ['package.json', 'samples', 'schemas', 'docs'])
    cpSync(join(root, name), join(installed, name), { recursive: true })
  const { dependencies } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { dependencies: object }
  for (const name of [...Object.keys(dependencies), '@types', 'undici-types'])
    symlinkSync(join(root, 'node_modules', name), join(user, 'node_modules', name))
}, 60_000)
afterAll(() => rmSync(user, { recursive: true, force: true }))

const viaduct = (args: readonly string[], cwd = user) =>
  run(process.execPath, [join(installed, 'dist/cli/bin.js'), ...args], { cwd })

test('what is built holds neither tests nor their material nor maps', () => {
  const built = readdirSync(join(installed, 'dist'), { recursive: true, encoding: 'utf8' })
  const surplus = built.filter((name) => /\.test\.|\.map$|^(?!runtime\/testing).*\/testing\//.test(name))
  expect(surplus).toEqual([])
  expect(built).toContain(join('runtime', 'testing.js'))
})

test('a new home is right, and its mediators have tests that pass', async () => {
  await viaduct(['new', 'home'])
  const home = join(user, 'home')
  await viaduct(['new', 'mediator', 'mask-card'], home)
  expect((await viaduct(['check', '--strict'], home)).stdout).toContain('no problems')
  const { scripts } = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8')) as { scripts: { test: string } }
  const [, ...args] = scripts.test.replaceAll('"', '').split(' ')
  const { stdout } = await run(process.execPath, args, {
    cwd: home,
    env: { ...process.env, NODE_TEST_CONTEXT: undefined },
  })
  expect(stdout).toMatch(/pass 2\b[^]*fail 0\b/)
})

test('the declarations are right for a user whose compiler checks them', async () => {
  const file = join(user, 'module.ts')
  writeFileSync(
    file,
    `import { defineMediator, required, string } from 'viaduct'
import { createContext } from 'viaduct/testing'
export default defineMediator({
  name: 'a',
  summary: 'b',
  attributes: { header: required(string('c')) },
  compile: ({ header }) => (ctx) => (ctx.message.headers.set(header, createContext().message.contentType ?? ''), 'continue'),
})
`,
  )
  const options = [
    '--noEmit',
    '--strict',
    '--module',
    'nodenext',
    '--target',
    'es2024',
    '--lib',
    'esnext',
    '--types',
    'node',
  ]
  const result = await run(process.execPath, [tsc, ...options, file], { cwd: user }).catch((failed: unknown) => failed)
  expect((result as { stdout: string }).stdout).toBe('')
})
